#include "bench/histories/container_history.h"

#include <deque>
#include <queue>
#include <vector>

#include "harness/record/random.h"

namespace tribunal {
namespace {

Function insert_of(ContainerKind kind) {
  if (kind == ContainerKind::set) return Function::add;
  return kind == ContainerKind::stack ? Function::push : Function::enqueue;
}

Function remove_of(ContainerKind kind) {
  if (kind == ContainerKind::set) return Function::remove;
  return kind == ContainerKind::stack ? Function::pop : Function::dequeue;
}

class Traffic {
 public:
  Traffic(const ContainerHistoryShape& shape, std::uint64_t seed)
      : shape_(shape),
        random_(seed),
        insert_(insert_of(shape.kind)),
        remove_(remove_of(shape.kind)) {}

  History run() {
    const std::size_t operations = shape_.operations, workers = shape_.concurrency;
    history_.operations.reserve(operations);
    std::vector<std::size_t> open(workers, none);
    std::vector<bool> done(workers, false);
    std::size_t busy = 0;
    while (history_.operations.size() < operations || busy > 0) {
      const std::size_t worker = random_.below(workers);
      if (open[worker] == none) {
        if (history_.operations.size() == operations) continue;
        open[worker] = invoke();
        done[worker] = false;
        ++busy;
      } else if (!done[worker]) {
        take_effect(history_.operations[open[worker]]);
        done[worker] = true;
      } else {
        complete(history_.operations[open[worker]]);
        open[worker] = none;
        --busy;
      }
    }
    return std::move(history_);
  }

 private:
  static constexpr std::size_t none = SIZE_MAX;

  std::size_t invoke() {
    Operation operation;
    operation.began = history_.events++;
    operation.function = random_.below(2) == 0 ? insert_ : remove_;
    const bool names = remove_ == Function::remove;
    if (operation.function == remove_ && names && set_.empty()) operation.function = insert_;
    if (operation.function == insert_) {
      const std::int64_t value = ++last_value_;
      // A priority queue gets its values in no order; each is still its own.
      const bool shuffled = shape_.kind == ContainerKind::priority_queue;
      operation.value = Value::integer(shuffled ? value * 7'368'787 % 1'000'000'007 : value);
    } else if (names) {
      const std::size_t place = random_.below(set_.size());
      operation.value = Value::integer(set_[place]);
      set_[place] = set_.back();
      set_.pop_back();
    }
    history_.operations.push_back(operation);
    return history_.operations.size() - 1;
  }

  void take_effect(Operation& operation) {
    if (operation.function == insert_) {
      const std::int64_t value = operation.value.as_integer();
      if (shape_.kind == ContainerKind::set) set_.push_back(value);
      if (shape_.kind == ContainerKind::priority_queue) largest_.push(value);
      if (shape_.kind == ContainerKind::queue || shape_.kind == ContainerKind::stack)
        line_.push_back(value);
    } else if (shape_.kind == ContainerKind::priority_queue && !largest_.empty()) {
      operation.value = Value::integer(largest_.top());
      largest_.pop();
    } else if (!line_.empty()) {
      const bool first = shape_.kind == ContainerKind::queue;
      operation.value = Value::integer(first ? line_.front() : line_.back());
      if (first) {
        line_.pop_front();
      } else {
        line_.pop_back();
      }
    }
  }

  void complete(Operation& operation) {
    if (random_.below(100) < shape_.lost_percent) {
      if (operation.function == remove_ && shape_.kind != ContainerKind::set)
        operation.value = Value::nil();
      return;
    }
    operation.outcome = Outcome::ok;
    operation.ended = history_.events++;
  }

  const ContainerHistoryShape& shape_;
  Random random_;
  const Function insert_, remove_;
  History history_;
  std::vector<std::int64_t> set_;
  std::deque<std::int64_t> line_;
  std::priority_queue<std::int64_t> largest_;
  std::int64_t last_value_ = 0;
};

}  // namespace

History container_history(const ContainerHistoryShape& shape, std::uint64_t seed) {
  return Traffic(shape, seed).run();
}

}  // namespace tribunal
