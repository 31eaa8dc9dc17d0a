// What must come before what in every sequential order, as far as two rules tell, applied until
// nothing follows any more: if a write precedes a read of its key from another write, it precedes
// that write too; and if a read's write precedes another write of the key, so does the read.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "checkers/sequential/order_problem.h"
#include "checkers/watch.h"

namespace tribunal {

// Further orders may be assumed on top, and taken back. Where every two writes of each key are
// ordered and nothing is impossible, any order that keeps `precedes` is a sequential one.
class Saturation {
 public:
  enum class Answer : std::uint8_t { acyclic, impossible, spent };

  explicit Saturation(const OrderProblem& problem) : problem_(problem) {}  // which must outlive it

  // To be called once, first. Impossible: some step would precede itself. A step is looked at again
  // for each time that something new is known to precede it, which is rarely more than a few times;
  // O(sessions) a look.
  Answer run(Watch& watch);

  // Assumes that one step comes before another. After anything but acyclic, go back.
  Answer assume(std::uint32_t before, std::uint32_t after, Watch& watch);
  // Where assumptions stand now, and back to there.
  std::size_t mark() const { return trail_.size(); }
  void back(std::size_t mark);

  bool precedes(std::uint32_t a, std::uint32_t b) const {
    const SessionStep& step = problem_.steps[a];
    return before_[b * width_ + step.session] > step.place;
  }
  // By session, how many of its steps come before a step in every order.
  std::span<const std::uint32_t> before(std::uint32_t step) const {
    return std::span(before_).subspan(step * width_, width_);
  }
  // The steps that write a key, by session, each session's in its order.
  std::size_t writers_of(std::uint32_t key) const {
    return key_starts_[key + 1] - key_starts_[key];
  }
  std::span<const std::uint32_t> writes_of(std::uint32_t key, std::size_t writer) const {
    const Writes& writes = groups_[key_starts_[key] + writer];
    return std::span(written_).subspan(writes.from, writes.to - writes.from);
  }
  std::size_t bytes() const {
    return before_.capacity() * 4 + trail_.capacity() * sizeof(Change) + before_.size() / 4;
  }

 private:
  static constexpr std::uint32_t none = Versions::none;

  struct Writes {
    std::uint32_t session, from, to;  // places in `written_`
  };
  // Of a clock, what it was; session none: one more step came after `step`.
  struct Change {
    std::uint32_t step, session, was;
  };

  void index_writes();
  void give_orders();
  Answer settle(Watch& watch);
  void link(std::uint32_t before, std::uint32_t after);
  void raise(std::uint32_t step, std::uint32_t by);
  void infer(std::uint32_t step, std::uint32_t session);
  std::uint32_t last_write(std::uint32_t key, std::uint32_t session, std::uint32_t places) const;

  const OrderProblem& problem_;
  std::size_t width_ = 0;
  std::vector<std::uint32_t> before_;
  std::vector<std::vector<std::uint32_t>> later_;    // by step: known to come after it
  std::vector<std::uint32_t> key_starts_, written_;  // steps that write, by key and session
  std::vector<Writes> groups_;                       // by key, a session each
  std::vector<Change> trail_;
  bool kept_ = false;                 // changes are, to be taken back
  std::vector<std::uint32_t> queue_;  // steps whose followers have to be told
  std::vector<bool> queued_;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> pending_;  // orders that follow
  bool cyclic_ = false;
};

}  // namespace tribunal
