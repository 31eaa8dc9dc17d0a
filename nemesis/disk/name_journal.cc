#include "nemesis/disk/name_journal.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/fs.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <utility>

namespace tribunal {
namespace {

using Kind = NameChange::Kind;

int number(const NamePlace& place) { return place.folder->number(); }

std::optional<struct stat> look(const NamePlace& place) {
  struct stat status {};
  if (::fstatat(number(place), place.name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) return {};
  return status;
}

// 0, ENOTEMPTY, or what stood in the way of looking.
int must_be_empty(const NamePlace& place) {
  const int folder =
      ::openat(number(place), place.name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  DIR* entries = folder < 0 ? nullptr : ::fdopendir(folder);
  if (entries == nullptr) return errno;
  int found = 0;
  for (const dirent* entry = nullptr; (entry = ::readdir(entries)) != nullptr;)
    if (const std::string name = entry->d_name; name != "." && name != "..") found = ENOTEMPTY;
  ::closedir(entries);
  return found;
}

int may_replace(const struct stat& from, const struct stat& victim, const NamePlace& to) {
  if (S_ISDIR(from.st_mode) && !S_ISDIR(victim.st_mode)) return ENOTDIR;
  if (!S_ISDIR(from.st_mode) && S_ISDIR(victim.st_mode)) return EISDIR;
  return S_ISDIR(victim.st_mode) ? must_be_empty(to) : 0;
}

}  // namespace

void NameJournal::push(NameChange change) {
  change.when = std::chrono::steady_clock::now();
  changes_.push_back(std::move(change));
  size_ = changes_.size();
}

int NameJournal::make(NameChange change, const std::function<int()>& make) {
  const std::scoped_lock lock(mutex_);
  const int made = make();
  if (made >= 0) push(std::move(change));
  return made;
}

int NameJournal::put_aside(const NamePlace& place, NameChange& change) {
  const auto status = look(place);
  if (!status) return errno;
  change.aside = fmt::format("{:x}", ++last_);
  change.aside_inode = status->st_ino;
  return ::renameat(number(place), place.name.c_str(), aside_.number(), change.aside.c_str()) == 0
             ? 0
             : errno;
}

int NameJournal::remove(NamePlace place, const std::string& path) {
  const std::scoped_lock lock(mutex_);
  NameChange change{Kind::removed, std::move(place), {}, path, {}, 0, {}};
  if (const int error = put_aside(change.place, change); error != 0) return error;
  push(std::move(change));
  return 0;
}

int NameJournal::remove_folder(NamePlace place, const std::string& path) {
  if (const int error = must_be_empty(place); error != 0) return error;
  return remove(std::move(place), path);
}

// By an exchange, so that the name is never missing.
int NameJournal::replace(const NamePlace& from, const NamePlace& to, NameChange& change) {
  if (::renameat2(number(from), from.name.c_str(), number(to), to.name.c_str(), RENAME_EXCHANGE) !=
      0)
    return errno;
  return put_aside(from, change);
}

int NameJournal::rename(const NamePlace& from, const NamePlace& to, const std::string& path,
                        unsigned flags) {
  const std::scoped_lock lock(mutex_);
  NameChange change{Kind::moved, from, to, path, {}, 0, {}};
  const auto moved = look(from), victim = look(to);
  int error = 0;
  if (flags == 0 && moved && victim) {
    if (moved->st_ino == victim->st_ino) return 0;  // two names of one file: nothing happens
    error = may_replace(*moved, *victim, to);
    if (error == 0) error = replace(from, to, change);
  } else {
    if (flags & RENAME_EXCHANGE) change.kind = Kind::exchanged;
    if (::renameat2(number(from), from.name.c_str(), number(to), to.name.c_str(), flags) != 0)
      error = errno;
  }
  if (error == 0) push(std::move(change));
  return error;
}

std::size_t NameJournal::commit(std::chrono::steady_clock::time_point until) {
  if (size() == 0) return 0;
  std::vector<NameChange> done;
  {
    const std::scoped_lock lock(mutex_);
    const auto end = std::find_if(changes_.begin(), changes_.end(),
                                  [&](const NameChange& change) { return change.when >= until; });
    done.assign(std::make_move_iterator(changes_.begin()), std::make_move_iterator(end));
    changes_.erase(changes_.begin(), end);
    size_ = changes_.size();
  }
  for (const NameChange& change : done) {
    if (change.aside.empty()) continue;
    if (::unlinkat(aside_.number(), change.aside.c_str(), 0) != 0)
      ::unlinkat(aside_.number(), change.aside.c_str(), AT_REMOVEDIR);
  }
  return done.size();
}

void NameJournal::undo(const NameChange& change) {
  const NamePlace &place = change.place, &to = change.to;
  const char* name = place.name.c_str();
  switch (change.kind) {
    case Kind::made:
      ::unlinkat(number(place), name, 0);
      break;
    case Kind::made_folder:
      ::unlinkat(number(place), name, AT_REMOVEDIR);
      break;
    case Kind::removed:
      ::renameat(aside_.number(), change.aside.c_str(), number(place), name);
      break;
    case Kind::moved:
      ::renameat(number(to), to.name.c_str(), number(place), name);
      if (!change.aside.empty())
        ::renameat(aside_.number(), change.aside.c_str(), number(to), to.name.c_str());
      break;
    case Kind::exchanged:
      ::renameat2(number(place), name, number(to), to.name.c_str(), RENAME_EXCHANGE);
      break;
  }
}

std::vector<NameChange> NameJournal::undo() {
  const std::scoped_lock lock(mutex_);
  std::vector<NameChange> undone = std::move(changes_);
  changes_.clear();
  size_ = 0;
  std::reverse(undone.begin(), undone.end());
  for (const NameChange& change : undone) undo(change);
  return undone;
}

std::uint64_t NameJournal::links_aside(std::uint64_t inode) const {
  if (size() == 0) return 0;
  const std::scoped_lock lock(mutex_);
  return static_cast<std::uint64_t>(
      std::count_if(changes_.begin(), changes_.end(), [&](const NameChange& change) {
        return !change.aside.empty() && change.aside_inode == inode;
      }));
}

}  // namespace tribunal
