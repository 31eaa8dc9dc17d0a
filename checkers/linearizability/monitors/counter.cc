// A counter whose adds are all of one size, in O(n log n): it is kept as low as it can be. An add
// takes effect only when it ends, or when a read that ends has seen more; then those adds go first
// that end first. By induction no valid order is ever below it, and it always has as many adds in
// hand, so a read that began above its answer, or that no adds can reach, fits no order. Adds of
// unknown outcome end never.
#include <fmt/core.h>

#include <algorithm>
#include <functional>
#include <queue>

#include "checkers/linearizability/monitors/monitor.h"

namespace tribunal {
namespace {

class Counter {
 public:
  Counter(const History& history, std::span<const std::uint32_t> operations, Watch& watch)
      : history_(history), operations_(operations), watch_(watch) {}

  MonitorFinding judge() {
    if (!watch_.affords(operations_.size() * 24)) return {MonitorFinding::spent, "", {}};
    if (!measure()) return finding_;
    done_.assign(operations_.size(), false);
    for (std::uint32_t i = 0; i < operations_.size(); ++i) {
      if (watch_.spent()) return {MonitorFinding::spent, "", {}};
      const Operation& one = operation(i);
      if (one.outcome == Outcome::failed || is_void(one)) continue;
      if (!end_before(one.began) || !begin(i)) return finding_;
    }
    end_before(Operation::never);
    return finding_;
  }

 private:
  static constexpr std::uint32_t nobody = UINT32_MAX;
  using Ending = std::pair<std::uint32_t, std::uint32_t>;  // when, and the place in `operations_`
  using Endings = std::priority_queue<Ending, std::vector<Ending>, std::greater<>>;

  const Operation& operation(std::uint32_t i) const { return history_.operations[operations_[i]]; }
  // What changes and tells nothing.
  static bool is_void(const Operation& one) {
    return one.function == Function::read ? !one.ok() : one.value == Value::integer(0);
  }

  // Finds the size of the adds.
  bool measure() {
    for (const std::uint32_t place : operations_) {
      const Operation& one = history_.operations[place];
      if (one.outcome == Outcome::failed || is_void(one)) continue;
      const bool add = one.function == Function::add;
      if ((!add && one.function != Function::read) || !one.value.is_integer())
        return end(MonitorFinding::not_applicable, "not all are adds and reads of integers",
                   {place});
      if (!add) continue;
      if (one.value.as_integer() < 0)
        return end(MonitorFinding::not_applicable, "an add is of less than nothing", {place});
      if (size_ != 0 && one.value.as_integer() != size_)
        return end(MonitorFinding::not_applicable, "adds are of several sizes", {place});
      size_ = one.value.as_integer();
    }
    return true;
  }

  bool begin(std::uint32_t i) {
    const Operation& one = operation(i);
    const Ending ending{one.ok() ? one.ended : Operation::never, i};
    if (one.function == Function::add) {
      waiting_.push(ending);
      ++begun_;
      if (one.ok()) endings_.push(ending);
      return true;
    }
    const std::int64_t seen = one.value.as_integer();
    if (seen < 0 || (size_ == 0 ? seen != 0 : seen % size_ != 0)) {
      return end(MonitorFinding::violated,
                 fmt::format("{} was read, which no number of adds gives", seen), {operations_[i]});
    }
    if (size_ != 0 && seen / size_ < count_) return refuse_low(i, seen / size_);
    endings_.push(ending);
    return true;
  }

  bool end_before(std::uint32_t event) {
    while (!endings_.empty() && endings_.top().first < event) {
      const std::uint32_t i = endings_.top().second;
      endings_.pop();
      const Operation& one = operation(i);
      if (one.function == Function::add) {
        // It ends first of all that wait.
        if (!done_[i]) take_first();
      } else if (!reach(i, size_ == 0 ? 0 : one.value.as_integer() / size_)) {
        return false;
      }
    }
    return true;
  }

  bool reach(std::uint32_t read, std::int64_t seen) {
    if (seen > begun_) {
      return end(MonitorFinding::violated,
                 fmt::format("{} was read, but all adds begun by then give {}", seen * size_,
                             begun_ * size_),
                 {operations_[read]});
    }
    while (count_ < seen) take_first();  // else it was passed on the way
    if (seen >= highest_) {
      highest_ = seen;
      highest_read_ = read;
    }
    return true;
  }

  void take_first() {
    done_[waiting_.top().second] = true;
    waiting_.pop();
    ++count_;
  }

  // The read began when the counter was certainly higher: an earlier read, and adds that lie
  // between the two, show it. Where these do not, all does that had begun.
  bool refuse_low(std::uint32_t read, std::int64_t seen) {
    const Operation& low = operation(read);
    const bool none = highest_read_ == nobody;
    std::vector<std::uint32_t> between, all;
    for (std::uint32_t i = 0; i <= read; ++i) {
      const Operation& one = operation(i);
      if (one.outcome == Outcome::failed || is_void(one)) continue;
      all.push_back(operations_[i]);
      const bool after = none || one.began > operation(highest_read_).ended;
      if (one.function == Function::add && after && one.ok() && one.ended < low.began)
        between.push_back(operations_[i]);
    }
    const std::int64_t needed = std::max<std::int64_t>(seen + 1 - highest_, 0);
    if (static_cast<std::int64_t>(between.size()) >= needed) {
      all.assign(between.begin(), between.begin() + needed);
      if (!none) all.push_back(operations_[highest_read_]);
      all.push_back(operations_[read]);
    }
    return end(MonitorFinding::violated,
               fmt::format("{} was read after the counter had certainly reached {}", seen * size_,
                           count_ * size_),
               std::move(all));
  }

  bool end(MonitorFinding::Result result, std::string why, std::vector<std::uint32_t> witness) {
    finding_ = {result, std::move(why), std::move(witness)};
    return false;
  }

  const History& history_;
  const std::span<const std::uint32_t> operations_;
  Watch& watch_;
  std::int64_t size_ = 0;               // of every add; 0: there are none
  std::int64_t count_ = 0, begun_ = 0;  // adds that took effect, that may have
  Endings endings_;                     // of what is open
  Endings waiting_;                     // adds that have not taken effect
  std::vector<bool> done_;
  std::uint32_t highest_read_ = nobody;  // of those that ended, the last that saw the most
  std::int64_t highest_ = 0;             // what it saw, in adds
  MonitorFinding finding_{MonitorFinding::linearizable, "", {}};
};

}  // namespace

MonitorFinding monitor_counter(const History& history, std::span<const std::uint32_t> operations,
                               Watch& watch) {
  return Counter(history, operations, watch).judge();
}

}  // namespace tribunal
