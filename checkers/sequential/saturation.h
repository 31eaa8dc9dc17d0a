// What must come before what in every sequential order, as far as two rules tell, applied until
// nothing follows any more: if a write precedes a read of its key from another write, it precedes
// that write too; and if a read's write precedes another write of the key, so does the read.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "checkers/sequential/order_problem.h"
#include "checkers/watch.h"

namespace tribunal {

class Saturation {
 public:
  enum class Answer : std::uint8_t { acyclic, impossible, spent };

  explicit Saturation(const OrderProblem& problem) : problem_(problem) {}

  // O(n * sessions) a pass, few passes. Impossible: some step would precede itself.
  Answer run(Watch& watch);

  // By session, how many of its steps come before a step in every order.
  std::span<const std::uint32_t> before(std::uint32_t step) const {
    return std::span(before_).subspan(step * width_, width_);
  }
  std::size_t bytes() const { return before_.capacity() * 4; }

 private:
  struct Writes {
    std::uint32_t session, from, to;  // places in `written_`
  };

  void index_writes();
  bool propagate(Watch& watch);
  bool infer(Watch& watch);
  bool infer_from(std::uint32_t step);
  bool precedes(std::uint32_t a, std::uint32_t b) const {
    const Step& step = problem_.steps[a];
    return before_[b * width_ + step.session] > step.place;
  }
  bool add(std::uint32_t before, std::uint32_t after);
  bool raise(std::uint32_t step, std::uint32_t by);

  const OrderProblem& problem_;
  std::size_t width_ = 0;
  std::vector<std::uint32_t> before_;
  std::vector<std::vector<std::uint32_t>> earlier_;  // by step: inferred to come before it
  std::vector<std::uint32_t> key_starts_, written_;  // steps that write, by key and session
  std::vector<Writes> groups_;                       // by key, a session each
  bool cyclic_ = false;
};

}  // namespace tribunal
