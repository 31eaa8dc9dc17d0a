// The tables of iptables on a host, in which each fault has a chain of its own; nothing else is
// ever touched. Each function throws std::runtime_error or Error(environment) with what the host
// answered.
#pragma once

#include <string>

#include "harness/cluster/host.h"

namespace tribunal {

enum class RuleTable {
  filter,
  mangle,  // its INPUT comes before that of filter
};

// Lines as iptables-restore reads them, all or none.
void change_rules(Host& host, RuleTable table, const std::string& lines);
std::string rules_of(Host& host, RuleTable table);  // as iptables-save -c prints them
// Whatever there is of the chain, and of the rules of INPUT that lead to it.
void remove_chain(Host& host, RuleTable table, const std::string& chain);

}  // namespace tribunal
