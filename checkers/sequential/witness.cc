#include "checkers/sequential/witness.h"

#include <fmt/core.h>

#include <algorithm>
#include <deque>
#include <numeric>
#include <optional>

#include "checkers/exhibits.h"
#include "checkers/none.h"
#include "checkers/sequential/total_order.h"
#include "checkers/versions/leaving_out.h"
#include "harness/record/random.h"

namespace tribunal {
namespace {

constexpr std::size_t drawn_at_most = 12;
constexpr std::size_t wanted = 4;  // operations of a witness that cannot be bettered by much
constexpr int attempts = 30;

using Steps = std::vector<std::uint32_t>;

class Reduction {
 public:
  Reduction(const History& history, const Versions& versions, Watch& watch)
      : history_(history), versions_(versions), watch_(watch) {}

  Steps run() {
    Steps steps = some(versions_.steps.size());
    const auto session = [this](std::uint32_t step) { return versions_.steps[step].session; };
    const auto key = [this](std::uint32_t step) { return versions_.steps[step].key; };
    const auto itself = [](std::uint32_t step) { return step; };
    steps = reduced(std::move(steps), some(versions_.sessions()), session);
    steps = reduced(std::move(steps), some(versions_.keys.size()), key);
    const Steps prefix = shortest_prefix(std::move(steps));
    Steps best = prefix;
    Random random(1);  // which of the small witnesses is met depends on what goes first
    for (int attempt = 0; attempt < attempts && !watch_.look(); ++attempt) {
      Steps order = prefix;
      if (attempt > 0) random.shuffle(order);
      Steps rest = reduced(prefix, order, itself);
      if (rest.size() < best.size()) best = std::move(rest);
      if (best.size() <= wanted) break;
    }
    return best;
  }

 private:
  static std::vector<std::uint32_t> some(std::size_t count) {
    std::vector<std::uint32_t> numbers(count);
    std::iota(numbers.begin(), numbers.end(), 0U);
    return numbers;
  }

  bool lost(std::uint32_t place) const {
    return !history_.operations[versions_.steps[place].operation].ok();
  }

  // Whether a read among the steps shows that this write happened; of a list any longer one does.
  bool seen(std::uint32_t place, const Steps& steps) const {
    const SessionStep& write = versions_.steps[place];
    return std::any_of(steps.begin(), steps.end(), [&](std::uint32_t other) {
      const SessionStep& step = versions_.steps[other];
      if (step.key != write.key || step.read == none) return false;
      return step.read == write.wrote ||
             (versions_.listed[step.key] && versions_.ranked[step.key] &&
              versions_.ranks[step.read] >= versions_.ranks[write.wrote]);
    });
  }

  // Without reads of writes that are left out, and without lost writes that nothing shows any more.
  Steps close(Steps steps) const {
    for (bool dropped = true; dropped;) {
      const auto missing = [&](std::uint32_t place) {
        const std::uint32_t read = versions_.steps[place].read;
        const bool orphan =
            read != none && !versions_.initial(read) &&
            !std::binary_search(steps.begin(), steps.end(), versions_.writers[read]);
        return orphan || (lost(place) && !seen(place, steps));
      };
      Steps kept;
      std::copy_if(steps.begin(), steps.end(), std::back_inserter(kept),
                   [&](std::uint32_t place) { return !missing(place); });
      dropped = kept.size() < steps.size();
      steps = std::move(kept);
    }
    return steps;
  }

  bool impossible(const Steps& steps) {
    return find_order(order_problem(versions_, steps, Numbers::ignored), watch_).answer ==
           OrderFinding::impossible;
  }

  // Of the first so many steps by time, those whose writes are there too.
  Steps shortest_prefix(Steps steps) {
    const Steps all = steps;
    std::sort(steps.begin(), steps.end(), [&](std::uint32_t a, std::uint32_t b) {
      return versions_.steps[a].operation < versions_.steps[b].operation;
    });
    const auto closed = [&](std::size_t count) {
      Steps first(steps.begin(), steps.begin() + static_cast<std::ptrdiff_t>(count));
      std::sort(first.begin(), first.end());
      return close(std::move(first));
    };
    std::size_t low = 0, high = steps.size();
    while (low + 1 < high && !watch_.look()) {
      const std::size_t middle = low + (high - low) / 2;
      (impossible(closed(middle)) ? high : low) = middle;
    }
    return high == steps.size() ? all : closed(high);
  }

  template <class GroupOf>
  Steps reduced(Steps steps, Steps groups, const GroupOf& group_of) {
    return leave_out(
        std::move(steps), std::move(groups), group_of,
        [this](Steps fewer) {
          fewer = close(std::move(fewer));
          return !fewer.empty() && impossible(fewer) ? fewer : Steps{};
        },
        [this] { return watch_.look(); });
  }

  const History& history_;
  const Versions& versions_;
  Watch& watch_;
};

// An order among the steps of a small problem, and where it comes from.
struct Edge {
  std::uint32_t from, to;
  std::string why, label;
};

// The orders that follow from each other in a small problem, until two contradict.
class Reasoning {
 public:
  Reasoning(const History& history, const OrderProblem& problem)
      : history_(history), problem_(problem), size_(problem.steps.size()) {
    before_.assign(size_ * size_, false);
    for (std::uint32_t i = 0; i < size_; ++i) add_given(i);
    for (const auto& [first, second] : problem.forced)
      add({first, second, "list order", "as the list holds them"});
    while (!cycle_ && infer()) {
    }
  }

  // Given edges, and what was inferred if it led to a contradiction.
  const std::vector<Edge>& edges() const { return edges_; }
  const std::optional<std::vector<std::uint32_t>>& cycle() const { return cycle_; }

 private:
  std::string show(std::uint32_t step) const {
    return history_.show(history_.operations[problem_.steps[step].operation]);
  }

  void add_given(std::uint32_t i) {
    const SessionStep& step = problem_.steps[i];
    if (step.place > 0) add({i - 1, i, "session order", "one process, one call after the other"});
    if (step.read != none && problem_.writers[step.read] != none)
      add({problem_.writers[step.read], i, "reads from", "the value it answers"});
  }

  bool before(std::uint32_t a, std::uint32_t b) const { return before_[a * size_ + b]; }

  void add(Edge edge) {
    if (cycle_) return;
    if (edge.from == edge.to || before(edge.to, edge.from)) {
      edges_.push_back(edge);
      cycle_ = path(edge.to, edge.from);
      return;
    }
    const bool known = before(edge.from, edge.to);
    edges_.push_back(edge);
    if (known) return;
    for (std::uint32_t a = 0; a < size_; ++a) {
      if (a != edge.from && !before(a, edge.from)) continue;
      for (std::uint32_t b = 0; b < size_; ++b) {
        if (b == edge.to || before(edge.to, b)) before_[a * size_ + b] = true;
      }
    }
  }

  bool infer() {
    for (std::uint32_t r = 0; r < size_; ++r) {
      const SessionStep& reader = problem_.steps[r];
      if (reader.read == none) continue;
      const std::uint32_t w = problem_.writers[reader.read];
      for (std::uint32_t other = 0; other < size_; ++other) {
        const SessionStep& write = problem_.steps[other];
        if (write.wrote == none || write.key != reader.key || other == w || other == r) continue;
        if (w != none && before(other, r) && !before(other, w)) {
          add({other, w, "must precede",
               fmt::format("else '{}' would hide it from '{}'", show(other), show(r))});
          return true;
        }
        if ((w == none || before(w, other)) && !before(r, other)) {
          add({r, other, "must precede",
               fmt::format("'{}' would hide what '{}' answers", show(other), show(r))});
          return true;
        }
      }
    }
    return false;
  }

  // The shortest way along edges, both ends included.
  std::vector<std::uint32_t> path(std::uint32_t from, std::uint32_t to) const {
    std::vector<std::uint32_t> came(size_, none);
    std::deque<std::uint32_t> queue{from};
    came[from] = from;
    while (!queue.empty() && came[to] == none) {
      const std::uint32_t at = queue.front();
      queue.pop_front();
      for (const Edge& edge : edges_) {
        if (edge.from != at || came[edge.to] != none) continue;
        came[edge.to] = at;
        queue.push_back(edge.to);
      }
    }
    std::vector<std::uint32_t> way{to};
    while (way.back() != from && came[way.back()] != none) way.push_back(came[way.back()]);
    std::reverse(way.begin(), way.end());
    return way;
  }

  const History& history_;
  const OrderProblem& problem_;
  std::size_t size_;
  std::vector<bool> before_;
  std::vector<Edge> edges_;
  std::optional<std::vector<std::uint32_t>> cycle_;
};

std::string around(const History& history, const OrderProblem& problem,
                   const std::vector<std::uint32_t>& cycle) {
  std::string text;
  for (const std::uint32_t step : cycle) {
    text += fmt::format("'{}' before ",
                        history.show(history.operations[problem.steps[step].operation]));
  }
  return text +
         fmt::format("'{}'",
                     history.show(history.operations[problem.steps[cycle.front()].operation]));
}

}  // namespace

std::vector<std::uint32_t> smallest_witness(const History& history, const Versions& versions,
                                            Watch& watch) {
  return Reduction(history, versions, watch).run();
}

Evidence sequential_evidence(const History& history, const Versions& versions,
                             const std::vector<std::uint32_t>& witness) {
  const bool whole = witness.size() <= drawn_at_most;
  const Steps shown(witness.begin(), witness.begin() + static_cast<std::ptrdiff_t>(std::min(
                                                           witness.size(), drawn_at_most)));
  std::vector<std::uint32_t> places;
  for (const std::uint32_t step : shown) places.push_back(versions.steps[step].operation);
  EvidenceMaker maker(history, places);
  maker.evidence.anomaly = "no order of all sessions";
  if (!whole) {
    maker.evidence.sentence = fmt::format(
        "{} operations have no order that keeps each session's and lets every read see the write "
        "right before it; the first {} of them are shown",
        witness.size(), shown.size());
    return maker.evidence;
  }
  const OrderProblem problem = order_problem(versions, shown, Numbers::ignored);
  const Reasoning reasoning(history, problem);
  for (const Edge& edge : reasoning.edges()) {
    maker.arrow(problem.steps[edge.from].operation, problem.steps[edge.to].operation, edge.why,
                edge.label);
  }
  maker.evidence.sentence =
      reasoning.cycle()
          ? fmt::format("every order would have {}, though it can be in one place only",
                        around(history, problem, *reasoning.cycle()))
          : fmt::format(
                "every one of the orders of these {} operations that keeps each session's "
                "makes some read answer what was overwritten",
                shown.size());
  return maker.evidence;
}

}  // namespace tribunal
