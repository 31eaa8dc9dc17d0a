#include "nemesis/disk/inodes.h"

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <tuple>

namespace tribunal {

Inodes::Inodes(Descriptor top) : top_(std::make_shared<Inode>()) {
  struct stat status {};
  if (::fstat(top.number(), &status) != 0)
    throw std::system_error(errno, std::generic_category(), "look at the top of a disk");
  top_->id = top_id;
  top_->key = {status.st_dev, status.st_ino};
  top_->place = std::make_shared<const Descriptor>(std::move(top));
  top_->lookups = 1;
  by_id_[top_id] = top_;
  by_key_[top_->key] = top_;
}

InodePointer Inodes::find(std::uint64_t id) const {
  const std::shared_lock lock(mutex_);
  const auto found = by_id_.find(id);
  if (found == by_id_.end())
    throw std::system_error(ESTALE, std::generic_category(), "find an inode");
  return found->second;
}

InodePointer Inodes::enter(Descriptor place, const struct stat& status, const InodePointer& parent,
                           const std::string& name) {
  const std::pair<dev_t, ino_t> key{status.st_dev, status.st_ino};
  const std::unique_lock lock(mutex_);
  InodePointer& inode = by_key_[key];
  if (!inode) {
    inode = std::make_shared<Inode>();
    inode->id = ++last_;
    inode->key = key;
    inode->place = std::make_shared<const Descriptor>(std::move(place));
    inode->probe = parent->probe;
    by_id_[inode->id] = inode;
  }
  ++inode->lookups;
  if (inode != top_) {
    inode->parent = parent;
    inode->name = name;
  }
  return inode;
}

void Inodes::forget(std::uint64_t id, std::uint64_t lookups) {
  InodePointer last;  // destroyed, and its descriptors closed, without the lock
  const std::unique_lock lock(mutex_);
  const auto found = by_id_.find(id);
  if (found == by_id_.end() || id == top_id) return;
  found->second->lookups -= std::min(lookups, found->second->lookups);
  last = drop_idle(*found->second);
}

void Inodes::tidy(Inode& inode) {
  InodePointer last;
  const std::unique_lock lock(mutex_);
  last = drop_idle(inode);
}

InodePointer Inodes::drop_idle(Inode& inode) {
  if (inode.lookups > 0 || inode.listed || inode.damaged) return nullptr;
  const auto node = by_id_.extract(inode.id);
  if (node.empty()) return nullptr;
  by_key_.erase(inode.key);
  return node.mapped();
}

void Inodes::moved(const InodePointer& from, const std::string& name, const InodePointer& to,
                   const std::string& to_name) {
  const std::unique_lock lock(mutex_);
  InodePointer moved, victim;
  for (const auto& [id, inode] : by_id_) {
    if (inode->parent == from && inode->name == name) moved = inode;
    if (inode->parent == to && inode->name == to_name) victim = inode;
  }
  if (moved) std::tie(moved->parent, moved->name) = std::pair(to, to_name);
  // Of an exchange; what was replaced has no name any more, and none asks for it.
  if (victim) std::tie(victim->parent, victim->name) = std::pair(from, name);
}

std::string Inodes::path_locked(const Inode& inode) const {
  if (!inode.parent) return {};
  const std::string above = path_locked(*inode.parent);
  return above.empty() ? inode.name : above + "/" + inode.name;
}

std::string Inodes::path(const Inode& inode) const {
  const std::shared_lock lock(mutex_);
  return path_locked(inode);
}

std::string Inodes::path(const Inode& folder, const std::string& name) const {
  const std::string above = path(folder);
  return above.empty() ? name : above + "/" + name;
}

std::vector<InodePointer> Inodes::all() const {
  const std::shared_lock lock(mutex_);
  std::vector<InodePointer> inodes;
  for (const auto& [id, inode] : by_id_) inodes.push_back(inode);
  return inodes;
}

std::vector<std::pair<std::uint64_t, std::string>> Inodes::names() const {
  const std::shared_lock lock(mutex_);
  std::vector<std::pair<std::uint64_t, std::string>> names;
  for (const auto& [id, inode] : by_id_)
    if (inode->parent) names.emplace_back(inode->parent->id, inode->name);
  return names;
}

void Unsynced::add(const InodePointer& inode) {
  const std::scoped_lock lock(mutex_);
  if (inode->listed) return;
  inode->at = list_.insert(list_.end(), inode);
  inode->listed = true;
}

void Unsynced::remove(Inode& inode) {
  InodePointer last;  // destroyed without the lock, if at all
  const std::scoped_lock lock(mutex_);
  if (!inode.listed) return;
  last = *inode.at;
  list_.erase(inode.at);
  inode.listed = false;
}

InodePointer Unsynced::oldest() const {
  const std::scoped_lock lock(mutex_);
  return list_.empty() ? nullptr : list_.front();
}

std::vector<InodePointer> Unsynced::all() const {
  const std::scoped_lock lock(mutex_);
  return {list_.begin(), list_.end()};
}

}  // namespace tribunal
