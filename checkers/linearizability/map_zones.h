// Zones for what a key of a map holds: as long as nothing is appended, it is a register of texts.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "checkers/linearizability/register_zones.h"
#include "checkers/watch.h"
#include "harness/record/history.h"

namespace tribunal {

// What the map's calls are to a register; nothing where texts would have to be compared with other
// values, which are equal to what they look like as texts.
std::optional<RegisterCalls> map_calls(const History& history, Value initial, Watch& watch);

bool only_gets_and_puts(const History& history, std::span<const std::uint32_t> operations,
                        const RegisterCalls& calls);

// A handful of operations that are impossible by themselves, all over at the first completion that
// made the history so; pre: the zones found a flaw in `operations`. Empty if the watch is spent.
std::vector<std::uint32_t> zones_witness(const History& history,
                                         std::span<const std::uint32_t> operations,
                                         const RegisterCalls& calls, RegisterZones& zones,
                                         Watch& watch);

}  // namespace tribunal
