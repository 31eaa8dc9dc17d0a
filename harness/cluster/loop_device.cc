#include "harness/cluster/loop_device.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/loop.h>
#include <sys/ioctl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <stdexcept>

#include "harness/cluster/command.h"
#include "harness/cluster/failed_step.h"

namespace tribunal {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t largest_image = std::uint64_t{2} << 30, least_image = 64 << 20;
constexpr Milliseconds formatting_deadline{60'000};
constexpr int patience = 50;  // others take free devices, too

// Sparse: it takes what is written to it. A quarter of what is free, so that its file system is
// full before the one below it.
void make_image(const fs::path& image) {
  const Descriptor file(
      must(::open(image.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600), "make an image"));
  struct statvfs below {};
  must(::fstatvfs(file.number(), &below), "see how much is free for an image");
  const std::uint64_t free = std::uint64_t{below.f_bavail} * below.f_frsize;
  if (free / 4 < least_image) throw FailedStep{"make an image", ENOSPC};
  must(::ftruncate(file.number(), static_cast<off_t>(std::min(largest_image, free / 4))),
       "give an image its size");
}

// What would be zeroed is zero in a fresh file.
void format(const fs::path& image) {
  const auto made = run_command({"mkfs.ext4", "-q", "-F", "-m", "0", "-E",
                                 "lazy_itable_init=1,lazy_journal_init=1,nodiscard", image},
                                formatting_deadline);
  if (!made.ok()) throw FailedStep{"format an image: mkfs.ext4 said " + made.err, EIO};
}

Descriptor open_free_device(std::string& path) {
  const Descriptor control(
      must(::open("/dev/loop-control", O_RDWR | O_CLOEXEC), "open /dev/loop-control"));
  path = fmt::format("/dev/loop{}",
                     must(::ioctl(control.number(), LOOP_CTL_GET_FREE), "find a free loop device"));
  return Descriptor(must(::open(path.c_str(), O_RDWR | O_CLOEXEC), "open a loop device"));
}

// The file that a device serves, as /sys has it; empty: none.
std::string image_of(const fs::path& device) {
  std::ifstream file(device / "loop/backing_file");
  std::string name;
  std::getline(file, name);
  constexpr std::string_view unlinked = " (deleted)";
  if (name.ends_with(unlinked)) name.resize(name.size() - unlinked.size());
  return name;
}

}  // namespace

LoopDevice::LoopDevice(const fs::path& image) {
  struct Name {
    const fs::path& path;
    ~Name() { ::unlink(path.c_str()); }
  };
  const Name gone_in_the_end{image};
  make_image(image);
  format(image);
  const Descriptor file(must(::open(image.c_str(), O_RDWR | O_CLOEXEC), "open an image"));
  loop_config config{};
  config.fd = static_cast<__u32>(file.number());
  config.info.lo_flags = LO_FLAGS_AUTOCLEAR;
  for (int tries = 0;; ++tries) {
    device_ = open_free_device(path_);
    if (::ioctl(device_.number(), LOOP_CONFIGURE, &config) == 0) return;
    if (errno != EBUSY || tries == patience)
      throw FailedStep{"serve an image by a loop device", errno};
  }
}

bool remove_loop_device(const std::string& image) {
  bool found = ::unlink(image.c_str()) == 0;
  const std::string name = fs::path(image).filename();
  std::error_code none;
  for (const auto& entry : fs::directory_iterator("/sys/block", none)) {
    if (fs::path(image_of(entry.path())).filename() != name) continue;
    const fs::path path = "/dev" / entry.path().filename();
    const Descriptor device(::open(path.c_str(), O_RDWR | O_CLOEXEC));
    if (!device || (::ioctl(device.number(), LOOP_CLR_FD) != 0 && errno != ENXIO))
      throw std::runtime_error(fmt::format("{}: {}", path.string(), std::strerror(errno)));
    found = true;
  }
  return found;
}

}  // namespace tribunal
