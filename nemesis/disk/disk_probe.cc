#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <chrono>
#include <stdexcept>
#include <string>

#include "harness/cluster/descriptor.h"
#include "nemesis/disk/disk.h"
#include "nemesis/disk/disk_tool.h"
#include "nemesis/tool_channel.h"

namespace tribunal {
namespace {

using nlohmann::json;

// What a probe's file holds at a place: other in every sector, so that one for another is seen.
char filling(std::size_t place) { return static_cast<char>('a' + place / 512 % 26); }

// errno of the call that went wrong, 0 if none did.
int write_file(const std::string& path, const json& order) {
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  if (!file) return errno;
  std::string bytes(order.at("bytes").get<std::size_t>(), '\0');
  off_t place = order.value("offset", off_t{0});
  for (std::size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = filling(static_cast<std::size_t>(place) + i);
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t n = ::pwrite(file.number(), bytes.data() + done, bytes.size() - done, place);
    if (n < 0) return errno;
    done += static_cast<std::size_t>(n);
    place += n;
  }
  if (order.value("cut", false) && ::ftruncate(file.number(), place) != 0) return errno;
  if (order.value("sync", false) && ::fsync(file.number()) != 0) return errno;
  return 0;
}

// Past the kernel's copies: what the disk itself says.
int read_file(const std::string& path, std::string& bytes) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_DIRECT | O_CLOEXEC));
  struct stat status {};
  if (!file || ::fstat(file.number(), &status) != 0) return errno;
  bytes.resize(static_cast<std::size_t>(status.st_size));
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t n =
        ::pread(file.number(), bytes.data() + done, bytes.size() - done, static_cast<off_t>(done));
    if (n < 0) return errno;
    if (n == 0) bytes.resize(done);
    done += static_cast<std::size_t>(n);
  }
  return 0;
}

std::uint64_t bits_off(const std::string& bytes) {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i)
    bits += static_cast<std::uint64_t>(
        std::popcount(static_cast<unsigned char>(bytes[i] ^ filling(i))));
  return bits;
}

json probe(const json& order) {
  const std::string folder = order.at("folder"), file = order.at("file"), what = order.at("do");
  const std::string path = folder + "/" + Disk::own_name + "/" + file;
  const auto began = std::chrono::steady_clock::now();
  std::string bytes;
  int error = 0;
  if (what == "write") {
    error = write_file(path, order);
  } else if (what == "read") {
    error = read_file(path, bytes);
  } else {
    throw std::invalid_argument("a probe of a disk cannot " + what);
  }
  const auto took = std::chrono::steady_clock::now() - began;
  return {{"errno", error},
          {"us", std::chrono::duration_cast<std::chrono::microseconds>(took).count()},
          {"size", bytes.size()},
          {"bits_off", bits_off(bytes)}};
}

}  // namespace

int disk_probe_main() {
  answer_all(probe);
  return 0;
}

}  // namespace tribunal
