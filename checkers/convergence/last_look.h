// What every replica held at last: its latest answer for each key since the last look began, and
// since when it gave that answer.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "checkers/convergence/objects.h"
#include "checkers/keys.h"
#include "checkers/watch.h"
#include "harness/record/history.h"

namespace tribunal {

// One replica's last word on one key.
struct Holding {
  static constexpr std::uint32_t none = UINT32_MAX;
  std::uint32_t read = none;   // place of its latest ok read since the look began
  std::uint32_t since = none;  // place of the read from which on it gave that answer every time,
                               // which may lie before the look
  std::uint32_t answers = 0;   // ok reads since the look began
  bool changed = false;        // two of those differ
};

struct LastLook {
  std::uint32_t begins = 0;  // in the order of events
  std::int64_t began_at = 0, ended_at = 0;
  std::optional<std::int64_t> healed_at;  // the end of the last fault before it
  std::vector<std::uint16_t> replicas;    // nodes that were called at any time, ascending
  Keys keys;
  std::vector<Holding> holdings;  // by key, a row of all replicas

  std::span<const Holding> of(std::uint32_t key) const {
    return std::span(holdings).subspan(key * replicas.size(), replicas.size());
  }
  std::size_t answered(std::uint32_t key) const;  // replicas that did
  bool whole(std::uint32_t key) const { return answered(key) == replicas.size(); }
  // A holding with an answer; pre: answered(key) > 0.
  const Holding& any(std::uint32_t key) const;
  // Another replica's holding that differs from any(key), if there is one.
  const Holding* other(const History& history, Objects objects, std::uint32_t key) const;
  std::int64_t heal_or_look() const { return healed_at.value_or(began_at); }
};

// The event of the nemesis's record `last-look`; nothing: there is none.
std::optional<std::uint32_t> last_look_event(const History& history);

// Linear but for sets that differ. Returns whether the watch let it come to its end.
bool look_last(const History& history, Objects objects, std::uint32_t begins, Watch& watch,
               LastLook& look);

}  // namespace tribunal
