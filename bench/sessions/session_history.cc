#include "bench/sessions/session_history.h"

#include <algorithm>
#include <array>
#include <vector>

#include "harness/record/random.h"

namespace tribunal {
namespace {

constexpr std::size_t replicas = 3;
constexpr std::size_t longest_list = 60;

class Store {
 public:
  Store(const SessionHistoryShape& shape, std::uint64_t seed) : shape_(shape), random_(seed) {
    for (auto& replica : held_) replica.assign(shape.keys, 0);
    for (std::uint32_t i = 0; i < shape.sessions; ++i)
      sessions_.push_back({i, i % replicas, Known{}});
    next_process_ = static_cast<std::uint32_t>(shape.sessions);
    history_.operations.reserve(shape.operations);
    history_.nodes = {"", "n1", "n2", "n3"};
    lists_.resize(shape.keys);
    generation_.assign(shape.keys, 0);
  }

  History run() {
    while (history_.operations.size() < shape_.operations) {
      if (random_.below(20) == 0) {
        const std::size_t from = random_.below(replicas), to = random_.below(replicas);
        merge(to, known_[from]);
      }
      call(sessions_[random_.below(sessions_.size())]);
    }
    history_.events = static_cast<std::uint32_t>(2 * history_.operations.size());
    return std::move(history_);
  }

 private:
  using Known = std::array<std::uint32_t, replicas>;  // by origin, how many of its writes
  struct Session {
    std::uint32_t process;
    std::size_t replica;
    Known known;
  };
  struct Write {
    std::uint32_t key;
    std::int64_t value;
  };

  void merge(std::size_t to, const Known& known) {
    for (std::size_t origin = 0; origin < replicas; ++origin) {
      for (; known_[to][origin] < known[origin]; ++known_[to][origin]) {
        const Write& write = log_[origin][known_[to][origin]];
        std::int64_t& held = held_[to][write.key];
        held = std::max(held, write.value);
      }
    }
  }

  void call(Session& session) {
    if (random_.below(100) < shape_.moving_percent) {
      session.replica = random_.below(replicas);
      if (random_.below(100) >= shape_.careless_percent) merge(session.replica, session.known);
    }
    const std::size_t at = shape_.lists ? 0 : session.replica;
    const auto key = static_cast<std::uint32_t>(random_.below(shape_.keys));
    Operation operation;
    operation.began = static_cast<std::uint32_t>(2 * history_.operations.size());
    operation.ended = operation.began + 1;
    operation.invoked_at = operation.began * 1000;
    operation.completed_at = operation.invoked_at + 1000;
    operation.process = session.process;
    operation.node = static_cast<std::uint16_t>(1 + session.replica);
    operation.outcome = Outcome::ok;
    const bool lost = random_.below(100) < shape_.lost_percent;
    if (shape_.lists) {
      call_list(operation, key, lost);
    } else {
      call_register(operation, key, at, lost);
    }
    for (std::size_t origin = 0; origin < replicas; ++origin)
      session.known[origin] = std::max(session.known[origin], known_[at][origin]);
    if (lost) {
      operation.outcome = Outcome::unknown;
      operation.ended = Operation::never;
      if (operation.function == Function::read) operation.value = Value::nil();
      session = {next_process_++, session.replica, Known{}};
    }
    history_.operations.push_back(operation);
  }

  void call_register(Operation& operation, std::uint32_t key, std::size_t at, bool lost) {
    operation.key = Value::integer(key);
    if (random_.below(2) == 0) {
      operation.function = Function::read;
      if (held_[at][key] != 0) operation.value = Value::integer(held_[at][key]);
      return;
    }
    operation.function = Function::write;
    operation.value = Value::integer(++last_);
    if (lost && random_.below(2) == 0) return;
    held_[at][key] = last_;
    log_[at].push_back({key, last_});
    ++known_[at][at];
  }

  void call_list(Operation& operation, std::uint32_t key, bool lost) {
    std::vector<Value>& list = lists_[key];
    operation.key = Value::integer(static_cast<std::int64_t>(key + shape_.keys * generation_[key]));
    if (random_.below(2) == 0) {
      operation.function = Function::read;
      const bool stale = random_.below(100) < shape_.careless_percent && !list.empty();
      operation.value = history_.values.list(std::span(list).first(list.size() - stale));
      return;
    }
    operation.function = Function::append;
    operation.value = Value::integer(++last_);
    if (!lost || random_.below(2) == 0) list.push_back(operation.value);
    if (list.size() < longest_list) return;
    list.clear();
    ++generation_[key];
  }

  const SessionHistoryShape shape_;
  Random random_;
  std::vector<Session> sessions_;
  std::uint32_t next_process_ = 0;
  std::array<std::vector<std::int64_t>, replicas> held_;
  std::array<std::vector<Write>, replicas> log_;
  std::array<Known, replicas> known_{};
  std::vector<std::vector<Value>> lists_;
  std::vector<std::size_t> generation_;
  std::int64_t last_ = 0;
  History history_;
};

}  // namespace

History session_history(const SessionHistoryShape& shape, std::uint64_t seed) {
  return Store(shape, seed).run();
}

}  // namespace tribunal
