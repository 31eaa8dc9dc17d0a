#include "harness/record/file_bytes.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "harness/record/error.h"

namespace tribunal {
namespace {

[[noreturn]] void fail_to_read(const std::string& path, const std::string& why) {
  throw Error(Blame::usage, fmt::format("cannot read the history {}: {}", path, why),
              "give the file history.jsonl of a run, or '-' for standard input");
}

// "-" is standard input, which stays open.
class OpenFile {
 public:
  explicit OpenFile(const std::filesystem::path& path)
      : owned_(path != "-"),
        descriptor_(owned_ ? ::open(path.c_str(), O_RDONLY | O_CLOEXEC) : STDIN_FILENO) {}
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  ~OpenFile() {
    if (owned_ && is_open()) ::close(descriptor_);
  }
  bool is_open() const { return descriptor_ >= 0; }
  int descriptor() const { return descriptor_; }

 private:
  bool owned_;
  int descriptor_;
};

}  // namespace

FileBytes::FileBytes(const std::filesystem::path& path, std::uint64_t most_bytes)
    : name_(path == "-" ? "standard input" : path.string()) {
  const OpenFile file(path);
  if (!file.is_open()) fail_to_read(name_, strerror(errno));
  struct stat status {};
  if (::fstat(file.descriptor(), &status) != 0) fail_to_read(name_, strerror(errno));
  if (S_ISDIR(status.st_mode)) fail_to_read(name_, "it is a directory");
  if (S_ISREG(status.st_mode) && status.st_size > 0) {
    map(file.descriptor(), static_cast<std::size_t>(status.st_size));
  }
  if (mapped_ == nullptr) read_all(file.descriptor(), most_bytes);
  if (!is_packed(text())) return;
  std::string unpacked = unpack(text(), name_, most_bytes);
  if (mapped_ != nullptr) ::munmap(mapped_, size_);
  mapped_ = nullptr;
  held_ = std::move(unpacked);
}

FileBytes::~FileBytes() {
  if (mapped_ != nullptr) ::munmap(mapped_, size_);
}

std::string_view FileBytes::text() const {
  return mapped_ != nullptr ? std::string_view(static_cast<const char*>(mapped_), size_) : held_;
}

void FileBytes::map(int descriptor, std::size_t size) {
  void* mapped = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
  if (mapped == MAP_FAILED) return;
  ::madvise(mapped, size, MADV_SEQUENTIAL);
  mapped_ = mapped;
  size_ = size;
}

void FileBytes::read_all(int descriptor, std::uint64_t most_bytes) {
  std::size_t got = 0;
  for (;;) {
    held_.resize(std::max<std::size_t>(got + got / 2, got + (1 << 16)));
    const ssize_t count = ::read(descriptor, held_.data() + got, held_.size() - got);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail_to_read(name_, strerror(errno));
    if (count == 0) break;
    got += static_cast<std::size_t>(count);
    if (got > most_bytes) fail_for_memory(name_, got, most_bytes);
  }
  held_.resize(got);
}

std::uint64_t memory_to_spare() {
  std::ifstream file("/proc/meminfo");
  std::string word;
  while (file >> word) {
    std::uint64_t kibibytes = 0;
    if (word == "MemAvailable:" && file >> kibibytes) return kibibytes * 1024 / 10 * 8;
  }
  return UINT64_MAX;  // unknown: let it try
}

void fail_for_memory(const std::string& name, std::uint64_t needed, std::uint64_t most_bytes) {
  const auto mebibytes = [](std::uint64_t bytes) { return (bytes + (1 << 20) - 1) >> 20; };
  throw Error(Blame::environment,
              fmt::format("the history {} would take {} MiB of memory or more, and may take {} MiB",
                          name, mebibytes(needed), mebibytes(most_bytes)),
              "split it by key, or judge it where more memory is free");
}

}  // namespace tribunal
