#include "tests/checkers/sessions_histories.h"

#include <algorithm>
#include <vector>

namespace tribunal {
namespace {

class Store {
 public:
  Store(const WeakStoreShape& shape, Random& random) : shape_(shape), random_(random) {
    replicas_.assign(shape.replicas, std::vector<std::vector<std::int64_t>>(shape.keys));
    careful_ = random.below(3) == 0;
    for (std::size_t i = 0; i < shape.sessions; ++i) {
      processes_.push_back(static_cast<std::uint32_t>(i));
      at_.push_back(random.below(shape.replicas));
    }
    history_.nodes = {"", "n1", "n2", "n3"};
  }

  History run() {
    while (history_.operations.size() < shape_.operations) {
      if (random_.below(3) == 0) spread();
      call(random_.below(shape_.sessions));
    }
    if (random_.below(4) == 0) interleave_anew();
    for (std::uint32_t i = 0; i < history_.operations.size(); ++i) {
      Operation& operation = history_.operations[i];
      operation.began = 2 * i;
      operation.invoked_at = 2 * i;
      operation.completed_at = 2 * i + 1;
      if (operation.outcome != Outcome::unknown) operation.ended = 2 * i + 1;
    }
    history_.events = static_cast<std::uint32_t>(2 * history_.operations.size());
    return std::move(history_);
  }

 private:
  using Contents = std::vector<std::int64_t>;  // a register: its last element

  // One value reaches one more replica; a careful store copies a key as a whole.
  void spread() {
    Contents& from = replicas_[random_.below(shape_.replicas)][random_.below(shape_.keys)];
    for (auto& replica : replicas_) {
      for (Contents& to : replica) {
        if (&to - replica.data() != key_of(from)) continue;
        if (&to == &from || from.empty()) continue;
        if (careful_) {
          if (to.size() < from.size()) to = from;
        } else {
          const std::int64_t value = from[random_.below(from.size())];
          if (std::find(to.begin(), to.end(), value) == to.end()) to.push_back(value);
        }
      }
    }
  }

  std::ptrdiff_t key_of(const Contents& contents) const {
    for (const auto& replica : replicas_) {
      if (&contents >= replica.data() && &contents < replica.data() + replica.size())
        return &contents - replica.data();
    }
    return -1;
  }

  std::int64_t some_value() {
    return random_.below(8) == 0 ? 99 : 1 + static_cast<std::int64_t>(random_.below(last_ + 1));
  }

  void call(std::size_t session) {
    if (random_.below(4) == 0) at_[session] = random_.below(shape_.replicas);
    const std::size_t key = random_.below(shape_.keys);
    const std::size_t replica = careful_ ? 0 : at_[session];
    Contents& held = replicas_[replica][key];
    Operation operation;
    operation.process = processes_[session];
    operation.node = static_cast<std::uint16_t>(1 + at_[session]);
    operation.key = Value::integer(static_cast<std::int64_t>(key));
    operation.outcome = Outcome::ok;
    std::int64_t number = -1;
    const std::uint64_t kind = random_.below(10);
    if (kind < 5) {
      read(operation, held, number);
    } else {
      write(operation, held, kind == 9 && !shape_.lists, number);
    }
    if (random_.below(14) == 0) {
      operation.outcome = Outcome::unknown;
      if (operation.function == Function::read) operation.value = Value::nil();
      processes_[session] = next_process_++;
      number = -1;
    }
    history_.operations.push_back(operation);
    if (shape_.numbered) history_.versions.push_back(number);
  }

  void read(Operation& operation, const Contents& held, std::int64_t& number) {
    operation.function = Function::read;
    const bool bent = !shape_.tidy && random_.below(60) == 0;
    if (shape_.lists) {
      std::vector<Value> elements;
      for (const std::int64_t value : held) elements.push_back(Value::integer(value));
      if (bent) elements.push_back(Value::integer(some_value()));
      if (elements.size() > 1 && random_.below(30) == 0) std::swap(elements[0], elements[1]);
      if (!elements.empty() || random_.below(2) == 0)
        operation.value = history_.values.list(elements);
    } else if (bent || !held.empty()) {
      const std::int64_t value = bent ? some_value() : held.back();
      operation.value = Value::integer(value);
      number = number_of(value);
    }
  }

  static std::int64_t number_of(std::int64_t value) {
    return value % 3 == 0 ? 2 * value - 3 : 2 * value;  // at times older than the one before
  }

  void write(Operation& operation, Contents& held, bool swap, std::int64_t& number) {
    const std::int64_t value = static_cast<std::int64_t>(++last_);
    operation.function = shape_.lists ? Function::append : swap ? Function::cas : Function::write;
    (swap ? operation.to : operation.value) = Value::integer(value);
    if (swap) operation.value = held.empty() ? Value::nil() : Value::integer(held.back());
    if (swap && random_.below(6) == 0) operation.value = Value::integer(some_value());
    const bool fits =
        !swap || operation.value == (held.empty() ? Value::nil() : Value::integer(held.back()));
    const bool fails = !fits || (!shape_.tidy && random_.below(12) == 0);
    if (fails && (shape_.tidy || random_.below(40) != 0)) operation.outcome = Outcome::failed;
    if (!fails || (!shape_.tidy && random_.below(12) == 0)) held.push_back(value);
    if (operation.outcome == Outcome::ok) number = number_of(value);
  }

  void interleave_anew() {
    std::vector<std::vector<std::size_t>> by_process(next_process_);
    for (std::size_t i = history_.operations.size(); i-- > 0;)
      by_process[history_.operations[i].process].push_back(i);
    std::vector<Operation> operations;
    std::vector<std::int64_t> versions;
    while (operations.size() < history_.operations.size()) {
      auto& one = by_process[random_.below(by_process.size())];
      if (one.empty()) continue;
      operations.push_back(history_.operations[one.back()]);
      if (shape_.numbered) versions.push_back(history_.versions[one.back()]);
      one.pop_back();
    }
    history_.operations = std::move(operations);
    history_.versions = std::move(versions);
  }

  const WeakStoreShape& shape_;
  Random& random_;
  bool careful_ = false;
  std::vector<std::vector<Contents>> replicas_;
  std::vector<std::uint32_t> processes_;
  std::vector<std::size_t> at_;
  std::uint64_t last_ = 0;
  std::uint32_t next_process_ = 10;
  History history_;
};

}  // namespace

History weak_store_history(const WeakStoreShape& shape, Random& random) {
  return Store(shape, random).run();
}

std::string describe_sessions(const History& history) {
  std::string text;
  for (std::size_t i = 0; i < history.operations.size(); ++i) {
    const Operation& operation = history.operations[i];
    text += std::string(operation.process % 10 * 4, ' ') + "p" + std::to_string(operation.process) +
            " " + history.show(operation) +
            (operation.ok()                         ? ""
             : operation.outcome == Outcome::failed ? " failed"
                                                    : " unknown") +
            (history.versions.empty() ? "" : " #" + std::to_string(history.versions[i])) + "\n";
  }
  return text;
}

}  // namespace tribunal
