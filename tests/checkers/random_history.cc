#include "tests/checkers/random_history.h"

#include <vector>

namespace tribunal {
namespace {

// A register whose calls take effect somewhere within their interval.
class Run {
 public:
  Run(const RandomShape& shape, Random& random)
      : shape_(shape), random_(random), held_(shape.initial), running_(shape.processes, none) {
    for (std::size_t i = 0; i < shape.processes; ++i)
      names_.push_back(static_cast<std::uint32_t>(i));
    seen_.push_back(shape.initial);
  }

  History run() {
    while (history_.operations.size() < shape_.operations || busy()) {
      const std::size_t process = random_.below(shape_.processes);
      if (running_[process] == none) {
        if (history_.operations.size() < shape_.operations) invoke(process);
      } else if (!effective_[running_[process]] && random_.below(2) == 0) {
        take_effect(running_[process]);
      } else {
        complete(process);
      }
    }
    return std::move(history_);
  }

 private:
  static constexpr std::size_t none = SIZE_MAX;

  bool busy() const {
    for (const std::size_t one : running_) {
      if (one != none) return true;
    }
    return false;
  }

  Value some_value() {
    return random_.below(10) == 0 ? Value::integer(99) : seen_[random_.below(seen_.size())];
  }

  Value new_value() {
    const Value value =
        Value::integer(shape_.unique ? ++last_value_
                                     : static_cast<std::int64_t>(random_.below(shape_.values)) + 1);
    seen_.push_back(value);
    return value;
  }

  void invoke(std::size_t process) {
    Operation operation;
    operation.key = Value::integer(0);
    operation.began = history_.events++;
    operation.invoked_at = operation.began;
    operation.process = names_[process];
    const std::uint64_t kind = random_.below(10);
    operation.function = kind < 4 ? Function::read : kind < 7 ? Function::write : Function::cas;
    if (operation.function == Function::cas)
      operation.value = random_.below(3) != 0 ? held_ : some_value();
    if (operation.function == Function::cas) operation.to = new_value();
    if (operation.function == Function::write) operation.value = new_value();
    running_[process] = history_.operations.size();
    effective_.push_back(false);
    history_.operations.push_back(operation);
  }

  void take_effect(std::size_t place) {
    Operation& operation = history_.operations[place];
    effective_[place] = true;
    if (operation.function == Function::read) operation.value = held_;
    if (operation.function == Function::write) held_ = operation.value;
    if (operation.function == Function::cas) {
      if (operation.value != held_) {
        effective_[place] = false;
        return;
      }
      held_ = operation.to;
    }
  }

  void complete(std::size_t process) {
    const std::size_t place = running_[process];
    running_[process] = none;
    const std::uint64_t chance = random_.below(12);
    if (!effective_[place] && chance > 1) take_effect(place);
    Operation& operation = history_.operations[place];
    operation.completed_at = history_.events;
    const bool bent = random_.below(12) == 0;
    if (chance < 2) {
      operation.outcome = Outcome::unknown;
      names_[process] = next_name_++;
      if (operation.function == Function::read) operation.value = Value::nil();
      return;
    }
    operation.ended = history_.events++;
    operation.outcome = effective_[place] != bent ? Outcome::ok : Outcome::failed;
    if (operation.function != Function::read) return;
    if (random_.below(8) == 0) operation.value = some_value();
    if (operation.outcome != Outcome::ok) operation.value = Value::nil();
  }

  const RandomShape& shape_;
  Random& random_;
  Value held_;
  std::vector<std::size_t> running_;
  std::vector<bool> effective_;
  std::vector<std::uint32_t> names_;
  std::vector<Value> seen_;
  std::int64_t last_value_ = 0;
  std::uint32_t next_name_ = 100;
  History history_;
};

}  // namespace

History random_history(const RandomShape& shape, Random& random) {
  return Run(shape, random).run();
}

std::string describe(const History& history) {
  std::string text;
  for (const Operation& operation : history.operations) {
    text += std::to_string(operation.began) + ".." +
            (operation.ended == Operation::never ? "?" : std::to_string(operation.ended)) + " " +
            history.show(operation) + (operation.outcome == Outcome::failed ? " failed" : "") +
            "\n";
  }
  return text;
}

}  // namespace tribunal
