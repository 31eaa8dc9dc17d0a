#include "tests/checkers/convergence_history.h"

#include <vector>

namespace tribunal {
namespace {

constexpr std::int64_t moment = 1'000'000;  // nanoseconds an event

class Play {
 public:
  Play(Kind kind, Random& random) : kind_(kind), random_(random) {
    nodes_ = 2 + random.below(2);
    keys_ = 1 + random.below(2);
    for (std::size_t node = 1; node <= nodes_; ++node)
      history_.nodes.push_back("n" + std::to_string(node));
    for (std::uint32_t i = 0; i < processes; ++i) names_.push_back(i);
    open_.assign(processes, none);
    written_.resize(keys_);
    acknowledged_.resize(keys_);
  }

  History play() {
    const std::size_t calls = 1 + random_.below(8);
    const std::size_t working = kind_ == Kind::sets ? 2 : processes;
    while (history_.operations.size() < calls || busy()) {
      const std::size_t process = random_.below(working);
      if (open_[process] != none) {
        complete(process);
      } else if (history_.operations.size() < calls) {
        invoke(process);
      }
      if (random_.below(20) == 0) fault(random_.below(2) == 0);
    }
    look();
    return std::move(history_);
  }

 private:
  static constexpr std::size_t processes = 3, none = SIZE_MAX;

  bool busy() const {
    for (const std::size_t one : open_) {
      if (one != none) return true;
    }
    return false;
  }

  void fault(bool starts) {
    const std::uint32_t event = history_.events++;
    history_.faults.push_back({event * moment, event, 0, starts, !starts, "pause", ""});
  }

  Value some(const std::vector<Value>& values) {
    if (random_.below(12) == 0) return Value::integer(99);
    if (values.empty() || random_.below(4) == 0) return Value::nil();
    return values[random_.below(values.size())];
  }

  void invoke(std::size_t process) {
    Operation call;
    const std::size_t key = random_.below(keys_);
    call.key = Value::integer(static_cast<std::int64_t>(key));
    call.process = names_[process];
    call.node = static_cast<std::uint16_t>(1 + random_.below(nodes_));
    call.began = history_.events++;
    call.invoked_at = call.began * moment;
    choose(call, key);
    open_[process] = history_.operations.size();
    history_.operations.push_back(call);
  }

  Value fresh(std::size_t key) {
    const Value value = Value::integer(++last_);
    written_[key].push_back(value);
    return value;
  }

  void choose(Operation& call, std::size_t key) {
    const std::uint64_t kind = random_.below(10);
    call.function = Function::read;
    const bool first = history_.operations.empty();  // it tells what kind of object this is
    if (kind < 3 && !first) return;
    switch (kind_) {
      case Kind::registers:
        call.function = kind < 7 ? Function::write : kind < 8 ? Function::cas : Function::del;
        if (call.function == Function::cas) {
          call.value = some(written_[key]);
          call.to = fresh(key);
        } else if (call.function == Function::write) {
          call.value = fresh(key);
        }
        break;
      case Kind::lists:
        call.function = Function::append;
        call.value = fresh(key);
        break;
      case Kind::sets:
        call.function = kind < 6 && !first ? Function::add : Function::remove;
        call.value = kind < 5 || written_[key].empty() ? fresh(key) : written_[key].back();
        break;
      case Kind::counters:
        call.function = Function::add;
        call.value = Value::integer(random_.between(-1, 3));
        break;
    }
  }

  void complete(std::size_t process) {
    const std::size_t place = open_[process];
    open_[process] = none;
    Operation& call = history_.operations[place];
    const std::uint32_t event = history_.events++;
    const std::uint64_t luck = random_.below(10);
    call.outcome = luck < 8 ? Outcome::ok : luck < 9 ? Outcome::failed : Outcome::unknown;
    call.completed_at = event * moment;
    const auto key = static_cast<std::size_t>(call.key.as_integer());
    if (call.function == Function::read) {
      if (!call.ok()) call.outcome = Outcome::failed;
      if (call.ok()) call.value = answer(key);
    } else if (call.ok()) {
      acknowledged_[key].push_back(call.function == Function::cas ? call.to : call.value);
    }
    if (call.outcome == Outcome::unknown) {
      names_[process] += processes;
    } else {
      call.ended = event;
    }
  }

  Value subset(const std::vector<Value>& values, std::uint64_t drop) {
    std::vector<Value> kept;
    for (const Value value : values) {
      if (random_.below(100) >= drop) kept.push_back(value);
    }
    if (kind_ == Kind::sets) random_.shuffle(kept);
    if (kind_ == Kind::sets && random_.below(15) == 0) kept.push_back(Value::integer(99));
    return kept.empty() && random_.below(2) == 0 ? Value::nil() : history_.values.list(kept);
  }

  Value answer(std::size_t key) {
    if (kind_ == Kind::registers) return some(written_[key]);
    if (kind_ != Kind::counters) return subset(acknowledged_[key], 50);
    return Value::integer(random_.between(0, 6));
  }

  Value last_answer(std::size_t key) {
    if (kind_ == Kind::registers) return some(written_[key]);
    if (kind_ != Kind::counters) return subset(acknowledged_[key], 10);
    std::int64_t sum = 0;
    for (const Value value : acknowledged_[key]) sum += value.as_integer();
    if (random_.below(3) == 0) sum += random_.between(-2, 2);
    return sum == 0 && random_.below(2) == 0 ? Value::nil() : Value::integer(sum);
  }

  void look() {
    const std::uint32_t event = history_.events++;
    history_.faults.push_back({event * moment, event, -1, false, false, "last-look", ""});
    const std::size_t rounds = 1 + random_.below(3);
    std::vector<Value> held;
    for (std::size_t key = 0; key < keys_; ++key) held.push_back(last_answer(key));
    for (std::size_t round = 0; round < rounds; ++round) {
      for (std::size_t key = 0; key < keys_; ++key) {
        for (std::size_t node = 1; node <= nodes_; ++node) look_at(key, node, held[key]);
      }
    }
  }

  void look_at(std::size_t key, std::size_t node, Value held) {
    if (random_.below(30) == 0) return;
    Operation read;
    read.key = Value::integer(static_cast<std::int64_t>(key));
    read.process = 100 + static_cast<std::uint32_t>(random_.below(2));
    read.node = static_cast<std::uint16_t>(node);
    read.began = history_.events++;
    read.invoked_at = read.began * moment;
    read.ended = history_.events++;
    read.completed_at = read.ended * moment;
    read.outcome = random_.below(25) == 0 ? Outcome::failed : Outcome::ok;
    if (read.ok()) read.value = random_.below(12) == 0 ? last_answer(key) : held;
    history_.operations.push_back(read);
  }

  Kind kind_;
  Random& random_;
  History history_;
  std::size_t nodes_, keys_;
  std::int64_t last_ = 0;
  std::vector<std::uint32_t> names_;
  std::vector<std::size_t> open_;
  std::vector<std::vector<Value>> written_, acknowledged_;  // by key
};

}  // namespace

History random_convergence_history(Kind kind, Random& random) { return Play(kind, random).play(); }

}  // namespace tribunal
