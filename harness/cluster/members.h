// Who belongs to the database, as one of its nodes sees it, and the powers to change that.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/cluster/host.h"

namespace tribunal {

struct Member {
  std::string id;        // its identity; another one when it comes back
  std::string host;      // "n1"; empty: none of ours
  bool started = false;  // it has served under this identity
  bool operator==(const Member&) const = default;
};
using MemberView = std::vector<Member>;  // in order of their identities

// All of them, or none: the database's members cannot come and go.
struct MemberPowers {
  // As the node on that host sees it; nothing: no answer within a second.
  std::function<std::optional<MemberView>(Host& asked)> view;
  // Asks one node to have a member put out, or a host taken in. Each throws std::runtime_error with
  // what it answered; it may be done all the same.
  std::function<void(Host& asked, const Member& member)> remove;
  std::function<void(Host& asked, Host& joining)> add;
  // Deletes the data on a host on which nothing runs. The database that is started there from then
  // on joins the members that there are.
  std::function<void(Host&)> wipe;
};

}  // namespace tribunal
