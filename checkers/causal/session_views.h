// Whether each session has one order of all writes and its own reads that explains them: what
// causal memory and PRAM ask for.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "checkers/causal/patterns.h"

namespace tribunal {

// Why one session has none.
struct ViewConflict {
  std::uint32_t session;
  // A version that has to come before a read that got the initial value or a list without it ...
  std::uint32_t read, version;
  // ... or, where there is one, an order that closes a cycle of the base order and `orders`.
  std::optional<Ordered> closing;
  std::vector<Ordered> orders;  // sorted: what the session's reads force
};

// Each session's order is saturated: what a read has to know of its key comes before what it
// returned, and with it all that comes before it in the base order. Since the reads of one session
// follow one another, a fixed point without a cycle gives an order (Bouajjani et al., 2017). Base
// order of causal memory: co. Of PRAM: session order alone.
class SessionViews {
 public:
  // Null order: PRAM.
  SessionViews(const History& history, const Versions& versions, const KeyWrites& writes,
               const CausalOrder* order);

  // Returns whether the watch let it come to its end.
  bool judge(std::uint32_t session, Watch& watch, std::optional<ViewConflict>& conflict);

 private:
  static constexpr std::uint32_t none = Versions::none;

  bool before(std::uint32_t v, std::uint32_t w) const;
  void number_columns(std::uint32_t session);
  void fill_rows(std::uint32_t session);
  void join(std::span<std::uint32_t> row, std::uint32_t version) const;
  std::span<std::uint32_t> row(std::size_t read) {
    return std::span(rows_).subspan(read * columns_.size(), columns_.size());
  }
  bool covers(std::size_t read, std::uint32_t version);
  std::size_t level(std::uint32_t version, std::size_t most);
  // False: it found a conflict.
  bool pass(Watch& watch, bool& changed);
  bool judge_register(std::size_t read, bool& changed);
  bool judge_list(std::size_t read, bool& changed);
  bool force(std::uint32_t from, std::uint32_t to, std::size_t read, bool& changed);
  bool judge_blocks(Watch& watch);
  void blame(std::size_t read, std::uint32_t version, std::optional<Ordered> closing);

  const Versions& versions_;
  const KeyWrites& writes_;
  const CausalOrder* order_;
  ListContents lists_;
  std::uint32_t session_ = 0;
  std::vector<std::uint32_t> reads_;                // steps of the session that read
  std::vector<std::uint32_t> columns_, column_of_;  // sessions; by session
  std::vector<std::uint32_t> rows_;                 // by read and column: how many steps precede it
  std::vector<std::uint32_t> held_;
  std::uint32_t holding_ = 0;
  // How far a pass has come: of a group, how many versions it has met; of a key, what it read last.
  struct Met {
    std::uint32_t pass = 0, count = 0;
  };
  std::uint32_t pass_ = 0;
  std::vector<Met> met_;                   // by group
  std::vector<Met> last_;                  // by key; count: a version
  std::vector<Ordered> orders_, earlier_;  // of this pass; of the one before
  std::optional<ViewConflict> conflict_;
};

}  // namespace tribunal
