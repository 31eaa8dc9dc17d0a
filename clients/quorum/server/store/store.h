// The objects of one node, in memory.
#pragma once

#include <deque>
#include <map>

#include "clients/quorum/server/settings.h"

namespace tribunal::quorum {

// Not for several threads at once.
class Store {
 public:
  explicit Store(const Settings& settings) : conflicts_(settings.conflicts), bug_(settings.bug) {}

  const Object& read(const ObjectId& id);
  void apply(const Update& update);
  bool join(const ObjectId& id, const Object& state);  // whether something was new
  void clear();

  // As it was before its last change, and by which update that came, where it was one (bug:
  // non_monotonic_session).
  struct Previous {
    Object object;
    Dot changed_by;
    Clock::time_point changed_at{};
  };
  Previous previous(const ObjectId& id) const;

  const std::map<ObjectId, Object>& objects() const { return objects_; }
  std::uint64_t digest() const;    // equal states, equal digests
  std::uint64_t unmerged() const;  // registers with versions of which none replaces another

 private:
  struct Erased {
    Clock::time_point when;
    ObjectId id;
    Object before;
  };
  // Copies for the bugs only, which a node without one does not pay for.
  void remember(const ObjectId& id, const Object& before, Dot changed_by);
  void bring_back_erased();

  const Conflicts conflicts_;
  const Bug bug_;
  std::map<ObjectId, Object> objects_;
  std::map<ObjectId, Previous> previous_;
  std::deque<Erased> erased_;
};

std::uint64_t digest_of(const Object& object);

}  // namespace tribunal::quorum
