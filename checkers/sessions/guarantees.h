// The four session guarantees (Terry et al., "Session Guarantees for Weakly Consistent Replicated
// Data", 1994), judged together since they look at the same reads.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "checkers/versions/causal_order.h"
#include "checkers/versions/key_writes.h"

namespace tribunal {

enum Guarantee : std::uint8_t {
  read_your_writes,
  monotonic_reads,
  monotonic_writes,
  writes_follow_reads
};
inline constexpr std::size_t guarantee_count = 4;

// One read, or one pair of writes, that breaks a guarantee.
struct Offence {
  static constexpr std::uint32_t none = Versions::none;
  // Steps. read: none where the version order alone puts `later` before `version`.
  std::uint32_t read = none;
  std::uint32_t version = none;  // that it had to see: own, read before, or before `later`
  std::uint32_t later = none;    // a version that was seen or placed, written after `version` was
                                 // written or read by the same session
  std::uint32_t cost = 0;        // how much there is to explain
};

struct GuaranteeCounts {
  std::uint64_t reads = 0;  // judged: reads about which the guarantee says something
  std::uint64_t pairs = 0;  // judged: pairs of writes, or of a read and a write, of one key
  std::uint64_t bad_reads = 0, bad_pairs = 0;
  std::uint64_t in_real_time = 0;  // further reads, were real time an order of versions
  std::vector<Offence> offences;   // the easiest few

  void keep(const Offence& offence);
};

struct SessionFindings {
  std::array<GuaranteeCounts, guarantee_count> of;
  bool cyclic = false;  // then registers without ranks were not judged

  void add(const SessionFindings& other);
};

// O(n) expected, and what is near each stale read; at most O(sessions) a read and, for a read that
// does break causality, the versions that it lacks. Long histories are judged in two threads, if
// the budget has them. Returns whether the watch, which is that of the budget, let it come to its
// end.
bool judge_sessions(const History& history, const Versions& versions, const Budget& budget,
                    Watch& watch, SessionFindings& findings);

}  // namespace tribunal
