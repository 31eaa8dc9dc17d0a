#include "tests/checkers/monitor_oracle.h"

#include <algorithm>
#include <numeric>
#include <set>

namespace tribunal {
namespace {

using State = std::vector<std::int64_t>;  // what is inside, oldest first; of a counter: its sum

bool inserts(const Operation& operation) {
  return operation.function == Function::add || operation.function == Function::enqueue ||
         operation.function == Function::push;
}

// Where in the state the container's next removal would take from; pre: not empty.
std::size_t exit_of(const State& state, Container container) {
  if (container == Container::queue) return 0;
  if (container == Container::stack) return state.size() - 1;
  return static_cast<std::size_t>(std::max_element(state.begin(), state.end()) - state.begin());
}

// Every state that the operation may lead to; none: its answer does not fit.
std::vector<State> steps(const State& state, const Operation& operation, Container container) {
  State after = state;
  if (container == Container::counter) {
    if (operation.function == Function::add) {
      after[0] += operation.value.as_integer();
      return {after};
    }
    const bool fits = !operation.ok() || operation.value.as_integer() == state[0];
    return fits ? std::vector<State>{after} : std::vector<State>{};
  }
  if (container == Container::set) {
    const auto at = std::find(after.begin(), after.end(), operation.value.as_integer());
    if ((at == after.end()) != inserts(operation)) return {};
    if (inserts(operation)) {
      after.push_back(operation.value.as_integer());
    } else {
      after.erase(at);
    }
    return {after};
  }
  if (inserts(operation)) {
    after.push_back(operation.value.as_integer());
    return {after};
  }
  if (state.empty())
    return operation.ok() && !operation.value.is_nil() ? std::vector<State>{}
                                                       : std::vector<State>{after};
  const std::size_t exit = exit_of(state, container);
  const bool fits = !operation.ok() || operation.value == Value::integer(state[exit]);
  if (!fits) return {};
  after.erase(after.begin() + static_cast<std::ptrdiff_t>(exit));
  return {after};
}

class Orders {
 public:
  Orders(const History& history, Container container) : container_(container) {
    for (const Operation& operation : history.operations) {
      if (operation.outcome != Outcome::failed) operations_.push_back(operation);
    }
  }

  bool any() { return place(0, container_ == Container::counter ? State{0} : State{}); }

 private:
  bool place(std::uint64_t placed, const State& state) {
    if (!seen_.insert({placed, state}).second) return false;
    Event first_end = Operation::never;
    bool complete = true;
    for (std::size_t i = 0; i < operations_.size(); ++i) {
      if ((placed >> i & 1) != 0 || !operations_[i].ok()) continue;
      complete = false;
      first_end = std::min(first_end, operations_[i].ended);
    }
    if (complete) return true;
    for (std::size_t i = 0; i < operations_.size(); ++i) {
      if ((placed >> i & 1) != 0 || operations_[i].began > first_end) continue;
      for (const State& after : steps(state, operations_[i], container_)) {
        if (place(placed | std::uint64_t{1} << i, after)) return true;
      }
    }
    return false;
  }

  using Event = std::uint32_t;
  const Container container_;
  std::vector<Operation> operations_;
  std::set<std::pair<std::uint64_t, State>> seen_;
};

class Run {
 public:
  Run(const ContainerShape& shape, Random& random)
      : shape_(shape), random_(random), running_(shape.processes, none) {
    if (shape.container == Container::counter) state_.push_back(0);
  }

  History run() {
    while (history_.operations.size() < shape_.operations || busy()) {
      std::size_t& place = running_[random_.below(shape_.processes)];
      if (place == none) {
        if (history_.operations.size() < shape_.operations) place = invoke();
      } else if (!effective_[place] && random_.below(2) == 0) {
        take_effect(place);
      } else {
        complete(place);
        place = none;
      }
    }
    return std::move(history_);
  }

 private:
  static constexpr std::size_t none = SIZE_MAX;

  bool busy() const {
    return std::any_of(running_.begin(), running_.end(), [](std::size_t p) { return p != none; });
  }
  bool chance(unsigned percent) { return random_.below(100) < percent; }

  std::size_t invoke() {
    Operation operation;
    operation.began = history_.events++;
    operation.invoked_at = operation.began;
    const bool insertion = random_.below(100) < 52;
    switch (shape_.container) {
      case Container::set:
        operation.function = insertion ? Function::add : Function::remove;
        break;
      case Container::stack:
        operation.function = insertion ? Function::push : Function::pop;
        break;
      case Container::counter:
        operation.function = insertion ? Function::add : Function::read;
        break;
      default:
        operation.function = insertion ? Function::enqueue : Function::dequeue;
    }
    if (inserts(operation)) {
      operation.value = Value::integer(new_value());
    } else if (shape_.container == Container::set) {
      operation.value = some_value();
    }
    effective_.push_back(false);
    history_.operations.push_back(operation);
    return history_.operations.size() - 1;
  }

  std::int64_t new_value() {
    if (shape_.container == Container::counter) return 1;
    ++inserted_;
    // A priority queue's values come in no order, and are still unique.
    const std::int64_t value =
        shape_.container == Container::priority_queue ? (inserted_ * 7919) % 1'000'003 : inserted_;
    values_.push_back(value);
    return value;
  }

  Value some_value() {
    if (values_.empty() || chance(3)) return Value::integer(999'999'999);
    const std::size_t recent = std::min<std::size_t>(values_.size(), 12);
    return Value::integer(values_[values_.size() - 1 - random_.below(recent)]);
  }

  void take_effect(std::size_t place) {
    Operation& operation = history_.operations[place];
    effective_[place] = true;
    if (shape_.container == Container::counter) {
      if (operation.function == Function::add) state_[0]++;
      if (operation.function == Function::read) operation.value = Value::integer(state_[0]);
      return;
    }
    if (inserts(operation)) {
      state_.push_back(operation.value.as_integer());
    } else if (shape_.container == Container::set) {
      const auto at = std::find(state_.begin(), state_.end(), operation.value.as_integer());
      effective_[place] = at != state_.end();
      if (at != state_.end()) state_.erase(at);
    } else if (!state_.empty()) {
      const std::size_t exit = exit_of(state_, shape_.container);
      operation.value = Value::integer(state_[exit]);
      state_.erase(state_.begin() + static_cast<std::ptrdiff_t>(exit));
    }
  }

  void complete(std::size_t place) {
    const bool lost = chance(shape_.lost_percent);
    const bool failed = !lost && !effective_[place] && chance(shape_.failed_percent * 2);
    if (!effective_[place] && !failed && !(lost && chance(50))) take_effect(place);
    Operation& operation = history_.operations[place];
    const bool named = inserts(operation) || shape_.container == Container::set;
    if (lost || failed) {
      operation.outcome = lost ? Outcome::unknown : Outcome::failed;
      if (failed) operation.ended = history_.events++;
      if (!named) operation.value = Value::nil();
      return;
    }
    operation.completed_at = operation.ended = history_.events++;
    const bool bent = chance(shape_.bent_percent);
    operation.outcome = (shape_.container == Container::set && !effective_[place]) && !bent
                            ? Outcome::failed
                            : Outcome::ok;
    if (!bent || named) return;
    if (shape_.container == Container::counter) {
      operation.value = Value::integer(static_cast<std::int64_t>(random_.below(5)));
    } else {
      operation.value = chance(40) ? Value::nil() : some_value();
    }
  }

  const ContainerShape& shape_;
  Random& random_;
  State state_;
  std::vector<std::int64_t> values_;
  std::int64_t inserted_ = 0;
  std::vector<std::size_t> running_;
  std::vector<bool> effective_;
  History history_;
};

}  // namespace

bool linearizable_by_all_orders(const History& history, Container container) {
  return Orders(history, container).any();
}

History random_container_history(const ContainerShape& shape, Random& random) {
  return Run(shape, random).run();
}

MonitorFinding monitor(const History& history, Container container) {
  std::vector<std::uint32_t> operations(history.operations.size());
  std::iota(operations.begin(), operations.end(), 0u);
  const Budget budget;
  Watch watch(budget, 1);
  switch (container) {
    case Container::set:
      return monitor_set(history, operations, watch);
    case Container::queue:
      return monitor_queue(history, operations, watch);
    case Container::priority_queue:
      return monitor_priority_queue(history, operations, watch);
    case Container::stack:
      return monitor_stack(history, operations, watch);
    default:
      return monitor_counter(history, operations, watch);
  }
}

}  // namespace tribunal
