#include "bench/histories/register_history.h"

#include <algorithm>
#include <stdexcept>
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
    const Value held = held_[static_cast<std::size_t>(operation.key.as_integer())];
    if (shape_.cas_percent > 0 && !held.is_nil() && random_.below(100) < shape_.cas_percent) {
      operation.function = Function::cas;
      operation.value = held;
      operation.to = new_value();
    } else if (operation.function == Function::write) {
      operation.value = new_value();
    }
    running_[worker] = history_.operations.size();
    effective_[worker] = false;
    history_.operations.push_back(operation);
  }

  Value new_value() {
    return Value::integer(shape_.unique ? ++last_value_
                                        : static_cast<std::int64_t>(random_.below(5)));
  }

  void take_effect(std::size_t worker) {
    Operation& operation = history_.operations[running_[worker]];
    Value& register_ = held_[static_cast<std::size_t>(operation.key.as_integer())];
    effective_[worker] = true;
    if (operation.function == Function::read) {
      operation.value = register_;
    } else if (operation.function == Function::write) {
      register_ = operation.value;
    } else if (operation.value == register_) {
      register_ = operation.to;
    } else {
      operation.outcome = Outcome::failed;
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
    if (operation.outcome != Outcome::failed) operation.outcome = Outcome::ok;
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

// The last acknowledged write to the key that was over before the event; null: there is none.
const Operation* write_before(const History& history, Value key, std::uint32_t event) {
  for (std::size_t i = history.operations.size(); i-- > 0;) {
    const Operation& one = history.operations[i];
    if (one.key == key && one.ok() && one.function != Function::read && one.ended < event)
      return &one;
  }
  return nullptr;
}

Operation alone(Function function, std::int64_t value, std::uint32_t began) {
  Operation operation;
  operation.key = Value::integer(0);
  operation.value = Value::integer(value);
  operation.began = began;
  operation.ended = began + 1;
  operation.invoked_at = began * 1000LL;
  operation.completed_at = operation.ended * 1000LL;
  operation.process = 1'000'000'000;
  operation.function = function;
  operation.outcome = Outcome::ok;
  return operation;
}

}  // namespace

History register_history(const RegisterHistoryShape& shape, std::uint64_t seed) {
  return Generator(shape, seed).history();
}

void make_stale(History& history) {
  auto& all = history.operations;
  for (std::size_t i = all.size() * 9 / 10; i < all.size(); ++i) {
    if (all[i].function != Function::read || !all[i].ok()) continue;
    const Operation* later = write_before(history, all[i].key, all[i].began);
    if (later == nullptr) continue;
    const Operation* stale = write_before(history, all[i].key, later->began);
    if (stale == nullptr) continue;
    all[i].value = stale->function == Function::cas ? stale->to : stale->value;
    return;
  }
  throw std::runtime_error("no read follows two writes");
}

void insert_stale_read(History& history) {
  const std::uint32_t from = history.events / 10 * 9;
  const std::uint32_t records = 6;
  for (Operation& one : history.operations) {
    if (one.began >= from) one.began += records;
    if (one.ended >= from && one.ended != Operation::never) one.ended += records;
  }
  history.events += records;
  const auto at = std::partition_point(history.operations.begin(), history.operations.end(),
                                       [from](const Operation& one) { return one.began < from; });
  const Operation three[] = {alone(Function::write, 5, from), alone(Function::write, 0, from + 2),
                             alone(Function::read, 5, from + 4)};
  history.operations.insert(at, std::begin(three), std::end(three));
}

}  // namespace tribunal
