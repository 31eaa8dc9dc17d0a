// How a disk spoils files at rest and puts them back.
#include <fcntl.h>
#include <fnmatch.h>
#include <sys/stat.h>

#include <algorithm>

#include "nemesis/disk/disk.h"
#include "nemesis/disk/folder_copy.h"

namespace tribunal {
namespace {

constexpr std::uint64_t most_flips = 1'000'000;  // each is remembered

using FileVisit = std::function<void(const std::string& path, const InodePointer&)>;

// Every regular file below a folder, each known to the disk while it is visited.
void visit_files(Inodes& inodes, const InodePointer& folder, const FileVisit& visit) {
  for_each_entry(open_folder(folder->place->number(), ".").number(), Disk::own_name,
                 [&](const std::string& name) {
                   struct stat status {};
                   Descriptor place(::openat(folder->place->number(), name.c_str(),
                                             O_PATH | O_NOFOLLOW | O_CLOEXEC));
                   if (!place || ::fstat(place.number(), &status) != 0) return;
                   const InodePointer inode = inodes.enter(std::move(place), status, folder, name);
                   if (S_ISDIR(status.st_mode)) visit_files(inodes, inode, visit);
                   if (S_ISREG(status.st_mode)) visit(inodes.path(*inode), inode);
                   inodes.forget(inode->id, 1);
                 });
}

bool is_meant(const DamageOrder& order, const std::string& path) {
  return order.paths.empty() ||
         std::any_of(order.paths.begin(), order.paths.end(), [&](const std::string& pattern) {
           return ::fnmatch(pattern.c_str(), path.c_str(), 0) == 0;
         });
}

// Not there: no descriptor.
Descriptor open_file_in(const Descriptor& folder, const std::string& path) {
  return Descriptor(
      ::openat(folder.number(), path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
}

std::string name_in(const std::string& path) { return path.substr(path.rfind('/') + 1); }

}  // namespace

struct Disk::DamageWork {
  const DamageOrder& order;
  Random chance;
  Descriptor earlier, earlier_probes;  // the folders of the snapshot
  DamageDone done = {};
};

void Disk::damage_file(DamageWork& work, const std::string& path, Inode& inode) {
  const DamageOrder& order = work.order;
  if (!inode.probe && !is_meant(order, path)) return;
  const std::scoped_lock lock(inode.mutex);
  const int file = content(inode);
  if (file < 0) return;
  DescriptorContent bytes(file);
  const auto chunks = chosen_chunks(order.chunks, bytes.size(), work.chance);
  const std::uint64_t before = inode.damage.bytes();
  switch (order.kind) {
    case DamageOrder::Kind::flip:
      inode.damage.flip_bits(bytes, chunks, {order.bit_probability, most_flips}, work.chance);
      break;
    case DamageOrder::Kind::copy:
      inode.damage.copy_chunks(bytes, chunks, order.chunks, work.chance);
      break;
    case DamageOrder::Kind::truncate:
      inode.damage.truncate(bytes, order.drop);
      break;
    case DamageOrder::Kind::restore:
      if (const Descriptor then = inode.probe ? open_file_in(work.earlier_probes, name_in(path))
                                              : open_file_in(work.earlier, path))
        inode.damage.restore_chunks(bytes, chunks, DescriptorContent(then.number()));
  }
  const std::uint64_t other = inode.damage.bytes() - before;
  inode.damaged = !inode.damage.empty();
  if (inode.opens == 0 && inode.unsynced.clean()) inode.content.close();
  (inode.probe ? work.done.probe_bytes : work.done.bytes) += other;
  work.done.files += other > 0 && !inode.probe;
}

DamageDone Disk::damage(const DamageOrder& order, Stale& stale) {
  DamageWork work{order, Random(order.seed), {}, {}};
  const std::unique_lock alone(world);
  if (order.kind == DamageOrder::Kind::restore) {
    work.earlier = open_folder(snapshots_.number(), order.snapshot);
    work.earlier_probes = open_folder(snapshots_.number(), probes_of(order.snapshot));
  }
  const auto visit = [&](const std::string& path, const InodePointer& inode) {
    damage_file(work, path, *inode);
    stale.inodes.push_back(inode->id);
  };
  visit_files(inodes, inodes.top(), visit);
  for (const InodePointer& inode : inodes.all()) {  // the probes are in no list
    struct stat status {};
    if (inode->probe && ::fstat(inode->place->number(), &status) == 0 && S_ISREG(status.st_mode))
      visit(inodes.path(*inode), inode);
  }
  return work.done;
}

DamageDone Disk::repair(Stale& stale) {
  DamageDone done;
  const std::unique_lock alone(world);
  for (const InodePointer& inode : inodes.all()) {
    if (!inode->damaged) continue;
    {
      const std::scoped_lock lock(inode->mutex);
      if (const int file = content(*inode); file >= 0) {
        DescriptorContent bytes(file);
        const std::uint64_t restored = inode->damage.repair(bytes);
        (inode->probe ? done.probe_bytes : done.bytes) += restored;
        done.files += restored > 0 && !inode->probe;
      }
      inode->damaged = false;
      if (inode->opens == 0 && inode->unsynced.clean()) inode->content.close();
    }
    stale.inodes.push_back(inode->id);
    inodes.tidy(*inode);
  }
  return done;
}

}  // namespace tribunal
