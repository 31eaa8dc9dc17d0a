#include "checkers/sequential/total_order.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <unordered_map>

#include "checkers/none.h"
#include "checkers/sequential/saturation.h"

namespace tribunal {
namespace {

constexpr std::uint64_t first_patience = 64;  // contradictions before all begins anew

struct Pair {
  std::uint32_t first, second;  // steps that write one key
};

class Search {
 public:
  Search(const OrderProblem& problem, Saturation& saturation, Watch& watch)
      : problem_(problem), saturation_(saturation), watch_(watch) {
    keys_.resize(problem.keys);
    std::iota(keys_.begin(), keys_.end(), 0U);
    done_at_.assign(problem.keys, none);
    rank_steps();
  }

  OrderFinding run();

 private:
  struct Assumption {
    std::size_t mark;
    Pair pair;
  };

  void rank_steps();
  std::optional<Pair> undecided();
  std::optional<Pair> undecided_of(std::uint32_t key);
  bool decided(const Pair& pair) const {
    return saturation_.precedes(pair.first, pair.second) ||
           saturation_.precedes(pair.second, pair.first);
  }
  Pair as_before(Pair pair) const;
  Saturation::Answer contradict(OrderFinding& finding);
  void begin_anew();
  void forget_done();
  std::vector<std::uint32_t> sorted() const;

  const OrderProblem& problem_;
  Saturation& saturation_;
  Watch& watch_;
  std::vector<std::int64_t> rank_;      // by step: a guess at its place in the order
  std::vector<std::uint32_t> keys_;     // those of the latest contradictions first
  std::vector<std::uint32_t> done_at_;  // by key: after so many assumptions its writes were ordered
  std::vector<std::uint32_t> fronts_;   // scratch: by writer of a key, how far a merge has come
  std::vector<Assumption> assumed_;
  std::optional<Pair> last_;  // of the latest contradiction
  // Of two steps, the smaller first: whether the smaller came first when last it was found out.
  std::unordered_map<std::uint64_t, bool> before_;
};

// How many steps are known to precede it, less those known to follow it.
void Search::rank_steps() {
  rank_.assign(problem_.steps.size(), 0);
  for (std::uint32_t i = 0; i < problem_.steps.size(); ++i) {
    const auto before = saturation_.before(i);
    for (std::uint32_t s = 0; s < before.size(); ++s) {
      rank_[i] += before[s];
      if (before[s] != 0) --rank_[problem_.starts[s] + before[s] - 1];
    }
  }
  for (std::size_t s = 0; s < problem_.sessions(); ++s) {
    // What follows a step follows those before it; each step's own share is its place.
    std::int64_t follow = 0;
    for (std::uint32_t i = problem_.starts[s + 1]; i-- > problem_.starts[s];) {
      const auto before = saturation_.before(i);
      const std::int64_t precede = std::accumulate(before.begin(), before.end(), std::int64_t{0});
      follow += rank_[i] - precede;
      rank_[i] = precede + follow;
    }
  }
}

Pair Search::as_before(Pair pair) const {
  const auto [low, high] = std::minmax(pair.first, pair.second);
  const auto known = before_.find(std::uint64_t{low} << 32 | high);
  if (known == before_.end()) return pair;
  return known->second ? Pair{low, high} : Pair{high, low};
}

std::optional<Pair> Search::undecided() {
  if (last_ && !decided(*last_)) return as_before(*last_);
  for (const std::uint32_t key : keys_) {
    if (done_at_[key] != none) continue;
    if (const auto pair = undecided_of(key)) return as_before(*pair);
    done_at_[key] = static_cast<std::uint32_t>(assumed_.size());
  }
  return std::nullopt;
}

// Merges what each session wrote to the key, until it is not known what comes next.
std::optional<Pair> Search::undecided_of(std::uint32_t key) {
  const std::size_t writers = saturation_.writers_of(key);
  fronts_.assign(writers, 0);
  const auto front = [&](std::size_t writer) {
    const auto writes = saturation_.writes_of(key, writer);
    return fronts_[writer] < writes.size() ? writes[fronts_[writer]] : none;
  };
  while (true) {
    std::size_t next = writers;  // one that nothing precedes, near the one of the smallest rank
    for (std::size_t writer = 0; writer < writers; ++writer) {
      if (front(writer) == none) continue;
      if (next == writers || rank_[front(writer)] < rank_[front(next)]) next = writer;
    }
    if (next == writers) return std::nullopt;
    for (std::size_t writer = 0; writer < writers; ++writer) {
      if (front(writer) != none && saturation_.precedes(front(writer), front(next))) next = writer;
    }
    const std::uint32_t first = front(next);
    std::uint32_t other = none;
    for (std::size_t writer = 0; writer < writers; ++writer) {
      const std::uint32_t write = front(writer);
      if (write == none || write == first || saturation_.precedes(first, write)) continue;
      if (other == none || rank_[write] < rank_[other]) other = write;
    }
    if (other != none) return Pair{first, other};
    ++fronts_[next];
  }
}

void Search::forget_done() {
  for (std::uint32_t& done : done_at_) {
    if (done != none && done > assumed_.size()) done = none;
  }
}

// Takes back what cannot be, and turns it round, until something can be.
Saturation::Answer Search::contradict(OrderFinding& finding) {
  auto answer = Saturation::Answer::impossible;
  while (answer == Saturation::Answer::impossible && !assumed_.empty()) {
    const auto [mark, pair] = assumed_.back();
    assumed_.pop_back();
    saturation_.back(mark);
    ++finding.refuted;
    last_ = pair;
    const auto key = std::find(keys_.begin(), keys_.end(), problem_.steps[pair.first].key);
    std::rotate(keys_.begin(), key, key + 1);
    answer = saturation_.assume(pair.second, pair.first, watch_);
    const auto [low, high] = std::minmax(pair.first, pair.second);
    before_[std::uint64_t{low} << 32 | high] = low == pair.second;
  }
  forget_done();
  return answer;
}

void Search::begin_anew() {
  if (assumed_.empty()) return;
  saturation_.back(assumed_.front().mark);
  assumed_.clear();
  forget_done();
}

// What precedes a step has a smaller number of steps before it.
std::vector<std::uint32_t> Search::sorted() const {
  std::vector<std::uint64_t> count(problem_.steps.size());
  for (std::uint32_t i = 0; i < count.size(); ++i) {
    const auto before = saturation_.before(i);
    count[i] = std::accumulate(before.begin(), before.end(), std::uint64_t{0});
  }
  std::vector<std::uint32_t> order(count.size());
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return count[a] < count[b]; });
  return order;
}

OrderFinding Search::run() {
  OrderFinding finding;
  std::uint64_t patience = first_patience, refuted_then = 0;
  while (true) {
    const std::optional<Pair> pair = undecided();
    if (!pair) {
      finding.answer = OrderFinding::found;
      finding.order = sorted();
      return finding;
    }
    if (watch_.look() || !watch_.affords(saturation_.bytes() + before_.size() * 40)) return finding;
    assumed_.push_back({saturation_.mark(), *pair});
    ++finding.tried;
    auto answer = saturation_.assume(pair->first, pair->second, watch_);
    if (answer == Saturation::Answer::impossible) answer = contradict(finding);
    if (answer == Saturation::Answer::spent) return finding;
    if (answer == Saturation::Answer::impossible) {
      finding.answer = OrderFinding::impossible;
      return finding;
    }
    if (finding.refuted - refuted_then < patience) continue;
    begin_anew();
    patience += patience / 2;
    refuted_then = finding.refuted;
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
