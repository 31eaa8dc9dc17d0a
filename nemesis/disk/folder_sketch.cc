#include "nemesis/disk/folder_sketch.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <string_view>

#include "harness/cluster/descriptor.h"

namespace tribunal {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t sketch_sector = FolderSketch::sector_bytes;

struct FoundFile {
  std::int64_t changed = 0;  // seconds and nanoseconds
  ino_t inode = 0;
  fs::path path;
};

std::vector<FoundFile> files_in(const fs::path& folder) {
  std::vector<FoundFile> found;
  std::error_code gone;
  for (fs::recursive_directory_iterator at(folder, gone), end; !gone && at != end;
       at.increment(gone)) {
    struct stat status {};
    if (::lstat(at->path().c_str(), &status) == 0 && S_ISREG(status.st_mode))
      found.push_back({status.st_mtim.tv_sec * 1'000'000'000 + status.st_mtim.tv_nsec,
                       status.st_ino, at->path()});
  }
  std::sort(found.begin(), found.end(),
            [](const FoundFile& a, const FoundFile& b) { return a.changed > b.changed; });
  return found;
}

void read_sectors(int file, FileSketch& sketch, std::uint64_t& may_read) {
  std::string block(std::size_t{1} << 16, '\0');
  const std::uint64_t end = std::min(sketch.size, may_read / sketch_sector * sketch_sector);
  for (std::uint64_t at = 0; at < end;) {
    const ssize_t got = ::pread(file, block.data(), std::min<std::uint64_t>(block.size(), end - at),
                                static_cast<off_t>(at));
    if (got <= 0) break;
    const std::string_view bytes(block.data(), static_cast<std::size_t>(got));
    for (std::size_t i = 0; i < bytes.size(); i += sketch_sector)
      sketch.sectors.push_back(std::hash<std::string_view>()(bytes.substr(i, sketch_sector)));
    at += bytes.size();
    may_read -= std::min<std::uint64_t>(may_read, bytes.size());
    if (bytes.size() % sketch_sector != 0) break;  // its end
  }
}

std::uint64_t count_missing(const FileSketch& before, const FileSketch& after) {
  std::uint64_t missing = before.size > after.size ? before.size - after.size : 0;
  const std::size_t known = std::min(before.sectors.size(), after.sectors.size());
  for (std::size_t i = 0; i < known; ++i) {
    const std::uint64_t begin = i * sketch_sector, whole = begin + sketch_sector;
    const bool same_extent =
        whole <= std::min(before.size, after.size) || before.size == after.size;
    if (same_extent && before.sectors[i] != after.sectors[i])
      missing += std::min(sketch_sector, before.size - begin);
  }
  return missing;
}

}  // namespace

FolderSketch sketch_folder(const std::string& folder, std::uint64_t most_bytes) {
  FolderSketch sketch;
  std::uint64_t may_read = most_bytes;
  for (const FoundFile& found : files_in(folder)) {
    const Descriptor file(::open(found.path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
    struct stat status {};
    if (!file || ::fstat(file.number(), &status) != 0 || status.st_ino != found.inode) continue;
    FileSketch& one = sketch.files[found.inode];
    if (!one.path.empty()) continue;  // another name of it
    one.path = found.path.lexically_relative(folder);
    one.size = static_cast<std::uint64_t>(status.st_size);
    read_sectors(file.number(), one, may_read);
    sketch.unread_bytes +=
        one.size - std::min<std::uint64_t>(one.size, one.sectors.size() * sketch_sector);
  }
  return sketch;
}

SketchLoss loss_between(const FolderSketch& before, const FolderSketch& after) {
  SketchLoss loss;
  const auto lose = [&loss](const FileSketch& file, std::uint64_t bytes) {
    if (bytes == 0) return;
    loss.bytes += bytes;
    loss.files.emplace_back(file.path, bytes);
  };
  for (const auto& [inode, was] : before.files) {
    const auto found = after.files.find(inode);
    if (found == after.files.end()) {
      loss.names.push_back("made " + was.path);
      lose(was, was.size);
      continue;
    }
    const FileSketch& is = found->second;
    if (is.path != was.path) loss.names.push_back("renamed " + is.path + " to " + was.path);
    if (is.size > was.size) loss.names.push_back("shortened " + was.path);
    lose(was, count_missing(was, is));
  }
  for (const auto& [inode, is] : after.files)
    if (!before.files.contains(inode)) loss.names.push_back("removed " + is.path);
  return loss;
}

}  // namespace tribunal
