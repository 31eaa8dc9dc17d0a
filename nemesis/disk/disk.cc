#include "nemesis/disk/disk.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <thread>

#include "nemesis/disk/folder_copy.h"

namespace tribunal {
namespace {

Descriptor path_to(int folder, const char* name) {
  const int place = ::openat(folder, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
  if (place < 0) throw std::system_error(errno, std::generic_category(), "open a folder of a disk");
  return Descriptor(place);
}

Descriptor kept_folder(int top, const char* name) {
  return make_folder(make_folder(top, Disk::own_name).number(), name);
}

Descriptor emptied(Descriptor folder) {
  empty_folder(folder.number(), {});
  return folder;
}

}  // namespace

Disk::Disk(const Descriptor& home, std::uint64_t memory)
    : inodes(path_to(home.number(), ".")),
      names(emptied(kept_folder(home.number(), "aside"))),
      memory_(memory),
      top_(open_folder(home.number(), ".")),
      aside_(kept_folder(home.number(), "aside")),
      probes_(emptied(kept_folder(home.number(), "probes"))),
      snapshots_(emptied(kept_folder(home.number(), "snapshots"))) {
  own_folder()->probe = true;
}

InodePointer Disk::own_folder() {
  struct stat status {};
  Descriptor place = path_to(probes_.number(), ".");
  if (::fstat(place.number(), &status) != 0)
    throw std::system_error(errno, std::generic_category(), "look at a folder of a disk");
  return inodes.enter(std::move(place), status, inodes.top(), own_name);
}

int Disk::content(Inode& inode) {
  if (inode.content) return inode.content.number();
  const std::string path = fmt::format("/proc/self/fd/{}", inode.place->number());
  int file = ::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NONBLOCK);
  if (file < 0 && (errno == EACCES || errno == EPERM || errno == EROFS || errno == ETXTBSY))
    file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return -1;
  inode.content = Descriptor(file);
  return file;
}

void Disk::touched(const InodePointer& inode, bool was_clean, std::uint64_t took) {
  held_ += took;
  if (was_clean) unsynced_.add(inode);
}

void Disk::before_write(const InodePointer& inode, std::uint64_t offset, std::uint64_t length) {
  const bool was_clean = inode->unsynced.clean();
  const DescriptorContent content(inode->content.number());
  touched(inode, was_clean, inode->unsynced.before_write(content, offset, length));
  if (inode->damaged) inode->damage.written(offset, offset + length);
}

void Disk::before_resize(const InodePointer& inode, std::uint64_t size) {
  const bool was_clean = inode->unsynced.clean();
  const DescriptorContent content(inode->content.number());
  touched(inode, was_clean, inode->unsynced.before_resize(content, size));
  if (inode->damaged) inode->damage.resized(size);
}

void Disk::sync(Inode& inode) {
  if (inode.unsynced.clean()) return;
  held_ -= inode.unsynced.synced();
  unsynced_.remove(inode);
  if (inode.opens == 0) inode.content.close();
}

void Disk::commit_names(Clock::time_point before) {
  if (names.commit(before) == 0) return;
  for (const InodePointer& inode : unsynced_.all()) {
    struct stat status {};
    if (::fstat(inode->place->number(), &status) != 0 || status.st_nlink > 0) continue;
    const std::scoped_lock lock(inode->mutex);  // of no name, so no power cut can bring it back
    held_ -= inode->unsynced.synced();
    unsynced_.remove(*inode);
  }
}

void Disk::settle() {
  while (held_ > memory_) {
    const InodePointer oldest = unsynced_.oldest();
    if (!oldest) return;
    {
      const std::scoped_lock lock(oldest->mutex);
      sync(*oldest);
    }
    ++written_through_;
    inodes.tidy(*oldest);
  }
}

std::uint64_t Disk::cut_file(Inode& inode, std::uint64_t torn_sector, Random& chance) {
  const std::scoped_lock lock(inode.mutex);
  DescriptorContent bytes(content(inode));
  held_ -= inode.unsynced.held();
  const auto tear = torn_sector > 0 ? std::optional<Tear>(Tear{torn_sector, chance}) : std::nullopt;
  const std::uint64_t lost = inode.unsynced.cut(bytes, tear);
  inode.damage.written(0, ~std::uint64_t{0});
  return lost;
}

CutLoss Disk::cut(std::uint64_t torn_sector, std::uint64_t seed, Stale& stale) {
  static constexpr const char* verbs[] = {"made", "made", "removed", "renamed", "exchanged"};
  CutLoss loss;
  Random chance(seed);
  const std::unique_lock alone(world);
  commit_names(Clock::now() - commit_interval);
  for (const InodePointer& inode : unsynced_.all()) {
    const std::uint64_t lost = cut_file(*inode, torn_sector, chance);
    stale.inodes.push_back(inode->id);
    if (lost > 0 && !inode->probe) {
      loss.bytes += lost;
      loss.files.emplace_back(inodes.path(*inode), lost);
    }
    unsynced_.remove(*inode);
    if (inode->opens == 0) inode->content.close();
    inodes.tidy(*inode);
  }
  for (const NameChange& change : names.undo()) {
    loss.names.push_back(
        fmt::format("{} {}", verbs[static_cast<std::size_t>(change.kind)], change.path));
    for (const NamePlace* place : {&change.place, &change.to}) {
      if (!place->folder) continue;
      stale.names.emplace_back(place->folder_id, place->name);
      stale.inodes.push_back(place->folder_id);
    }
  }
  return loss;
}

// The harness's own files are kept beside the database's, so that a probe is rolled back, too.
std::uint64_t Disk::snapshot(const std::string& name) {
  const std::unique_lock alone(world);
  const Descriptor copy = emptied(make_folder(snapshots_.number(), name)),
                   own = emptied(make_folder(snapshots_.number(), probes_of(name)));
  copy_folder(probes_.number(), own.number(), {});
  return copy_folder(top_.number(), copy.number(), own_name);
}

std::string Disk::open_file() const {
  for (const InodePointer& inode : inodes.all()) {
    const std::scoped_lock lock(inode->mutex);
    if (inode->opens > 0) return inodes.path(*inode);
  }
  return {};
}

// The kernel says that a file was closed some time after its last owner has died.
std::uint64_t Disk::roll_back(const std::string& name, Stale& stale) {
  const auto until = Clock::now() + std::chrono::seconds(2);
  while (!open_file().empty() && Clock::now() < until)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  const std::unique_lock alone(world);
  const Descriptor copy = open_folder(snapshots_.number(), name),
                   own = open_folder(snapshots_.number(), probes_of(name));
  if (const std::string open = open_file(); !open.empty())
    throw std::system_error(EBUSY, std::generic_category(),
                            "roll back a disk of which " + open + " is open");
  names.commit();
  for (const InodePointer& inode : unsynced_.all()) {
    const std::scoped_lock lock(inode->mutex);
    sync(*inode);
  }
  const std::uint64_t other = count_other_files(top_.number(), copy.number(), own_name);
  empty_folder(top_.number(), own_name);
  empty_folder(probes_.number(), {});
  copy_folder(copy.number(), top_.number(), {});
  copy_folder(own.number(), probes_.number(), {});
  stale = everything();
  return other;
}

Stale Disk::everything() const {
  Stale stale{{}, inodes.names()};
  for (const InodePointer& inode : inodes.all()) stale.inodes.push_back(inode->id);
  return stale;
}

}  // namespace tribunal
