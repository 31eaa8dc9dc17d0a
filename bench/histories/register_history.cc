#include "bench/histories/register_history.h"

#include <vector>

#include "harness/record/random.h"

namespace tribunal {
namespace {

class Generator {
 public:
  Generator(const RegisterHistoryShape& shape, std::uint64_t seed)
      : shape_(shape),
        random_(seed),
        held_(shape.keys),
        running_(shape.concurrency, none),
        effective_(shape.concurrency) {
    for (std::uint32_t i = 0; i < shape.concurrency; ++i) processes_.push_back(i);
  }

  History history() {
    history_.operations.reserve(shape_.operations);
    while (history_.operations.size() < shape_.operations) step(random_.below(shape_.concurrency));
    for (std::size_t worker = 0; worker < shape_.concurrency; ++worker) {
      if (running_[worker] != none) complete(worker);
    }
    return std::move(history_);
  }

 private:
  static constexpr std::size_t none = SIZE_MAX;

  void step(std::size_t worker) {
    if (running_[worker] == none) {
      invoke(worker);
    } else if (!effective_[worker]) {
      if (random_.below(200) < shape_.unknown_percent) {
        complete(worker);  // lost before it took effect
      } else {
        take_effect(worker);
      }
    } else {
      complete(worker);
    }
  }

  void invoke(std::size_t worker) {
    Operation operation;
    operation.key = Value::integer(static_cast<std::int64_t>(random_.below(shape_.keys)));
    operation.began = history_.events++;
    operation.invoked_at = operation.began * 1000;
    operation.process = processes_[worker];
    operation.function = random_.below(2) == 0 ? Function::read : Function::write;
    if (operation.function == Function::write) {
      operation.value = Value::integer(shape_.unique ? ++last_value_
                                                     : static_cast<std::int64_t>(random_.below(5)));
    }
    running_[worker] = history_.operations.size();
    effective_[worker] = false;
    history_.operations.push_back(operation);
  }

  void take_effect(std::size_t worker) {
    Operation& operation = history_.operations[running_[worker]];
    Value& register_ = held_[static_cast<std::size_t>(operation.key.as_integer())];
    effective_[worker] = true;
    if (operation.function == Function::read) {
      operation.value = register_;
    } else {
      register_ = operation.value;
    }
  }

  void complete(std::size_t worker) {
    Operation& operation = history_.operations[running_[worker]];
    running_[worker] = none;
    if (!effective_[worker] || random_.below(100) < shape_.unknown_percent) {
      operation.outcome = Outcome::unknown;
      if (operation.function == Function::read) operation.value = Value::nil();
      processes_[worker] += static_cast<std::uint32_t>(shape_.concurrency);
      return;
    }
    operation.outcome = Outcome::ok;
    operation.ended = history_.events++;
    operation.completed_at = operation.ended * 1000;
  }

  RegisterHistoryShape shape_;
  Random random_;
  std::vector<Value> held_;
  std::vector<std::size_t> running_;
  std::vector<bool> effective_;
  std::vector<std::uint32_t> processes_;
  std::int64_t last_value_ = 0;
  History history_;
};

}  // namespace

History register_history(const RegisterHistoryShape& shape, std::uint64_t seed) {
  return Generator(shape, seed).history();
}

}  // namespace tribunal
