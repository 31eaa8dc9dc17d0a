// The patterns that causal consistency forbids, and the orders that convergence adds.
#pragma once

#include <cstdint>
#include <vector>

#include "checkers/sessions/list_contents.h"
#include "checkers/sessions/suspects.h"
#include "checkers/versions/causal_order.h"
#include "checkers/versions/causal_path.h"
#include "checkers/versions/key_writes.h"

namespace tribunal {

// A read without a version of its causal past, or a list with two elements against their causal
// order.
struct CausalMiss {
  std::uint32_t read;     // a step
  std::uint32_t version;  // missed: in the read's causal past, and after what it read
  std::uint32_t other;    // a list's element that stands before `version` though it comes after
                          // it in co; else Versions::none
};

class CausalPatterns {
 public:
  static constexpr std::size_t most_misses = 64;  // kept; `bad_reads` counts them all

  enum class Claim { plain, convergent };

  CausalPatterns(const History& history, const Versions& versions, Claim claim);

  // Returns whether the watch let it come to its end.
  bool find(Watch& watch);

  bool cyclic() const { return order_.cyclic(); }
  const CausalOrder& order() const { return order_; }
  const KeyWrites& writes() const { return writes_; }

  std::uint64_t reads = 0;      // of something written, or after something was written
  std::uint64_t bad_reads = 0;  // WriteCOInitRead, WriteCORead and their kin of lists
  std::uint64_t misordered = 0;
  std::vector<CausalMiss> misses;
  std::vector<Ordered> orders;  // convergent: sorted by from and to

 private:
  static constexpr std::uint32_t none = Versions::none;

  void look(std::uint32_t step, const CausalOrder::View& view);
  std::uint32_t missed(const SessionStep& step, const CausalOrder::View& view);
  void add_conflicts(std::uint32_t step, const CausalOrder::View& view);
  void add_conflicts_by_group(std::uint32_t step, const CausalOrder::View& view);
  void add_own_conflict(std::uint32_t step, const CausalOrder::View& view);
  void settle(std::uint32_t version, const CausalOrder::View& view);
  void find_private();
  void add_order(std::uint32_t from, std::uint32_t to, std::uint32_t read);
  void pack();
  bool check_lists(Watch& watch);
  void check_list(std::uint32_t step, const std::vector<std::uint32_t>& list);
  void miss(std::uint32_t step, std::uint32_t version, std::uint32_t other);

  const History& history_;
  const Versions& versions_;
  const Claim claim_;
  KeyWrites writes_;
  Lineup lineup_;
  Suspects suspects_;
  CausalOrder order_;
  ListContents lists_;
  std::vector<std::uint32_t> held_, met_, met_stamp_;
  // By version: so many places of its key's line, from the first, are in its causal past, but for
  // private ones; none: nobody knows.
  std::vector<std::uint32_t> settled_;
  std::vector<std::uint32_t> public_until_;  // by session: the steps before the last one whose
                                             // write another session read; the rest is private
  std::uint32_t holding_ = 0;
  std::size_t packed_ = 0;
};

// Whether co and `orders` have no cycle; else some steps on cycles or behind them. O(n + orders).
std::vector<std::uint32_t> caught_in_cycles(const Versions& versions,
                                            const std::vector<Ordered>& orders);

}  // namespace tribunal
