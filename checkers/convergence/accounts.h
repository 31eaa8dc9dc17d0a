// What replicas say of themselves, where a database can tell: which updates each has applied, and
// what they have made of it. Strong eventual consistency: the same updates make the same state.
#pragma once

#include "checkers/convergence/findings.h"

namespace tribunal {

struct Account {
  std::uint16_t node = 0;      // History::nodes
  std::string updates;         // a name of their set: equal sets, equal names; empty: not told
  std::string state;           // a name of it, likewise
  std::uint64_t unmerged = 0;  // keys of several versions of which none replaces another
};

// The last word of each replica since event `begins`, from the nemesis's records `applied`, by
// node. What is not written as docs/history.md says is passed over.
std::vector<Account> accounts_of(const History& history, std::uint32_t begins);

// Pairs of replicas that have applied the same updates.
struct AccountFindings {
  std::uint64_t alike = 0;   // hold the same state
  std::uint64_t unlike = 0;  // answer otherwise for some key
  std::uint64_t covert = 0;  // hold another state, but no read showed it
  std::vector<Evidence> evidence;
  std::vector<std::pair<std::string, std::string>> figures;  // none where no replica told anything
};

AccountFindings judge_accounts(const Settled& settled, Objects objects);

}  // namespace tribunal
