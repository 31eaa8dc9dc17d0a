// What reads of many registers saw and writes of one wrote, in whichever notation: transactions of
// [["r", register, value], ...] and [["w", register, value]], or plain writes and reads of lists.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "checkers/flat_index.h"
#include "harness/record/history.h"

namespace tribunal {

struct SeenPair {
  Value which{};  // nil: there are no registers
  Value value{};
};

enum class SeenKind : std::uint8_t { write, read, other };

// What kind of call it is, and what it wrote, or has read if it was acknowledged: one pair for each
// register, those never written with the value nil. Throws Error(usage), on behalf of `checker`, on
// a transaction that both reads and writes, or writes more than one register.
SeenKind take_seen(const History& history, const Operation& operation, const std::string& checker,
                   std::vector<SeenPair>& pairs);

}  // namespace tribunal
