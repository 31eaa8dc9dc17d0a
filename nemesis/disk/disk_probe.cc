#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>

#include "harness/cluster/descriptor.h"
#include "harness/cluster/loop_keeper.h"
#include "nemesis/disk/disk.h"
#include "nemesis/disk/disk_tool.h"
#include "nemesis/disk/folder_sketch.h"
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

// Past the kernel's copies: what the disk itself says. Such reads go into whole pages.
int read_file(const std::string& path, std::string& bytes) {
  constexpr std::size_t at_once = 1 << 16;
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_DIRECT | O_CLOEXEC));
  if (!file) return errno;
  const std::unique_ptr<char, decltype(&std::free)> page(
      static_cast<char*>(std::aligned_alloc(4096, at_once)), &std::free);
  while (true) {
    const ssize_t n = ::pread(file.number(), page.get(), at_once, static_cast<off_t>(bytes.size()));
    if (n < 0) return errno;
    bytes.append(page.get(), static_cast<std::size_t>(n));
    if (n == 0 || n % 512 != 0) return 0;
  }
}

std::uint64_t bits_off(const std::string& bytes) {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i)
    bits += static_cast<std::uint64_t>(
        std::popcount(static_cast<unsigned char>(bytes[i] ^ filling(i))));
  return bits;
}

// Space is taken without writing to it. Gets `size` bytes.
int fill_disk(const std::string& path, std::uint64_t& size) {
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  if (!file) return errno;
  constexpr std::uint64_t least = 4096;
  for (std::uint64_t piece = std::uint64_t{1} << 40; piece >= least;) {
    if (::fallocate(file.number(), 0, static_cast<off_t>(size), static_cast<off_t>(piece)) == 0) {
      size += piece;
    } else if (errno == ENOSPC || errno == EFBIG) {
      piece /= 2;
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return ::fsync(file.number()) == 0 ? 0 : errno;
}

int remove_file(const std::string& path, const std::string& folder) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return errno;
  const Descriptor within(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return within && ::fsync(within.number()) == 0 ? 0 : errno;
}

// On a disk of ours they are behind a name that no list shows, on another beside the data.
std::string folder_of_probes(const std::string& data) {
  return ::access(loop_disk_folder, F_OK) == 0 ? loop_disk_probes : data + "/" + Disk::own_name;
}

json probe(const json& order) {
  const std::string file = order.at("file"), what = order.at("do");
  const std::string folder = folder_of_probes(order.at("folder")), path = folder + "/" + file;
  const auto began = std::chrono::steady_clock::now();
  std::string bytes;
  std::uint64_t filled = 0;
  int error = 0;
  if (what == "write") {
    error = write_file(path, order);
  } else if (what == "read") {
    error = read_file(path, bytes);
  } else if (what == "fill") {
    error = fill_disk(path, filled);
  } else if (what == "remove") {
    error = remove_file(path, folder);
  } else {
    throw std::invalid_argument("a probe of a disk cannot " + what);
  }
  const auto took = std::chrono::steady_clock::now() - began;
  return {{"errno", error},
          {"us", std::chrono::duration_cast<std::chrono::microseconds>(took).count()},
          {"size", what == "fill" ? filled : bytes.size()},
          {"bits_off", bits_off(bytes)}};
}

json told(SketchLoss loss, std::uint64_t unread) {
  constexpr std::size_t most_named = 20;
  json answer{{"bytes", loss.bytes},
              {"files", loss.files.size()},
              {"names", loss.names.size()},
              {"unread", unread}};
  std::sort(loss.files.begin(), loss.files.end(),
            [](const auto& a, const auto& b) { return a.second > b.second; });
  if (loss.files.size() > most_named) loss.files.resize(most_named);
  if (loss.names.size() > most_named) loss.names.resize(most_named);
  answer["lost"] = loss.files;
  answer["undone"] = loss.names;
  return answer;
}

}  // namespace

int disk_probe_main() {
  constexpr std::uint64_t most_read = std::uint64_t{256} << 20;
  FolderSketch before;
  answer_all([&before](const json& order) -> json {
    if (order.at("do") == "sketch") {
      before = sketch_folder(order.at("folder"), most_read);
      return json::object();
    }
    if (order.at("do") == "loss")
      return told(loss_between(before, sketch_folder(order.at("folder"), most_read)),
                  before.unread_bytes);
    return probe(order);
  });
  return 0;
}

}  // namespace tribunal
