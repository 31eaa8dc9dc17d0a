// What is wrong with the last answers of keys on which all replicas agree.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "checkers/convergence/last_look.h"
#include "checkers/exhibits.h"
#include "harness/record/verdict.h"

namespace tribunal {

struct Findings {
  std::uint64_t lost = 0;           // keys, or elements of sets and lists
  std::uint64_t resurrected = 0;    // likewise
  std::uint64_t out_of_bounds = 0;  // counters
  std::uint64_t nowhere = 0;        // values that nobody wrote, or whose write failed
  std::uint64_t keys = 0;           // judged
  std::vector<Evidence> evidence;   // of the first few
  std::vector<std::pair<std::string, std::string>> figures;
  std::string undecided;  // why no key could be judged; empty: all were

  std::uint64_t violations() const { return lost + resurrected + out_of_bounds + nowhere; }
  bool wants_evidence() const { return evidence.size() < 8; }
};

// What is judged: the keys on which all replicas answered and agreed.
struct Settled {
  const History& history;
  const LastLook& look;
  std::vector<std::uint32_t> keys;

  const Operation& last(std::uint32_t key) const { return history.operations[look.any(key).read]; }
  std::string everywhere() const;  // "at every replica (n1, n2, n3)"
};

// Registers: the last value is a write that no acknowledged write or delete follows in causal
// order, or in the database's own. Lists: no acknowledged append is missing. `initial`: what a
// register holds at first. Each returns with `undecided` when the watch stopped it.
Findings judge_versioned(const Settled& settled, Value initial, Watch& watch);
// Each acknowledged add is there, if nobody may have removed it; what was acknowledged as removed
// by someone who knew it, and seen to be away, is not back.
Findings judge_sets(const Settled& settled, Watch& watch);
// Between what was acknowledged and what was acknowledged or unknown.
Findings judge_counters(const Settled& settled, Value initial, Watch& watch);

bool holds_element(const History& history, const Operation& read, Value element);

// What the maker has gathered, about the last answer of a key.
Evidence end_evidence(const Settled& settled, EvidenceMaker& maker, std::uint32_t key,
                      std::string anomaly, std::string sentence);

// Long lists as how many elements they are, with or without `element`.
void shorten_lists(const History& history, const std::vector<std::uint32_t>& places, Value element,
                   Evidence& evidence);

}  // namespace tribunal
