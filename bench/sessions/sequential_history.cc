#include "bench/sessions/sequential_history.h"

#include <algorithm>
#include <deque>
#include <utility>
#include <vector>

namespace tribunal {
namespace {

using Kind = SequentialHistoryShape::Store;

class Machine {
 public:
  Machine(const SequentialHistoryShape& shape, Random& random)
      : shape_(shape), random_(random), memory_(shape.keys), buffers_(shape.sessions) {}

  History run() {
    while (calls_.size() < shape_.operations) {
      const std::size_t session = random_.below(shape_.sessions);
      if (shape_.store == Kind::store_buffer && random_.below(3) != 0) {
        drain(random_.below(shape_.sessions));
      } else {
        // Bursts, so that sessions are not in step.
        for (std::uint64_t i = random_.below(4) + 1; i > 0; --i) call(session);
      }
    }
    calls_.resize(shape_.operations);
    if (shape_.store == Kind::swapped) swap_answers();
    if (shape_.store == Kind::by_session) {
      std::stable_sort(calls_.begin(), calls_.end(), [](const Operation& a, const Operation& b) {
        return a.process < b.process;
      });
    }
    if (shape_.store == Kind::shuffled || shape_.store == Kind::swapped) interleave_anew();
    return record();
  }

 private:
  void drain(std::size_t session) {
    if (buffers_[session].empty()) return;
    const auto [key, value] = buffers_[session].front();
    buffers_[session].pop_front();
    memory_[key] = value;
  }

  void call(std::size_t session) {
    const std::size_t key = random_.below(shape_.keys);
    Operation operation;
    operation.process = static_cast<std::uint32_t>(session);
    operation.key = Value::integer(static_cast<std::int64_t>(key));
    operation.outcome = Outcome::ok;
    if (random_.below(100) < shape_.write_percent) {
      operation.function = Function::write;
      operation.value = Value::integer(++last_);
      if (shape_.store == Kind::store_buffer) {
        buffers_[session].emplace_back(key, operation.value);
      } else {
        memory_[key] = operation.value;
      }
    } else {
      operation.value = memory_[key];
      for (const auto& [waiting, value] : buffers_[session]) {
        if (waiting == key) operation.value = value;
      }
    }
    calls_.push_back(operation);
  }

  // Of neighbouring reads of a key in two sessions, which is the least that can be wrong.
  void swap_answers() {
    for (int attempt = 0; attempt < 1000; ++attempt) {
      const std::size_t first = random_.below(calls_.size());
      if (calls_[first].function != Function::read) continue;
      for (std::size_t second = first + 1; second < calls_.size(); ++second) {
        Operation &a = calls_[first], &b = calls_[second];
        if (b.function != Function::read || b.key != a.key || b.process == a.process ||
            b.value == a.value)
          continue;
        std::swap(a.value, b.value);
        return;
      }
    }
  }

  void interleave_anew() {
    std::vector<std::vector<Operation>> sessions(shape_.sessions);
    for (const Operation& operation : calls_) sessions[operation.process].push_back(operation);
    std::vector<std::size_t> next(shape_.sessions, 0);
    std::vector<std::uint32_t> turns;
    for (const Operation& operation : calls_) turns.push_back(operation.process);
    random_.shuffle(turns);
    calls_.clear();
    for (const std::uint32_t session : turns) calls_.push_back(sessions[session][next[session]++]);
  }

  History record() {
    History history;
    for (Operation& operation : calls_) {
      operation.began = history.events++;
      operation.ended = history.events++;
      operation.invoked_at = operation.began * 1000;
      operation.completed_at = operation.ended * 1000;
    }
    history.operations = std::move(calls_);
    return history;
  }

  const SequentialHistoryShape& shape_;
  Random& random_;
  std::vector<Value> memory_;
  std::vector<std::deque<std::pair<std::size_t, Value>>> buffers_;
  std::vector<Operation> calls_;
  std::int64_t last_ = 0;
};

}  // namespace

History sequential_history(const SequentialHistoryShape& shape, Random& random) {
  return Machine(shape, random).run();
}

}  // namespace tribunal
