// The kernel's calls that concern the bytes of files.
#include <fcntl.h>
#include <linux/falloc.h>
#include <sys/stat.h>
#include <unistd.h>

#include <vector>

#include "nemesis/disk/fuse_call.h"

namespace tribunal {
namespace {

bool writes(int flags) { return (flags & O_ACCMODE) != O_RDONLY; }

void note_opened(Disk& disk, Inode& inode, fuse_file_info& file) {
  const std::scoped_lock lock(inode.mutex);
  checked_call(disk.content(inode));
  ++inode.opens;
  if (inode.damage.shortened() && !inode.probe) ++disk.damaged_reads;  // what is gone is never read
  file.keep_cache = 1;
}

void note_closed(Inode& inode) {
  const std::scoped_lock lock(inode.mutex);
  if (--inode.opens == 0 && inode.unsynced.clean()) inode.content.close();
}

void open_file(fuse_req_t request, fuse_ino_t number, fuse_file_info* file) {
  serve(request, [&](Disk& disk) {
    const InodePointer inode = disk.inodes.find(number);
    demand_admission(request, {DiskCall::open, {}, false, writes(file->flags)}, *inode);
    const std::shared_lock lock(disk.world);
    note_opened(disk, *inode, *file);
    // A caller that was killed meanwhile gets nothing and closes nothing.
    if (fuse_reply_open(request, file) == -ENOENT) note_closed(*inode);
  });
}

// A new file, or -1 with errno, EEXIST among others.
int make_file(Disk& disk, const Inode& folder, const char* name, mode_t mode,
              const fuse_ctx& caller) {
  const int in = folder.place->number();
  const auto make = [&] {
    const int made = ::openat(in, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
    if (made >= 0 && (caller.uid != ::geteuid() || caller.gid != ::getegid()))
      ::fchownat(in, name, caller.uid, caller.gid, AT_SYMLINK_NOFOLLOW);
    return made;
  };
  if (folder.probe) return make();  // so that it is there after a power cut
  const std::string path = disk.inodes.path(folder, name);
  return disk.names.make({NameChange::Kind::made, place_in(folder, name), {}, path, {}, 0, {}},
                         make);
}

void create(fuse_req_t request, fuse_ino_t parent, const char* name, mode_t mode,
            fuse_file_info* file) {
  serve(request, [&](Disk& disk) {
    const InodePointer folder = disk.inodes.find(parent);
    if (folder->id == Inodes::top_id && std::string_view(name) == Disk::own_name) fail(EACCES);
    demand_admission(request, {DiskCall::create, {}, false, true}, *folder, name);
    const std::shared_lock lock(disk.world);
    const Descriptor made(make_file(disk, *folder, name, mode, *fuse_req_ctx(request)));
    if (!made && (errno != EEXIST || file->flags & O_EXCL)) fail(errno);
    const fuse_entry_param entry = entry_of(disk, folder, name);
    const InodePointer inode = disk.inodes.find(entry.ino);
    try {
      note_opened(disk, *inode, *file);
    } catch (const std::system_error&) {
      disk.inodes.forget(entry.ino, 1);
      throw;
    }
    if (fuse_reply_create(request, &entry, file) != -ENOENT) return;
    note_closed(*inode);
    disk.inodes.forget(entry.ino, 1);
  });
}

void release(fuse_req_t request, fuse_ino_t number, fuse_file_info*) {
  serve(request, [&](Disk& disk) {
    note_closed(*disk.inodes.find(number));
    fuse_reply_err(request, 0);
  });
}

void note_damaged_read(Disk& disk, Inode& inode, std::uint64_t begin, std::uint64_t end) {
  if (!inode.damaged || inode.probe) return;
  const std::scoped_lock lock(inode.mutex);
  if (inode.damage.meets(begin, end)) ++disk.damaged_reads;
}

void read(fuse_req_t request, fuse_ino_t number, std::size_t size, off_t offset, fuse_file_info*) {
  serve(request, [&](Disk& disk) {
    const InodePointer inode = disk.inodes.find(number);
    const DiskAnswer answer =
        admit(request, {DiskCall::read, {}, false, false, DiskSpace::none, size}, *inode);
    must_be_zero(answer.error);
    const std::shared_lock lock(disk.world);
    thread_local std::vector<char> buffer;
    if (buffer.size() < size) buffer.resize(size);
    const auto begin = static_cast<std::uint64_t>(offset);
    const std::size_t got =
        DescriptorContent(inode->content.number()).read(begin, buffer.data(), size);
    for (const std::uint64_t bit : answer.flips)
      if (bit / 8 < got) buffer[bit / 8] = static_cast<char>(buffer[bit / 8] ^ (1 << bit % 8));
    note_damaged_read(disk, *inode, begin, begin + got);
    fuse_reply_buf(request, buffer.data(), got);
  });
}

void sync_all(Disk& disk, Inode& inode) {
  {
    const std::scoped_lock lock(inode.mutex);
    disk.sync(inode);
  }
  if (!inode.probe) disk.commit_names();
}

DiskRequest writing(Disk& disk, const Inode& inode, std::uint64_t end, std::uint64_t bytes) {
  DiskRequest call{DiskCall::write, {}, false, true, DiskSpace::overwrite, bytes};
  if (disk.rules.any() && end > static_cast<std::uint64_t>(status_of(disk, inode).st_size))
    call.space = DiskSpace::grow;
  return call;
}

void write(fuse_req_t request, fuse_ino_t number, const char* bytes, std::size_t size, off_t offset,
           fuse_file_info* file) {
  serve(request, [&](Disk& disk) {
    const InodePointer inode = disk.inodes.find(number);
    const auto begin = static_cast<std::uint64_t>(offset);
    demand_admission(request, writing(disk, *inode, begin + size, size), *inode);
    {
      const std::shared_lock lock(disk.world);
      {
        const std::scoped_lock file_lock(inode->mutex);
        disk.before_write(inode, begin, size);
        DescriptorContent(inode->content.number()).write(begin, bytes, size);
      }
      if (file->flags & (O_SYNC | O_DSYNC)) sync_all(disk, *inode);
      disk.settle();
    }
    fuse_reply_write(request, size);
  });
}

void fsync(fuse_req_t request, fuse_ino_t number, int, fuse_file_info*) {
  serve(request, [&](Disk& disk) {
    const InodePointer inode = disk.inodes.find(number);
    demand_admission(request, {DiskCall::fsync}, *inode);
    const std::shared_lock lock(disk.world);
    sync_all(disk, *inode);
    fuse_reply_err(request, 0);
  });
}

void allocate(fuse_req_t request, fuse_ino_t number, int mode, off_t offset, off_t length,
              fuse_file_info*) {
  serve(request, [&](Disk& disk) {
    if (mode & ~(FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE | FALLOC_FL_ZERO_RANGE))
      fail(EOPNOTSUPP);
    const InodePointer inode = disk.inodes.find(number);
    const bool frees = mode & FALLOC_FL_PUNCH_HOLE;
    demand_admission(
        request,
        {DiskCall::truncate, {}, false, true, frees ? DiskSpace::none : DiskSpace::grow, 0},
        *inode);
    const std::shared_lock lock(disk.world);
    const std::scoped_lock file_lock(inode->mutex);
    const auto begin = static_cast<std::uint64_t>(offset),
               size = static_cast<std::uint64_t>(length);
    const std::uint64_t now = DescriptorContent(inode->content.number()).size();
    if (mode & (FALLOC_FL_PUNCH_HOLE | FALLOC_FL_ZERO_RANGE)) {
      const std::uint64_t end =
          mode & FALLOC_FL_KEEP_SIZE ? std::min(now, begin + size) : begin + size;
      if (begin < end) disk.before_write(inode, begin, end - begin);
    } else if (!(mode & FALLOC_FL_KEEP_SIZE) && begin + size > now) {
      disk.before_resize(inode, begin + size);
    }
    checked_call(::fallocate(inode->content.number(), mode, offset, length));
    fuse_reply_err(request, 0);
  });
}

void seek(fuse_req_t request, fuse_ino_t number, off_t offset, int whence, fuse_file_info*) {
  serve(request, [&](Disk& disk) {
    const InodePointer inode = disk.inodes.find(number);
    const off_t found = ::lseek(inode->content.number(), offset, whence);
    fuse_reply_lseek(request, checked_call(found));
  });
}

}  // namespace

void add_data_calls(fuse_lowlevel_ops& calls) {
  calls.open = open_file;
  calls.create = create;
  calls.release = release;
  calls.read = read;
  calls.write = write;
  calls.fsync = fsync;
  calls.fallocate = allocate;
  calls.lseek = seek;
}

}  // namespace tribunal
