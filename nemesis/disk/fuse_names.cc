// The kernel's calls that concern names and attributes.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <climits>

#include "nemesis/disk/fuse_call.h"

namespace tribunal {
namespace {

using Kind = NameChange::Kind;

DiskRequest changing(DiskCall call, DiskSpace space = DiskSpace::none) {
  return {call, {}, false, true, space, 0};
}

// No two files may hide behind the name of the harness's own folder.
void refuse_own_name(const Inode& folder, const char* name) {
  if (folder.id == Inodes::top_id && std::string_view(name) == Disk::own_name) fail(EACCES);
}

void look_up(fuse_req_t request, fuse_ino_t parent, const char* name) {
  serve(request, [&](Disk& disk) {
    const InodePointer folder = disk.inodes.find(parent);
    demand_admission(request, {DiskCall::look}, *folder, name);
    const std::shared_lock lock(disk.world);
    if (folder->id == Inodes::top_id && std::string_view(name) == Disk::own_name) {
      const InodePointer own = disk.own_folder();
      fuse_entry_param entry{};
      entry.ino = own->id;
      entry.attr = status_of(disk, *own);
      entry.attr_timeout = entry.entry_timeout = kernel_keeps;
      fuse_reply_entry(request, &entry);
      return;
    }
    fuse_entry_param entry{};
    try {
      entry = entry_of(disk, folder, name);
    } catch (const std::system_error& error) {
      if (error.code().value() != ENOENT) throw;
      entry.entry_timeout = kernel_keeps;  // that there is none
    }
    fuse_reply_entry(request, &entry);
  });
}

void forget(fuse_req_t request, fuse_ino_t inode, std::uint64_t lookups) {
  disk_of(request).inodes.forget(inode, lookups);
  fuse_reply_none(request);
}

void forget_many(fuse_req_t request, std::size_t count, fuse_forget_data* forgets) {
  for (std::size_t i = 0; i < count; ++i)
    disk_of(request).inodes.forget(forgets[i].ino, forgets[i].nlookup);
  fuse_reply_none(request);
}

void get_attributes(fuse_req_t request, fuse_ino_t number, fuse_file_info*) {
  serve(request, [&](Disk& disk) {
    const InodePointer inode = disk.inodes.find(number);
    const std::shared_lock lock(disk.world);
    const struct stat status = status_of(disk, *inode);
    fuse_reply_attr(request, &status, kernel_keeps);
  });
}

void set_size(Disk& disk, const InodePointer& inode, off_t size) {
  const std::scoped_lock lock(inode->mutex);
  const int file = checked_call(disk.content(*inode));
  disk.before_resize(inode, static_cast<std::uint64_t>(size));
  checked_call(::ftruncate(file, size));
}

void set_times(const std::string& path, const struct stat& wanted, int what) {
  timespec times[] = {{0, UTIME_OMIT}, {0, UTIME_OMIT}};
  if (what & FUSE_SET_ATTR_ATIME) times[0] = wanted.st_atim;
  if (what & FUSE_SET_ATTR_MTIME) times[1] = wanted.st_mtim;
  if (what & FUSE_SET_ATTR_ATIME_NOW) times[0].tv_nsec = UTIME_NOW;
  if (what & FUSE_SET_ATTR_MTIME_NOW) times[1].tv_nsec = UTIME_NOW;
  checked_call(::utimensat(AT_FDCWD, path.c_str(), times, 0));
}

void set_attributes(fuse_req_t request, fuse_ino_t number, struct stat* wanted, int what,
                    fuse_file_info*) {
  serve(request, [&](Disk& disk) {
    const InodePointer inode = disk.inodes.find(number);
    const bool sizes = what & FUSE_SET_ATTR_SIZE;
    const bool grows = sizes && wanted->st_size > status_of(disk, *inode).st_size;
    demand_admission(request,
                     changing(sizes ? DiskCall::truncate : DiskCall::attributes,
                              grows ? DiskSpace::grow : DiskSpace::none),
                     *inode);
    const std::shared_lock lock(disk.world);
    const int place = inode->place->number();
    const std::string path = fmt::format("/proc/self/fd/{}", place);
    if (what & FUSE_SET_ATTR_MODE) checked_call(::chmod(path.c_str(), wanted->st_mode & 07777));
    if (what & (FUSE_SET_ATTR_UID | FUSE_SET_ATTR_GID))
      checked_call(::fchownat(place, "",
                              what & FUSE_SET_ATTR_UID ? wanted->st_uid : static_cast<uid_t>(-1),
                              what & FUSE_SET_ATTR_GID ? wanted->st_gid : static_cast<gid_t>(-1),
                              AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW));
    if (sizes) set_size(disk, inode, wanted->st_size);
    if (what & (FUSE_SET_ATTR_ATIME | FUSE_SET_ATTR_MTIME)) set_times(path, *wanted, what);
    const struct stat status = status_of(disk, *inode);
    fuse_reply_attr(request, &status, kernel_keeps);
  });
}

void read_link(fuse_req_t request, fuse_ino_t number) {
  serve(request, [&](Disk& disk) {
    char target[PATH_MAX + 1] = {};
    const InodePointer inode = disk.inodes.find(number);
    checked_call(::readlinkat(inode->place->number(), "", target, PATH_MAX));
    fuse_reply_readlink(request, target);
  });
}

// Makes an entry that the caller then owns and answers with it. `make` gets the folder.
void make_entry(fuse_req_t request, fuse_ino_t parent, const char* name, Kind kind,
                const std::function<int(int folder)>& make) {
  serve(request, [&](Disk& disk) {
    const InodePointer folder = disk.inodes.find(parent);
    refuse_own_name(*folder, name);
    demand_admission(request, changing(DiskCall::create, DiskSpace::grow), *folder, name);
    {
      const std::shared_lock lock(disk.world);
      const int in = folder->place->number();
      const fuse_ctx* caller = fuse_req_ctx(request);
      checked_call(disk.names.make(
          {kind, place_in(*folder, name), {}, disk.inodes.path(*folder, name), {}, 0, {}}, [&] {
            const int made = make(in);
            if (made == 0 && (caller->uid != ::geteuid() || caller->gid != ::getegid()))
              ::fchownat(in, name, caller->uid, caller->gid, AT_SYMLINK_NOFOLLOW);
            return made;
          }));
      const fuse_entry_param entry = entry_of(disk, folder, name);
      fuse_reply_entry(request, &entry);
    }
    disk.settle();
  });
}

void make_node(fuse_req_t request, fuse_ino_t parent, const char* name, mode_t mode, dev_t device) {
  make_entry(request, parent, name, Kind::made,
             [&](int folder) { return ::mknodat(folder, name, mode, device); });
}

void make_directory(fuse_req_t request, fuse_ino_t parent, const char* name, mode_t mode) {
  make_entry(request, parent, name, Kind::made_folder,
             [&](int folder) { return ::mkdirat(folder, name, mode); });
}

void make_symbolic_link(fuse_req_t request, const char* target, fuse_ino_t parent,
                        const char* name) {
  make_entry(request, parent, name, Kind::made,
             [&](int folder) { return ::symlinkat(target, folder, name); });
}

void make_link(fuse_req_t request, fuse_ino_t number, fuse_ino_t parent, const char* name) {
  serve(request, [&](Disk& disk) {
    const InodePointer inode = disk.inodes.find(number), folder = disk.inodes.find(parent);
    refuse_own_name(*folder, name);
    demand_admission(request, changing(DiskCall::create), *folder, name);
    const std::shared_lock lock(disk.world);
    const std::string path = fmt::format("/proc/self/fd/{}", inode->place->number());
    checked_call(disk.names.make(
        {Kind::made, place_in(*folder, name), {}, disk.inodes.path(*folder, name), {}, 0, {}}, [&] {
          return ::linkat(AT_FDCWD, path.c_str(), folder->place->number(), name, AT_SYMLINK_FOLLOW);
        }));
    const fuse_entry_param entry = entry_of(disk, folder, name);
    fuse_reply_entry(request, &entry);
  });
}

void remove(fuse_req_t request, fuse_ino_t parent, const char* name,
            int (NameJournal::*removal)(NamePlace, const std::string&)) {
  serve(request, [&](Disk& disk) {
    const InodePointer folder = disk.inodes.find(parent);
    refuse_own_name(*folder, name);
    demand_admission(request, changing(DiskCall::remove), *folder, name);
    const std::shared_lock lock(disk.world);
    must_be_zero((disk.names.*removal)(place_in(*folder, name), disk.inodes.path(*folder, name)));
    fuse_reply_err(request, 0);
  });
}

void unlink(fuse_req_t request, fuse_ino_t parent, const char* name) {
  remove(request, parent, name, &NameJournal::remove);
}

void remove_directory(fuse_req_t request, fuse_ino_t parent, const char* name) {
  remove(request, parent, name, &NameJournal::remove_folder);
}

void rename(fuse_req_t request, fuse_ino_t parent, const char* name, fuse_ino_t new_parent,
            const char* new_name, unsigned flags) {
  serve(request, [&](Disk& disk) {
    const InodePointer from = disk.inodes.find(parent), to = disk.inodes.find(new_parent);
    refuse_own_name(*from, name);
    refuse_own_name(*to, new_name);
    demand_admission(request, changing(DiskCall::rename), *from, name);
    const std::shared_lock lock(disk.world);
    must_be_zero(disk.names.rename(
        place_in(*from, name), place_in(*to, new_name),
        fmt::format("{} to {}", disk.inodes.path(*from, name), disk.inodes.path(*to, new_name)),
        flags));
    disk.inodes.moved(from, name, to, new_name);
    fuse_reply_err(request, 0);
  });
}

}  // namespace

void add_name_calls(fuse_lowlevel_ops& calls) {
  calls.lookup = look_up;
  calls.forget = forget;
  calls.forget_multi = forget_many;
  calls.getattr = get_attributes;
  calls.setattr = set_attributes;
  calls.readlink = read_link;
  calls.mknod = make_node;
  calls.mkdir = make_directory;
  calls.symlink = make_symbolic_link;
  calls.link = make_link;
  calls.unlink = unlink;
  calls.rmdir = remove_directory;
  calls.rename = rename;
}

}  // namespace tribunal
