// The largest leaves first. From the largest value down: a removal needs a moment at which nothing
// larger is certainly inside. If each has one, its earliest serves: what a value is kept inside
// for longer is covered by larger ones, which keep the smaller ones out anyway. The cells that are
// covered only grow, so union-find answers in nearly constant time. "Empty" is smaller than all.
#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "checkers/linearizability/monitors/cells.h"
#include "checkers/linearizability/monitors/contents.h"
#include "checkers/linearizability/monitors/cover.h"
#include "checkers/linearizability/monitors/lost_removals.h"
#include "checkers/linearizability/monitors/shrinking_cells.h"

namespace tribunal {
namespace {

class PriorityQueue {
 public:
  PriorityQueue(const History& history, Contents& contents, Watch& watch)
      : history_(history),
        contents_(contents),
        watch_(watch),
        cells_(inside_cells(history, contents)),
        open_(cells_.size()) {}

  MonitorFinding judge() {
    // order and its other half, cells, moments
    if (!watch_.affords(contents_.elements.size() * 64)) return {MonitorFinding::spent, "", {}};
    if (!sort()) return {MonitorFinding::not_applicable, "its values are no integers", {}};
    if (contents_.removals.empty()) {
      sweep();
      return finding_;
    }
    for (const Choice choice : {Choice::latest, Choice::before_more}) {
      if (settles(choice)) return finding_;
    }
    if (watch_.look()) return {MonitorFinding::spent, "", {}};
    return {MonitorFinding::not_applicable, "lost removals leave it open", {}};
  }

 private:
  using Place = std::uint32_t;
  // Of a removal's moments: the latest, or the latest before anything more is left inside.
  enum class Choice { latest, before_more };

  // The elements, the largest value first.
  bool sort() {
    const std::size_t size = contents_.elements.size();
    std::vector<std::int64_t> values;
    values.reserve(size);
    std::int64_t least = INT64_MAX, most = INT64_MIN;
    for (const Stay& element : contents_.elements) {
      const Value value = history_.operations[element.in].value;
      if (!value.is_integer()) return false;
      values.push_back(value.as_integer());
      least = std::min(least, values.back());
      most = std::max(most, values.back());
    }
    std::vector<Place> order(size);
    std::iota(order.begin(), order.end(), 0u);
    if (size < 4096 || most - least > UINT32_MAX) {
      std::sort(order.begin(), order.end(),
                [&](Place a, Place b) { return values[a] > values[b]; });
    } else {
      sort_by_digits(order,
                     [&](Place place) { return static_cast<std::uint64_t>(most - values[place]); });
    }
    std::vector<Stay> sorted;
    sorted.reserve(size);
    for (const Place place : order) sorted.push_back(contents_.elements[place]);
    contents_.elements.swap(sorted);
    return true;
  }

  // By `rank` of a place, below 2^32.
  template <class Rank>
  static void sort_by_digits(std::vector<Place>& order, const Rank& rank) {
    constexpr int bits = 11, passes = 3;
    std::vector<Place> other(order.size());
    for (int pass = 0; pass < passes; ++pass) {
      std::array<std::uint32_t, (1u << bits) + 1> starts{};
      const auto digit = [&](Place place) {
        return rank(place) >> pass * bits & ((1u << bits) - 1);
      };
      for (const Place place : order) ++starts[digit(place) + 1];
      std::partial_sum(starts.begin(), starts.end(), starts.begin());
      for (const Place place : order) other[starts[digit(place)]++] = place;
      order.swap(other);
    }
  }

  // Cells in which the value may have come out.
  std::uint32_t first_out(const Stay& element) const {
    return cells_.after(std::max(element.out_began, element.in_began));
  }
  std::uint32_t last_out(const Stay& element) const { return cells_.before(element.out_ended); }

  void sweep() {
    finding_ = {MonitorFinding::linearizable, "", {}};
    open_.reset(cells_.size());
    for (std::uint32_t i = 0; i < contents_.elements.size(); ++i) {
      if (watch_.spent()) {
        finding_.result = MonitorFinding::spent;
        return;
      }
      const Stay& element = contents_.elements[i];
      if (!element.left() && open_.find(first_out(element)) > last_out(element)) {
        refuse(i, first_out(element), last_out(element), {element.in, element.out},
               fmt::format("{} came out while something larger was certainly inside",
                           history_.values.show(history_.operations[element.in].value)));
        return;
      }
      if (element.inside())
        open_.take(cells_.after(element.in_ended), cells_.before(element.out_began));
    }
    for (const std::uint32_t place : contents_.empties) {
      const Operation& empty = history_.operations[place];
      const std::uint32_t first = cells_.after(empty.began), last = cells_.before(empty.ended);
      if (open_.find(first) <= last) continue;
      refuse(static_cast<Place>(contents_.elements.size()), first, last, {place},
             "it was found empty while something was certainly inside");
      return;
    }
  }

  // The first `larger` of the order leave no moment open.
  void refuse(Place larger, std::uint32_t first, std::uint32_t last,
              std::vector<std::uint32_t> witness, std::string why) {
    std::vector<Stretch> stretches;
    for (Place i = 0; i < larger; ++i) {
      const Stay& element = contents_.elements[i];
      if (element.inside()) {
        stretches.push_back({cells_.after(element.in_ended), cells_.before(element.out_began), i});
      }
    }
    bool lends = false;
    for (const Place place : cover(std::move(stretches), first, last)) {
      const Stay& element = contents_.elements[place];
      witness.push_back(element.in);
      if (!element.left()) witness.push_back(element.out);
      lends = lends || element.left();
    }
    if (lends && !contents_.removals.empty()) witness.push_back(contents_.removals[0]);
    finding_ = {MonitorFinding::violated, std::move(why), std::move(witness)};
  }

  // First lets each value that is left leave with the first lost removal: what is impossible even
  // so is a violation. Then lets removals come at moments so chosen, and lost removals take what
  // must be gone by then; if that keeps every order, it is linearizable.
  bool settles(Choice choice) {
    let_leave(contents_, removal_began(history_, contents_, 0));
    if (!choose_moments(choice)) {
      sweep();
      return true;
    }
    std::vector<Obligation> obligations = find_obligations();
    if (!assign(history_, cells_, obligations, contents_)) return false;
    sweep();
    return finding_.result == MonitorFinding::linearizable;
  }

  // Of each removal, and then of each answer of "empty", a cell that nothing larger covers.
  // False: one has none.
  bool choose_moments(Choice choice) {
    open_.reset(cells_.size());
    moments_.assign(contents_.elements.size() + contents_.empties.size(), cells_.size());
    const std::vector<std::uint32_t> enters =
        choice == Choice::before_more ? entries_by_cell() : std::vector<std::uint32_t>();
    for (std::uint32_t i = 0; i < contents_.elements.size(); ++i) {
      const Stay& element = contents_.elements[i];
      if (!element.left()) {
        moments_[i] = choose(choice, first_out(element), last_out(element), i, enters);
        if (moments_[i] > last_out(element)) return false;
      }
      if (element.inside())
        open_.take(cells_.after(element.in_ended), cells_.before(element.out_began));
    }
    const auto all = static_cast<std::uint32_t>(contents_.elements.size());
    for (std::size_t i = 0; i < contents_.empties.size(); ++i) {
      const Operation& empty = history_.operations[contents_.empties[i]];
      const std::uint32_t last = cells_.before(empty.ended);
      moments_[all + i] = choose(choice, cells_.after(empty.began), last, all, enters);
      if (moments_[all + i] > last) return false;
    }
    return true;
  }

  // Of each cell, the last by rank of what certainly enters there and is left inside.
  std::vector<std::uint32_t> entries_by_cell() const {
    std::vector<std::uint32_t> enters(cells_.size(), Stay::nobody);
    for (std::uint32_t i = 0; i < contents_.elements.size(); ++i) {
      const Stay& element = contents_.elements[i];
      if (element.left()) enters[cells_.after(element.in_ended)] = i;
    }
    return enters;
  }

  // Looks no further than some cells, which is all that most calls touch: this may choose badly,
  // not wrongly.
  std::uint32_t choose(Choice choice, std::uint32_t first, std::uint32_t last, std::uint32_t rank,
                       const std::vector<std::uint32_t>& enters) {
    constexpr std::uint32_t far = 256;
    std::uint32_t chosen = open_.find(first);
    const std::uint32_t end = std::min(last, chosen + far);
    if (choice == Choice::latest) {
      for (std::uint32_t cell = end; cell > chosen; --cell) {
        if (open_.is_left(cell)) return cell;
      }
      return chosen;
    }
    for (std::uint32_t cell = chosen + 1; cell <= end; ++cell) {
      if (enters[cell] < rank) break;
      if (open_.is_left(cell)) chosen = cell;
    }
    return chosen;
  }

  // What is left inside must be gone before the next moment at which something smaller comes out.
  std::vector<Obligation> find_obligations() {
    const std::uint32_t size = cells_.size();
    std::vector<std::uint32_t> used(size + 1, 0);
    for (const std::uint32_t moment : moments_) ++used[moment];
    open_.reset(size);
    for (std::uint32_t cell = 0; cell < size; ++cell) {
      if (used[cell] == 0) open_.take(cell);
    }
    std::vector<Obligation> obligations;
    for (std::uint32_t i = 0; i < contents_.elements.size(); ++i) {
      const Stay& element = contents_.elements[i];
      if (!element.left()) {
        if (--used[moments_[i]] == 0) open_.take(moments_[i]);
        continue;
      }
      const std::uint32_t next = open_.find(cells_.after(element.in_ended));
      if (next < size) obligations.push_back({next, i, 0});
    }
    return obligations;
  }

  const History& history_;
  Contents& contents_;
  Watch& watch_;
  const Cells cells_;
  ShrinkingCells open_;
  std::vector<std::uint32_t> moments_;  // cells, of elements, then of empties
  MonitorFinding finding_;
};

}  // namespace

MonitorFinding monitor_priority_queue(const History& history,
                                      std::span<const std::uint32_t> operations, Watch& watch) {
  Contents contents;
  MonitorFinding finding =
      gather(history, operations, {Function::enqueue, Function::dequeue}, watch, contents);
  if (finding.result != MonitorFinding::linearizable) return finding;
  return PriorityQueue(history, contents, watch).judge();
}

}  // namespace tribunal
