#include "clients/quorum/server/store/store.h"

#include <algorithm>

namespace tribunal::quorum {
namespace {

const Object nothing;

std::uint64_t fnv(const std::string& text) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const unsigned char byte : text) hash = (hash ^ byte) * 0x100000001b3U;
  return hash;
}

// The values that a read would have shown before, and not after.
bool erased_something(const Object& before, const Object& after) {
  const auto held = [](const Object& object) {
    return !object.versions.empty() && object.versions.back().value;
  };
  if (held(before) && !held(after)) return true;
  for (const auto& [value, element] : before.elements) {
    if (element.present && !after.elements.at(value).present) return true;
  }
  return false;
}

}  // namespace

const Object& Store::read(const ObjectId& id) {
  bring_back_erased();
  const auto at = objects_.find(id);
  return at == objects_.end() ? nothing : at->second;
}

void Store::apply(const Update& update) {
  if (bug_ == Bug::none) return quorum::apply(objects_[update.object], update, conflicts_);
  bring_back_erased();
  const Object before = objects_[update.object];
  quorum::apply(objects_[update.object], update, conflicts_);
  remember(update.object, before, update.dot);
}

bool Store::join(const ObjectId& id, const Object& state) {
  if (bug_ == Bug::none) return quorum::join(objects_[id], state, conflicts_);
  bring_back_erased();
  const Object before = objects_[id];
  const bool changed = quorum::join(objects_[id], state, conflicts_);
  if (changed) remember(id, before, {});
  return changed;
}

void Store::clear() {
  objects_.clear();
  previous_.clear();
  erased_.clear();
}

Store::Previous Store::previous(const ObjectId& id) const {
  const auto at = previous_.find(id);
  return at == previous_.end() ? Previous{} : at->second;
}

std::uint64_t Store::digest() const {
  std::uint64_t sum = 0;
  for (const auto& [id, object] : objects_) {
    if (object == nothing) continue;
    sum += fnv(quorum::to_json(id).dump() + quorum::to_json(object).dump());
  }
  return sum;
}

std::uint64_t Store::unmerged() const {
  return static_cast<std::uint64_t>(
      std::count_if(objects_.begin(), objects_.end(),
                    [](const auto& entry) { return entry.second.versions.size() > 1; }));
}

void Store::remember(const ObjectId& id, const Object& before, Dot changed_by) {
  if (bug_ == Bug::non_monotonic_session) previous_[id] = {before, changed_by, Clock::now()};
  if (bug_ == Bug::resurrected_delete && erased_something(before, objects_[id]))
    erased_.push_back({Clock::now(), id, before});
}

// A tombstone that was collected too early, and an old copy that is taken for news.
void Store::bring_back_erased() {
  constexpr Milliseconds grace{150};
  while (!erased_.empty() && Clock::now() - erased_.front().when > grace) {
    const Erased erased = std::move(erased_.front());
    erased_.pop_front();
    Object& object = objects_[erased.id];
    if (!object.versions.empty() && !object.versions.back().value)
      object.versions = erased.before.versions;
    for (const auto& [value, element] : erased.before.elements) {
      if (element.present) object.elements[value].present = true;
    }
  }
}

std::uint64_t digest_of(const Object& object) { return fnv(to_json(object).dump()); }

}  // namespace tribunal::quorum
