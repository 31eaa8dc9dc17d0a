#include "checkers/sequential/total_order.h"

#include <algorithm>
#include <unordered_set>

#include "checkers/sequential/saturation.h"

namespace tribunal {
namespace {

constexpr std::uint32_t none = Versions::none;
constexpr std::size_t bytes_a_point = 40;  // of the set of points met

struct Hash {
  std::uint64_t a = 0, b = 0;
  friend bool operator==(const Hash&, const Hash&) = default;
};
struct OfHash {
  std::size_t operator()(const Hash& hash) const { return hash.a; }
};

std::uint64_t mixed(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ull;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBull;
  return x ^ (x >> 31);
}

// How far each session has come. Which version a key holds follows from it as far as it matters: if
// a version has readers still to come, it is the one, since nothing may have replaced it.
class Search {
 public:
  Search(const OrderProblem& problem, const Saturation& saturation, Watch& watch)
      : problem_(problem),
        saturation_(saturation),
        watch_(watch),
        next_(problem.starts.begin(), problem.starts.end() - 1),
        awaited_(problem.writers.size()),
        holds_(problem.keys) {
    for (std::uint32_t v = 0; v < awaited_.size(); ++v)
      awaited_[v] = static_cast<std::uint32_t>(problem.readers_of(v).size());
    for (std::uint32_t key = 0; key < holds_.size(); ++key) holds_[key] = key;
    unplaced_.assign(problem.keys, 0);
    for (const Step& step : problem.steps) unplaced_[step.key] += step.wrote != none;
  }

  OrderFinding run();

 private:
  struct Choice {
    std::size_t depth;                      // of `order_` before it
    std::vector<std::uint32_t> candidates;  // steps, the next to try last
  };

  bool enabled(std::uint32_t step) const;
  bool harmless(const Step& step) const;
  void place(std::uint32_t step);
  void undo(std::size_t depth);
  void settle();
  std::vector<std::uint32_t> candidates() const;

  const OrderProblem& problem_;
  const Saturation& saturation_;
  Watch& watch_;
  std::vector<std::uint32_t> next_;              // by session, its next step
  std::vector<std::uint32_t> awaited_;           // by version, readers still to come
  std::vector<std::uint32_t> holds_;             // by key, a version
  std::vector<std::uint32_t> unplaced_;          // by key, writes still to come
  std::vector<std::uint32_t> order_, replaced_;  // steps placed; what each write replaced
  Hash hash_;
  std::unordered_set<Hash, OfHash> met_;
};

bool Search::enabled(std::uint32_t place) const {
  const Step& step = problem_.steps[place];
  if (step.read != none && holds_[step.key] != step.read) return false;
  if (step.wrote != none) {
    // Its own reading, if it is a compare-and-set, counts as done.
    const std::uint32_t held = holds_[step.key];
    if (awaited_[held] > (step.read == held ? 1U : 0U)) return false;
  }
  const auto before = saturation_.before(place);
  for (std::size_t s = 0; s < before.size(); ++s) {
    if (problem_.starts[s] + before[s] > next_[s]) return false;
  }
  return true;
}

// What may as well be placed now, since no order is lost by it: a read, a write nobody reads, and
// the last write of a key.
bool Search::harmless(const Step& step) const {
  return step.wrote == none || awaited_[step.wrote] == 0 || unplaced_[step.key] == 1;
}

void Search::place(std::uint32_t place) {
  const Step& step = problem_.steps[place];
  if (step.read != none) --awaited_[step.read];
  replaced_.push_back(step.wrote == none ? none : holds_[step.key]);
  if (step.wrote != none) {
    holds_[step.key] = step.wrote;
    --unplaced_[step.key];
  }
  ++next_[step.session];
  hash_.a ^= mixed(place + 1);
  hash_.b ^= mixed(place + 0x9E3779B97F4A7C15ull);
  order_.push_back(place);
}

void Search::undo(std::size_t depth) {
  while (order_.size() > depth) {
    const std::uint32_t place = order_.back();
    const Step& step = problem_.steps[place];
    if (step.read != none) ++awaited_[step.read];
    if (step.wrote != none) {
      holds_[step.key] = replaced_.back();
      ++unplaced_[step.key];
    }
    --next_[step.session];
    hash_.a ^= mixed(place + 1);
    hash_.b ^= mixed(place + 0x9E3779B97F4A7C15ull);
    order_.pop_back();
    replaced_.pop_back();
  }
}

void Search::settle() {
  for (bool moved = true; moved;) {
    moved = false;
    for (std::size_t s = 0; s < next_.size(); ++s) {
      while (next_[s] < problem_.starts[s + 1] && enabled(next_[s]) &&
             harmless(problem_.steps[next_[s]])) {
        place(next_[s]);
        moved = true;
        if (watch_.spent()) return;
      }
    }
  }
}

// The one that was invoked first is tried first: a real store's order is near to it.
std::vector<std::uint32_t> Search::candidates() const {
  std::vector<std::uint32_t> steps;
  for (std::size_t s = 0; s < next_.size(); ++s) {
    if (next_[s] < problem_.starts[s + 1] && enabled(next_[s])) steps.push_back(next_[s]);
  }
  std::sort(steps.begin(), steps.end(), [&](std::uint32_t a, std::uint32_t b) {
    return problem_.steps[a].operation > problem_.steps[b].operation;
  });
  return steps;
}

OrderFinding Search::run() {
  OrderFinding finding;
  finding.searched = true;
  std::vector<Choice> choices;
  while (true) {
    settle();
    if (watch_.spent()) return finding;
    if (order_.size() == problem_.steps.size()) {
      finding.answer = OrderFinding::found;
      finding.order = order_;
      return finding;
    }
    if (met_.insert(hash_).second) {
      if (!watch_.affords(met_.size() * bytes_a_point + saturation_.bytes())) return finding;
      auto next = candidates();
      if (!next.empty()) choices.push_back({order_.size(), std::move(next)});
    }
    while (!choices.empty() && choices.back().candidates.empty()) choices.pop_back();
    if (choices.empty()) {
      finding.answer = OrderFinding::impossible;
      return finding;
    }
    undo(choices.back().depth);
    const std::uint32_t step = choices.back().candidates.back();
    choices.back().candidates.pop_back();
    place(step);
  }
}

}  // namespace

OrderFinding find_order(const OrderProblem& problem, Watch& watch) {
  Saturation saturation(problem);
  OrderFinding finding;
  switch (saturation.run(watch)) {
    case Saturation::Answer::impossible:
      finding.answer = OrderFinding::impossible;
      return finding;
    case Saturation::Answer::spent:
      return finding;
    case Saturation::Answer::acyclic:
      break;
  }
  return Search(problem, saturation, watch).run();
}

}  // namespace tribunal
