// First in, first out. Without answers of "empty" a history is linearizable iff no two values go in
// one after the other and come out certainly the other way round: every cycle has a two-cycle.
//
// A value left inside may also be what a lost dequeue removed. It must be where a later value came
// out: the removal begins before that ended. Those deadlines are in the order in which the values
// went in, so lost dequeues and values are matched by counting.
//
// An answer of "empty" needs a moment at which no value is certainly inside; cutting the history
// there keeps every other order possible, so each is judged alone. At that moment there must have
// begun as many lost dequeues as values were put in to stay; with the counts above this is Hall's
// condition.
#include <fmt/core.h>

#include <algorithm>

#include "checkers/linearizability/monitors/cells.h"
#include "checkers/linearizability/monitors/contents.h"
#include "checkers/linearizability/monitors/cover.h"

namespace tribunal {
namespace {

class Queue {
 public:
  Queue(const History& history, const Contents& contents, Watch& watch)
      : history_(history), contents_(contents), watch_(watch) {}

  MonitorFinding judge() {
    if (keeps_order() && removes_left() && !contents_.empties.empty()) answers_empty();
    return finding_;
  }

 private:
  using Place = std::uint32_t;
  static constexpr Place nobody = Stay::nobody;

  const Stay& element(Place place) const { return contents_.elements[place]; }

  // Of the values that certainly went in after the one at `place`, which is the first to have come
  // out? Elements are in order of invocation, and few begin while one goes in.
  Place first_out_after(Place place) const {
    const Event ended = element(place).in_ended;
    if (ended == Operation::never) return nobody;
    std::size_t low = place, step = 1;
    const std::size_t size = contents_.elements.size();
    while (low + step < size && element(static_cast<Place>(low + step)).in_began < ended) {
      low += step;
      step *= 2;
    }
    const auto begin = contents_.elements.begin();
    const auto after =
        std::partition_point(begin + static_cast<std::ptrdiff_t>(low),
                             begin + static_cast<std::ptrdiff_t>(std::min(low + step, size)),
                             [ended](const Stay& other) { return other.in_began < ended; });
    return after == contents_.elements.end() ? nobody
                                             : first_out_[static_cast<std::size_t>(after - begin)];
  }

  bool keeps_order() {
    const std::size_t size = contents_.elements.size();
    first_out_.resize(size);
    for (std::size_t i = size; i-- > 0;) {
      const bool later =
          i + 1 < size && element(first_out_[i + 1]).out_ended < contents_.elements[i].out_ended;
      first_out_[i] = later ? first_out_[i + 1] : static_cast<Place>(i);
    }
    for (Place a = 0; a < size; ++a) {
      if (watch_.spent()) return end(MonitorFinding::spent, "", {});
      if (element(a).left()) {
        left_.push_back(a);
        continue;
      }
      const Place b = first_out_after(a);
      if (b == nobody || element(b).out_ended > element(a).out_began) continue;
      return end(MonitorFinding::violated,
                 fmt::format("{} went in before {} but came out after it", show(a), show(b)),
                 {element(a).in, element(b).in, element(b).out, element(a).out});
    }
    std::sort(left_.begin(), left_.end(),
              [&](Place a, Place b) { return element(a).in_ended < element(b).in_ended; });
    return true;
  }

  bool removes_left() {
    std::size_t begun = 0;
    for (std::size_t i = 0; i < left_.size(); ++i) {
      const Place b = first_out_after(left_[i]);
      if (b == nobody || element(b).left()) break;
      while (begun < removals() && removal_began(begun) < element(b).out_ended) ++begun;
      if (begun > i) continue;
      std::vector<std::uint32_t> witness = inserts_left(i + 1);
      witness.push_back(element(b).in);
      witness.push_back(element(b).out);
      add_removals(witness, begun);
      return end(MonitorFinding::violated,
                 fmt::format("{} went in before {}, which came out, but never came out itself",
                             show(left_[i]), show(b)),
                 std::move(witness));
    }
    return true;
  }

  void answers_empty() {
    Cells cells(contents_.end, 2 * contents_.elements.size() + removals());
    for (const Stay& one : contents_.elements) {
      if (one.left() || one.inside()) cells.add_border(one.in_ended);
      if (!one.left() && one.inside()) cells.add_border(one.out_began);
    }
    for (std::size_t i = 0; i < removals(); ++i) cells.add_border(removal_began(i));
    cells.number();
    lay(cells);
    for (const std::uint32_t place : contents_.empties) {
      if (watch_.spent()) {
        end(MonitorFinding::spent, "", {});
        return;
      }
      const Operation& empty = history_.operations[place];
      const std::uint32_t first = cells.after(empty.began), last = cells.before(empty.ended);
      if (free_[last + 1] == free_[first]) {
        refuse_empty(cells, place, first, last);
        return;
      }
    }
  }

  // Counts the cells in which the queue may have been empty, those before each.
  void lay(const Cells& cells) {
    inside_.assign(cells.size() + 1, 0);
    std::vector<std::int32_t> owed(cells.size() + 1, 0);
    for (const Stay& one : contents_.elements) {
      if (one.left()) {
        ++owed[cells.after(one.in_ended)];
      } else if (one.inside()) {
        ++inside_[cells.after(one.in_ended)];
        --inside_[cells.after(one.out_began)];
      }
    }
    for (std::size_t i = 0; i < removals(); ++i) --owed[cells.after(removal_began(i))];
    free_.assign(cells.size() + 1, 0);
    std::int32_t debt = 0;
    for (std::size_t cell = 0; cell < cells.size(); ++cell) {
      if (cell > 0) inside_[cell] += inside_[cell - 1];
      debt += owed[cell];
      free_[cell + 1] = free_[cell] + (inside_[cell] == 0 && debt <= 0 ? 1u : 0u);
    }
  }

  void refuse_empty(const Cells& cells, std::uint32_t empty, std::uint32_t first,
                    std::uint32_t last) {
    std::vector<Stretch> stretches;
    for (Place place = 0; place < contents_.elements.size(); ++place) {
      const Stay& one = element(place);
      if (!one.left() && one.inside())
        stretches.push_back({cells.after(one.in_ended), cells.before(one.out_began), place});
    }
    std::vector<std::uint32_t> witness{empty};
    for (const std::uint32_t place : cover(std::move(stretches), first, last)) {
      witness.push_back(element(place).in);
      witness.push_back(element(place).out);
    }
    // Where nothing else was inside, more had been put in to stay than lost dequeues had begun.
    std::uint32_t open = last + 1;
    while (open > first && inside_[open - 1] > 0) --open;
    if (open > first) {
      std::size_t begun = 0;
      while (begun < removals() && cells.after(removal_began(begun)) < open) ++begun;
      for (const std::uint32_t place : inserts_left(begun + 1)) witness.push_back(place);
      add_removals(witness, begun);
    }
    end(MonitorFinding::violated, "it was found empty while something was certainly inside",
        std::move(witness));
  }

  std::size_t removals() const { return contents_.removals.size(); }
  Event removal_began(std::size_t i) const {
    return history_.operations[contents_.removals[i]].began;
  }
  void add_removals(std::vector<std::uint32_t>& witness, std::size_t count) const {
    witness.insert(witness.end(), contents_.removals.begin(),
                   contents_.removals.begin() + static_cast<std::ptrdiff_t>(count));
  }
  std::vector<std::uint32_t> inserts_left(std::size_t count) const {
    std::vector<std::uint32_t> places;
    for (std::size_t i = 0; i < count; ++i) places.push_back(element(left_[i]).in);
    return places;
  }
  std::string show(Place place) const {
    return history_.values.show(history_.operations[element(place).in].value);
  }

  bool end(MonitorFinding::Result result, std::string why, std::vector<std::uint32_t> witness) {
    finding_ = {result, std::move(why), std::move(witness)};
    return false;
  }

  const History& history_;
  const Contents& contents_;
  Watch& watch_;
  std::vector<Place> first_out_;      // of the elements from each on, the one that came out first
  std::vector<Place> left_;           // in the order in which they had certainly gone in
  std::vector<std::int32_t> inside_;  // values certainly inside, a cell
  std::vector<std::uint32_t> free_;
  MonitorFinding finding_{MonitorFinding::linearizable, "", {}};
};

}  // namespace

MonitorFinding monitor_queue(const History& history, std::span<const std::uint32_t> operations,
                             Watch& watch) {
  Contents contents;
  MonitorFinding finding =
      gather(history, operations, {Function::enqueue, Function::dequeue}, watch, contents);
  if (finding.result != MonitorFinding::linearizable) return finding;
  return Queue(history, contents, watch).judge();
}

}  // namespace tribunal
