#include "tests/checkers/classic_history.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <vector>

#include "harness/record/verdict.h"

namespace tribunal {
namespace {

// Calls begin and end one at a time, up to four at once; `complete` answers each when it ends.
History run(std::size_t operations, Random& random, const std::function<Operation()>& call,
            const std::function<void(Operation&, History&)>& complete) {
  History history;
  std::vector<std::size_t> open;
  while (history.operations.size() < operations || !open.empty()) {
    if (history.operations.size() < operations && open.size() < 4 &&
        (open.empty() || random.below(2) == 0)) {
      Operation operation = call();
      operation.began = history.events++;
      operation.process = static_cast<std::uint32_t>(history.operations.size());
      open.push_back(history.operations.size());
      history.operations.push_back(operation);
      continue;
    }
    const std::size_t which = random.below(open.size());
    Operation& operation = history.operations[open[which]];
    open.erase(open.begin() + static_cast<std::ptrdiff_t>(which));
    operation.outcome = static_cast<Outcome>(random.below(6) == 0 ? 1 + random.below(2) : 0);
    if (operation.outcome != Outcome::unknown) operation.ended = history.events++;
    complete(operation, history);
  }
  return history;
}

Value action(History& history, const char* name, std::int64_t which, Value value) {
  const Value words[] = {history.values.text(name), Value::integer(which), value};
  return history.values.list(words);
}

using State = std::map<std::int64_t, std::int64_t>;

// What a read saw; of a write, what it wrote.
State pairs_of(const History& history, const Operation& operation) {
  State seen;
  for (const Value one : history.values.elements(operation.value)) {
    const auto words = history.values.elements(one);
    if (!words[2].is_nil()) seen[words[1].as_integer()] = words[2].as_integer();
  }
  return seen;
}

bool reads(const History& history, const Operation& operation) {
  const auto actions = history.values.elements(operation.value);
  return history.values.text_of(history.values.elements(actions[0])[0]) == "r";
}

}  // namespace

History random_group(Random& random) {
  constexpr std::int64_t registers = 4;
  std::int64_t next = 0;
  std::set<std::int64_t> written;
  std::vector<std::int64_t> order;  // of the effects
  const auto call = [&] {
    Operation operation;
    operation.function = Function::txn;
    // Which call it is; its value is made when it ends.
    operation.value = Value::integer(next < registers && random.below(2) == 0 ? next++ : -1);
    return operation;
  };
  const auto complete = [&](Operation& operation, History& history) {
    const std::int64_t which = operation.value.as_integer();
    if (which >= 0) {
      const bool takes =
          operation.ok() || (operation.outcome == Outcome::unknown && random.below(2) == 0);
      if (takes) order.push_back(which);
      const Value one[] = {action(history, "w", which, Value::integer(1))};
      operation.value = history.values.list(one);
      return;
    }
    std::vector<Value> actions;
    const std::size_t shown = random.below(3) == 0 ? random.below(order.size() + 1) : order.size();
    std::set<std::int64_t> seen(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(shown));
    if (!order.empty() && random.below(6) == 0) seen.insert(random.pick(order));
    if (!order.empty() && random.below(6) == 0) seen.erase(random.pick(order));
    for (std::int64_t one = 0; one < registers; ++one)
      actions.push_back(
          action(history, "r", one,
                 seen.contains(one) && operation.ok() ? Value::integer(1) : Value::nil()));
    operation.value = history.values.list(actions);
  };
  return run(1 + random.below(12), random, call, complete);
}

History random_counter(std::int64_t least, Random& random) {
  std::int64_t sum = 0;
  const auto call = [&] {
    Operation operation;
    operation.function = random.below(2) == 0 ? Function::add : Function::read;
    if (operation.function == Function::add)
      operation.value = Value::integer(random.between(least, 3));
    return operation;
  };
  const auto complete = [&](Operation& operation, History&) {
    if (operation.function == Function::add) {
      if (operation.ok() || (operation.outcome == Outcome::unknown && random.below(2) == 0))
        sum += operation.value.as_integer();
    } else if (operation.ok()) {
      operation.value = Value::integer(random.below(4) == 0 ? sum + random.between(-3, 3) : sum);
    }
  };
  return run(1 + random.below(10), random, call, complete);
}

std::uint64_t counts_out_of_bounds(const History& history) {
  std::uint64_t out = 0;
  for (const Operation& read : history.operations) {
    if (read.function != Function::read || !read.ok()) continue;
    std::int64_t least = 0, most = 0;
    for (const Operation& add : history.operations) {
      if (add.function == Function::read || add.outcome == Outcome::failed ||
          add.began > read.ended)
        continue;
      const std::int64_t delta = add.value.as_integer();
      const bool certain = add.ok() && add.ended < read.began;
      least += certain ? delta : std::min<std::int64_t>(delta, 0);
      most += certain ? delta : std::max<std::int64_t>(delta, 0);
    }
    out += read.value.as_integer() < least || read.value.as_integer() > most;
  }
  return out;
}

bool forks(const History& history) {
  std::vector<State> seen;
  for (const Operation& operation : history.operations) {
    if (operation.ok() && reads(history, operation)) seen.push_back(pairs_of(history, operation));
  }
  for (const State& one : seen) {
    for (const State& other : seen) {
      bool ahead = false, behind = false;
      for (const auto& [which, value] : one) ahead |= !other.contains(which);
      for (const auto& [which, value] : other) behind |= !one.contains(which);
      if (ahead && behind) return true;
    }
  }
  return false;
}

std::uint64_t causal_reverses(const History& history) {
  std::uint64_t reversed = 0;
  for (const Operation& read : history.operations) {
    if (!read.ok() || !reads(history, read)) continue;
    const State seen = pairs_of(history, read);
    bool lacks = false;
    for (const Operation& later : history.operations) {
      if (reads(history, later) || later.outcome == Outcome::failed) continue;
      if (!seen.contains(pairs_of(history, later).begin()->first)) continue;
      for (const Operation& earlier : history.operations) {
        if (reads(history, earlier) || !earlier.ok() || earlier.ended > later.began) continue;
        lacks |= !seen.contains(pairs_of(history, earlier).begin()->first);
      }
    }
    reversed += lacks;
  }
  return reversed;
}

std::uint64_t figure_of(const Verdict& verdict, const char* name) {
  for (const auto& [figure, value] : verdict.figures) {
    if (figure == name) return std::stoull(value);
  }
  return UINT64_MAX;
}

}  // namespace tribunal
