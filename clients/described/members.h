// Who the members are, as a command of a description prints them.
#pragma once

#include <optional>
#include <string>

#include "harness/cluster/members.h"
#include "harness/parts/database.h"

namespace tribunal {

// One line a member: its identity, its node's name or address ("-": not known), and "started" once
// it has served under that identity. In order of their identities; nothing where a line is none of
// that, since a wrong list of members is worse than none.
std::optional<MemberView> members_said(const std::string& text, const Deployment& deployment);

}  // namespace tribunal
