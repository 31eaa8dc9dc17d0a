// The kernel's calls that concern whole folders and the whole disk.
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <memory>
#include <mutex>
#include <vector>

#include "nemesis/disk/folder_copy.h"
#include "nemesis/disk/fuse_call.h"

namespace tribunal {
namespace {

struct CloseFolder {
  void operator()(DIR* entries) const { ::closedir(entries); }
};

struct OpenFolder {
  std::unique_ptr<DIR, CloseFolder> entries;
  std::mutex mutex;
  off_t place = 0;                // guarded by mutex
  const dirent* ahead = nullptr;  // read and not yet given; guarded by mutex
};

OpenFolder& folder_of(const fuse_file_info& file) {
  return *reinterpret_cast<OpenFolder*>(file.fh);
}

void open_directory(fuse_req_t request, fuse_ino_t number, fuse_file_info* file) {
  serve(request, [&](Disk& disk) {
    const InodePointer inode = disk.inodes.find(number);
    demand_admission(request, {DiskCall::list}, *inode);
    auto folder = std::make_unique<OpenFolder>();
    Descriptor own = open_folder(inode->place->number(), ".");
    folder->entries.reset(::fdopendir(own.number()));
    if (!folder->entries) fail(errno);
    own.release();
    file->fh = reinterpret_cast<std::uint64_t>(folder.get());
    if (fuse_reply_open(request, file) != -ENOENT) folder.release();
  });
}

// Fills the answer with entries, as many as it holds, and leaves `hidden` out.
void fill(fuse_req_t request, OpenFolder& folder, std::string_view hidden,
          std::vector<char>& answer) {
  std::size_t used = 0;
  while (true) {
    if (folder.ahead == nullptr) {
      errno = 0;
      folder.ahead = ::readdir(folder.entries.get());
      if (folder.ahead == nullptr) break;
    }
    const dirent& entry = *folder.ahead;
    if (entry.d_name != hidden) {
      struct stat status {};
      status.st_ino = entry.d_ino;
      status.st_mode = static_cast<mode_t>(entry.d_type) << 12;
      const std::size_t needed = fuse_add_direntry(
          request, answer.data() + used, answer.size() - used, entry.d_name, &status, entry.d_off);
      if (needed > answer.size() - used) break;
      used += needed;
    }
    folder.place = entry.d_off;
    folder.ahead = nullptr;
  }
  answer.resize(used);
}

void read_entries(fuse_req_t request, OpenFolder& folder, off_t offset, std::string_view hidden,
                  std::vector<char>& answer) {
  const std::scoped_lock lock(folder.mutex);
  if (offset != folder.place) {
    ::seekdir(folder.entries.get(), offset);
    folder.place = offset;
    folder.ahead = nullptr;
  }
  fill(request, folder, hidden, answer);
}

void read_directory(fuse_req_t request, fuse_ino_t number, std::size_t size, off_t offset,
                    fuse_file_info* file) {
  serve(request, [&](Disk& disk) {
    const std::shared_lock lock(disk.world);
    std::vector<char> answer(size);
    read_entries(request, folder_of(*file), offset, number == Inodes::top_id ? Disk::own_name : "",
                 answer);
    fuse_reply_buf(request, answer.data(), answer.size());  // at which the folder may be closed
  });
}

void release_directory(fuse_req_t request, fuse_ino_t, fuse_file_info* file) {
  delete &folder_of(*file);
  fuse_reply_err(request, 0);
}

void sync_directory(fuse_req_t request, fuse_ino_t number, int, fuse_file_info*) {
  serve(request, [&](Disk& disk) {
    const InodePointer inode = disk.inodes.find(number);
    demand_admission(request, {DiskCall::fsync}, *inode);
    const std::shared_lock lock(disk.world);
    disk.commit_names();
    fuse_reply_err(request, 0);
  });
}

void statistics(fuse_req_t request, fuse_ino_t number) {
  serve(request, [&](Disk& disk) {
    struct statvfs status {};
    const InodePointer inode = disk.inodes.find(number);
    const Descriptor folder = open_folder(disk.inodes.top()->place->number(), ".");
    checked_call(::fstatvfs(folder.number(), &status));
    if (disk.rules.full()) status.f_bavail = status.f_bfree = 0;
    fuse_reply_statfs(request, &status);
  });
}

}  // namespace

void add_folder_calls(fuse_lowlevel_ops& calls) {
  calls.opendir = open_directory;
  calls.readdir = read_directory;
  calls.releasedir = release_directory;
  calls.fsyncdir = sync_directory;
  calls.statfs = statistics;
}

}  // namespace tribunal
