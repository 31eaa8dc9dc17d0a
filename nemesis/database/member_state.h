// Who the members of the database are right now, by the views of all its nodes: what to believe of
// them, when it is safe to take one out, and how that is asked for until it is so.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "harness/parts/fault.h"

namespace tribunal {

using MemberViews = std::map<std::string, MemberView>;  // by host, of those that answer

// The view of which a majority of its own members says that it is so; nothing: unresolved. Nodes
// that are behind, cut off or put out may see something else.
std::optional<MemberView> agreed_view(const MemberViews& views);

// Whether each of its members that answers sees exactly this.
bool seen_by_all(const MemberView& view, const MemberViews& views);

const Member* member_on(const MemberView& view, const std::string& host);  // nullptr: none

// Why the member on `host` must not be taken out now; empty: it may be. Something is pending, or
// too few members would be left: never less than a majority of all hosts, and of those left a
// majority must answer.
std::string unsafe_to_remove(const MemberView& view, const MemberViews& views,
                             const std::string& host, std::size_t hosts);
// The same for taking one in: one at a time, and a majority of those that there are then answers
// without it.
std::string unsafe_to_add(const MemberView& view, const MemberViews& views);

// How long to wait: time in which no other fault is in force, and all time.
struct MemberPatience {
  Milliseconds calm, in_all;
};

class MemberState {
 public:
  explicit MemberState(Ground& ground) : ground_(ground) {}

  MemberViews look() const;  // asks all hosts at the same time
  std::optional<MemberView> agreed() const { return agreed_view(look()); }

  // One step towards it: asks for it if it is safe and not so yet. Empty: it is so, and every node
  // that answers and is a member sees it; else what is missing. Throws what the database answered.
  std::string try_to_remove(const std::string& host);
  std::string try_to_add(const std::string& host);
  // Until `host` and all others (but those that another such fault holds) are members and have
  // served as such, and it and every node that answers see that. Returns what they see.
  MemberView await_full(const std::string& host, const MemberPatience& patience);

  // Takes the step again and again until it says that nothing is missing. Throws
  // std::runtime_error with what was missing last, or what it threw.
  void insist(const MemberPatience& patience, const std::function<std::string()>& step);

 private:
  // A node to ask that believes what is so, each in its turn; empty: none.
  std::string asked(const MemberView& view, const MemberViews& views, const std::string& not_this);

  Ground& ground_;
  std::size_t turn_ = 0;
};

std::string show_members(const MemberView& view);  // "n1 (8e9e05c5), n2 (...)"

}  // namespace tribunal
