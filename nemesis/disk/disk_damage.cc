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

}  // namespace

void Disk::damage_file(const DamageOrder& order, const std::string& path, Inode& inode,
                       Random& chance, DamageDone& done) {
  if (!inode.probe && !is_meant(order, path)) return;
  const std::scoped_lock lock(inode.mutex);
  const int file = content(inode);
  if (file < 0) return;
  DescriptorContent bytes(file);
  const auto chunks = chosen_chunks(order.chunks, bytes.size(), chance);
  const std::uint64_t before = inode.damage.bytes();
  if (order.kind == DamageOrder::Kind::flip) {
    inode.damage.flip_bits(bytes, chunks, {order.bit_probability, most_flips}, chance);
  } else if (order.kind == DamageOrder::Kind::copy) {
    inode.damage.copy_chunks(bytes, chunks, order.chunks, chance);
  } else {
    inode.damage.truncate(bytes, order.drop);
  }
  const std::uint64_t other = inode.damage.bytes() - before;
  inode.damaged = !inode.damage.empty();
  if (inode.opens == 0 && inode.unsynced.clean()) inode.content.close();
  (inode.probe ? done.probe_bytes : done.bytes) += other;
  done.files += other > 0 && !inode.probe;
}

DamageDone Disk::damage(const DamageOrder& order, Stale& stale) {
  DamageDone done;
  Random chance(order.seed);
  const std::unique_lock alone(world);
  const auto visit = [&](const std::string& path, const InodePointer& inode) {
    damage_file(order, path, *inode, chance, done);
    stale.inodes.push_back(inode->id);
  };
  visit_files(inodes, inodes.top(), visit);
  for (const InodePointer& inode : inodes.all()) {  // the probes are in no list
    struct stat status {};
    if (inode->probe && ::fstat(inode->place->number(), &status) == 0 && S_ISREG(status.st_mode))
      visit({}, inode);
  }
  return done;
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
