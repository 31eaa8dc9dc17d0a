// One register with repeated values, prepared for the general search.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "checkers/search.h"

namespace tribunal {

// The operations of one key that can matter: nothing that failed, no read without an answer, no
// unknown operation whose value nobody observed; an unknown one retires with the last who can
// observe it. Looks only at what happened up to the event `until`, included.
std::vector<Entry> register_entries(const History& history,
                                    std::span<const std::uint32_t> operations,
                                    std::uint32_t until = Operation::never - 1);

SearchResult search_register(const History& history, Value initial, std::span<const Entry> entries,
                             Watch& watch, std::uint64_t most_steps = UINT64_MAX);

}  // namespace tribunal
