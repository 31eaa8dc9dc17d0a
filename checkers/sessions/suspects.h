// The reads that miss a version in their own causal past: only they can break a session guarantee.
#pragma once

#include <vector>

#include "checkers/versions/causal_order.h"
#include "checkers/versions/key_writes.h"

namespace tribunal {

class Suspects {
 public:
  Suspects(const Versions& versions, const KeyWrites& writes, Lineup& lineup);

  // To be called for each step in the order of the sweep.
  void look(std::uint32_t step, const CausalOrder::View& view);
  // Without a causal order: every read that ranks alone can convict.
  void suspect_all_ranked();

  std::vector<std::uint32_t> reads;  // steps

 private:
  bool misses(const SessionStep& step, const CausalOrder::View& view) const;
  bool misses_in_groups(const SessionStep& step, const CausalOrder::View& view) const;
  bool newer(std::uint32_t version, const SessionStep& step, const CausalOrder::View& view) const;

  const Versions& versions_;
  const KeyWrites& writes_;
  Lineup& lineup_;
  std::vector<std::uint32_t> highest_;  // by place in KeyWrites::of_key: of ranked keys, the
                                        // version that ranks highest so far in its group
  std::vector<std::uint32_t> key_starts_;
};

}  // namespace tribunal
