// Who is the primary and whose copy of it can be trusted, as the functions of a deployment tell
// each other by its Notes.
#pragma once

#include <cstddef>
#include <mutex>
#include <string>

#include "harness/parts/database.h"

namespace tribunal {

// Held while a server is started or put down, so that none starts as what it no longer is; by who
// puts one down also while it is started again in the way of the cluster, which takes it, too.
using StandingMutex = std::recursive_mutex;

// A term begins with each promotion; the first is 1.
class Standing {
 public:
  explicit Standing(const Deployment& deployment) : deployment_(deployment) {}

  void begin();                 // the first host leads; only the first call counts
  std::string primary() const;  // empty: deposed, and nobody elected yet
  void depose();
  void elect(const std::string& host);  // a new term
  std::size_t term() const;
  // A replica was seen to stream from the primary of this term, so that what it has is a beginning
  // of what that one has.
  void follows(const std::string& host);
  bool is_whole(const std::string& host) const;
  std::size_t last_followed(const std::string& host) const;  // a term; 0: none

  bool replicated() const;
  bool quorum() const;
  // How many replicas acknowledge a commit with a quorum, and of how many it must be known what
  // they have so that every acknowledged commit is known: in any so many is one that has it.
  std::size_t acknowledging() const { return deployment_.hosts.size() / 2; }
  std::size_t to_be_consulted() const;
  // So many replicas are whole that one of them can be promoted without a loss.
  bool can_do_without(const std::string& primary) const;

 private:
  const Deployment& deployment_;
};

}  // namespace tribunal
