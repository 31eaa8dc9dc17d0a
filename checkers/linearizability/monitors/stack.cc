// Last in, first out. An answer of "empty" needs a moment at which nothing is certainly inside;
// cutting the history there keeps every order possible otherwise, so each is judged alone.
#include <fmt/core.h>

#include <algorithm>
#include <numeric>

#include "checkers/linearizability/monitors/cells.h"
#include "checkers/linearizability/monitors/contents.h"
#include "checkers/linearizability/monitors/cover.h"
#include "checkers/linearizability/monitors/lost_removals.h"
#include "checkers/linearizability/monitors/stack_order.h"

namespace tribunal {
namespace {

// The least value at or after a place, as values come in: a Fenwick tree from the right.
class LeastAfter {
 public:
  static constexpr std::uint32_t none = UINT32_MAX;

  explicit LeastAfter(std::uint32_t size) : least_(size + 2, none) {}

  void add(std::uint32_t place, std::uint32_t value) {
    for (std::uint32_t i = place + 1; i > 0; i &= i - 1) least_[i] = std::min(least_[i], value);
  }
  std::uint32_t from(std::uint32_t place) const {
    std::uint32_t least = none;
    for (std::uint32_t i = place + 1; i < least_.size(); i += i & (~i + 1))
      least = std::min(least, least_[i]);
    return least;
  }

 private:
  std::vector<std::uint32_t> least_;
};

class Stack {
 public:
  Stack(const History& history, Contents& contents, Watch& watch)
      : history_(history), contents_(contents), watch_(watch) {}

  MonitorFinding judge() {
    // its calls and their tree, the counts, cells
    if (!watch_.affords(contents_.elements.size() * 120)) return {MonitorFinding::spent, "", {}};
    if (contents_.removals.empty()) {
      holds();
      return refusal();
    }
    const Cells cells = inside_cells(history_, contents_);
    if (settles(cells, Below::likely, 4)) return refusal();
    let_leave(contents_, removal_began(history_, contents_, 0));
    if (!holds()) return refusal();
    if (settles(cells, Below::certain, 32)) return refusal();
    if (watch_.look()) return {MonitorFinding::spent, "", {}};
    return {MonitorFinding::not_applicable, "lost removals leave it open", {}};
  }

 private:
  // What lies below a value: what was certainly pushed before it, or whose push ended before its.
  enum class Below { certain, likely };

  // Lets lost removals take what must be gone, tightening for so many rounds; whether this shows
  // the history to be linearizable.
  bool settles(const Cells& cells, Below order, int rounds) {
    std::vector<Obligation> obligations = find_obligations(cells, Below::certain);
    if (order == Below::likely) obligations = hopes(find_obligations(cells, order), obligations);
    for (int round = 0; round < rounds; ++round) {
      if (!assign(history_, cells, obligations, contents_)) return false;
      if (holds()) return true;
      if (!tighten(cells, obligations)) return false;
    }
    return false;
  }

  // Whether the history is linearizable with the removals as they are assumed now; else, why not.
  bool holds() {
    stuck_.clear();
    refused_empty_ = Stay::nobody;
    if (!contents_.empties.empty() && !answers_empty()) return false;
    stuck_ = stuck(contents_.elements, contents_.end, watch_);
    return stuck_.empty();
  }

  bool answers_empty() {
    const Cells cells = inside_cells(history_, contents_);
    std::vector<std::int32_t> inside(cells.size() + 1, 0);
    for (const Stay& element : contents_.elements) {
      if (!element.inside()) continue;
      ++inside[cells.after(element.in_ended)];
      --inside[cells.after(element.out_began)];
    }
    std::vector<std::uint32_t> bare(cells.size() + 1, 0);  // cells before
    std::int32_t now = 0;
    for (std::uint32_t cell = 0; cell < cells.size(); ++cell) {
      now += inside[cell];
      bare[cell + 1] = bare[cell] + (now == 0 ? 1u : 0u);
    }
    for (const std::uint32_t place : contents_.empties) {
      const Operation& empty = history_.operations[place];
      if (bare[cells.before(empty.ended) + 1] != bare[cells.after(empty.began)]) continue;
      refused_empty_ = place;
      return false;
    }
    return true;
  }

  // Of what holds() found.
  MonitorFinding refusal() {
    if (watch_.look()) return {MonitorFinding::spent, "", {}};
    if (refused_empty_ != Stay::nobody) {
      return {MonitorFinding::violated, "it was found empty while something was certainly inside",
              with_calls({refused_empty_}, covering(refused_empty_))};
    }
    if (stuck_.empty()) return {MonitorFinding::linearizable, "", {}};
    const std::vector<std::uint32_t> few =
        fewest_stuck(contents_.elements, contents_.end, stuck_, watch_);
    return {MonitorFinding::violated,
            fmt::format("these {} values left in no last-in-first-out order: none can be lowest",
                        few.size()),
            with_calls({}, few)};
  }

  std::vector<std::uint32_t> covering(std::uint32_t empty) const {
    const Cells cells = inside_cells(history_, contents_);
    std::vector<Stretch> stretches;
    for (std::uint32_t place = 0; place < contents_.elements.size(); ++place) {
      const Stay& element = contents_.elements[place];
      if (element.inside())
        stretches.push_back(
            {cells.after(element.in_ended), cells.before(element.out_began), place});
    }
    const Operation& operation = history_.operations[empty];
    return cover(std::move(stretches), cells.after(operation.began), cells.before(operation.ended));
  }

  std::vector<std::uint32_t> with_calls(std::vector<std::uint32_t> witness,
                                        const std::vector<std::uint32_t>& elements) const {
    bool lends = false;
    for (const std::uint32_t place : elements) {
      const Stay& element = contents_.elements[place];
      witness.push_back(element.in);
      if (!element.left()) witness.push_back(element.out);
      lends = lends || element.left();
    }
    if (lends && !contents_.removals.empty()) witness.push_back(contents_.removals[0]);
    return witness;
  }

  // A value left inside must be gone before anything below it came out, and before "empty".
  std::vector<Obligation> find_obligations(const Cells& cells, Below order) const {
    LeastAfter below(cells.size()), empty(cells.size());
    for (const std::uint32_t place : contents_.empties) {
      const Operation& operation = history_.operations[place];
      empty.add(cells.after(operation.began), cells.before(operation.ended));
    }
    std::vector<std::uint32_t> all(contents_.elements.size());
    std::iota(all.begin(), all.end(), 0u);
    std::vector<std::uint32_t> pushed = all;
    std::sort(pushed.begin(), pushed.end(), [&](std::uint32_t a, std::uint32_t b) {
      return contents_.elements[a].in_ended < contents_.elements[b].in_ended;
    });
    std::vector<std::uint32_t> left;
    for (const std::uint32_t place : order == Below::certain ? all : pushed) {
      if (contents_.elements[place].left()) left.push_back(place);
    }
    std::vector<Obligation> obligations;
    std::size_t next = 0;
    for (const std::uint32_t place : left) {
      const Stay& element = contents_.elements[place];
      const Event pushed_at = order == Below::certain ? element.in_began : element.in_ended;
      for (; next < pushed.size(); ++next) {
        const Stay& other = contents_.elements[pushed[next]];
        if (other.in_ended >= pushed_at) break;
        if (!other.left() && other.inside())
          below.add(cells.after(other.out_began), cells.before(other.out_ended));
      }
      const std::uint32_t in = cells.after(element.in_ended);
      const std::uint32_t deadline = std::min(below.from(in), empty.from(in));
      if (deadline != LeastAfter::none) obligations.push_back({deadline, place, 0});
    }
    return obligations;
  }

  // What is likely, as hopes, where it says more than what is certain.
  std::vector<Obligation> hopes(std::vector<Obligation> likely,
                                const std::vector<Obligation>& certain) const {
    std::vector<std::uint32_t> latest(contents_.elements.size(), Obligation::none);
    for (const Obligation& one : certain) latest[one.element] = one.deadline;
    for (Obligation& one : likely) one.latest = latest[one.element];
    return likely;
  }

  // Values left inside that hold others up must be gone before the last of those came out, or else
  // before the first. False: nothing can be tightened.
  bool tighten(const Cells& cells, std::vector<Obligation>& obligations) {
    if (refused_empty_ != Stay::nobody) return false;
    const std::vector<std::uint32_t> few =
        fewest_stuck(contents_.elements, contents_.end, stuck_, watch_);
    Event first = Operation::never, last = 0;
    for (const std::uint32_t place : few) {
      if (contents_.elements[place].left()) continue;
      first = std::min(first, contents_.elements[place].out_ended);
      last = std::max(last, contents_.elements[place].out_ended);
    }
    bool tightened = false;
    for (const std::uint32_t place : few) {
      if (!contents_.elements[place].left()) continue;
      auto known = std::find_if(obligations.begin(), obligations.end(),
                                [&](const Obligation& one) { return one.element == place; });
      if (known == obligations.end())
        known = obligations.insert(obligations.end(), {cells.size(), place, 0});
      for (const Event event : {last, first}) {
        if (known->deadline <= cells.before(event)) continue;
        known->deadline = known->latest = cells.before(event);
        tightened = true;
        break;
      }
    }
    return tightened && !watch_.look();
  }

  const History& history_;
  Contents& contents_;
  Watch& watch_;
  std::vector<std::uint32_t> stuck_;
  std::uint32_t refused_empty_ = Stay::nobody;
};

}  // namespace

MonitorFinding monitor_stack(const History& history, std::span<const std::uint32_t> operations,
                             Watch& watch) {
  Contents contents;
  MonitorFinding finding =
      gather(history, operations, {Function::push, Function::pop}, watch, contents);
  if (finding.result != MonitorFinding::linearizable) return finding;
  return Stack(history, contents, watch).judge();
}

}  // namespace tribunal
