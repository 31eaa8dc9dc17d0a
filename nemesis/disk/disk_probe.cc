#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <chrono>
#include <stdexcept>

#include "harness/cluster/descriptor.h"
#include "nemesis/disk/disk.h"
#include "nemesis/disk/disk_tool.h"
#include "nemesis/tool_channel.h"

namespace tribunal {
namespace {

using nlohmann::json;

// errno of the call that went wrong, 0 if none did.
int write_file(const std::string& path, const json& order) {
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  if (!file) return errno;
  const std::string text = order.at("text");
  if (::pwrite(file.number(), text.data(), text.size(), order.value("offset", off_t{0})) < 0)
    return errno;
  if (order.value("sync", false) && ::fsync(file.number()) != 0) return errno;
  return 0;
}

// Past the kernel's copies: what the disk itself says.
int read_file(const std::string& path, std::string& text) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_DIRECT | O_CLOEXEC));
  struct stat status {};
  if (!file || ::fstat(file.number(), &status) != 0) return errno;
  text.resize(static_cast<std::size_t>(status.st_size));
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t n =
        ::pread(file.number(), text.data() + done, text.size() - done, static_cast<off_t>(done));
    if (n < 0) return errno;
    if (n == 0) text.resize(done);
    done += static_cast<std::size_t>(n);
  }
  return 0;
}

std::uint64_t differing_bits(const std::string& a, const std::string& b) {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
    bits += static_cast<std::uint64_t>(std::popcount(static_cast<unsigned char>(a[i] ^ b[i])));
  return bits;
}

json probe(const json& order) {
  const std::string folder = order.at("folder"), file = order.at("file"), what = order.at("do");
  const std::string path = folder + "/" + Disk::own_name + "/" + file;
  const auto began = std::chrono::steady_clock::now();
  json answer;
  if (what == "write") {
    answer["errno"] = write_file(path, order);
  } else if (what == "read") {
    std::string text;
    answer["errno"] = read_file(path, text);
    answer["size"] = text.size();
    answer["bits_off"] = differing_bits(text, order.value("expected", text));
  } else {
    throw std::invalid_argument("a probe of a disk cannot " + what);
  }
  answer["us"] = std::chrono::duration_cast<std::chrono::microseconds>(
                     std::chrono::steady_clock::now() - began)
                     .count();
  return answer;
}

}  // namespace

int disk_probe_main() {
  answer_all(probe);
  return 0;
}

}  // namespace tribunal
