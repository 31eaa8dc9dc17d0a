#include "tests/checkers/brute_force.h"

#include <algorithm>

namespace tribunal {
namespace {

bool place_next(const std::vector<Operation>& operations, std::vector<bool>& placed, Value held) {
  bool complete = true;
  for (std::size_t i = 0; i < operations.size(); ++i) {
    if (!placed[i] && operations[i].outcome == Outcome::ok) complete = false;
  }
  if (complete) return true;
  for (std::size_t i = 0; i < operations.size(); ++i) {
    if (placed[i]) continue;
    bool must_wait = false;
    for (std::size_t j = 0; j < operations.size(); ++j) {
      const bool counts = operations[j].outcome == Outcome::ok;
      if (!placed[j] && j != i && counts && operations[j].ended < operations[i].began)
        must_wait = true;
    }
    if (must_wait) continue;
    Value after = held;
    if (operations[i].function == Function::write) {
      after = operations[i].value;
    } else {
      if (operations[i].value != held) continue;
      if (operations[i].function == Function::cas) after = operations[i].to;
    }
    placed[i] = true;
    if (place_next(operations, placed, after)) return true;
    placed[i] = false;
  }
  return false;
}

}  // namespace

bool register_linearizable_by_all_orders(const History& history, Value initial) {
  std::vector<Operation> operations;
  for (const Operation& operation : history.operations) {
    if (operation.outcome == Outcome::failed) continue;
    if (operation.outcome == Outcome::unknown && operation.function == Function::read) continue;
    operations.push_back(operation);
  }
  std::vector<bool> placed(operations.size(), false);
  return place_next(operations, placed, initial);
}

History prefix_of(const History& history, std::uint32_t event) {
  History prefix;
  for (Operation operation : history.operations) {
    if (operation.began > event) continue;
    if (operation.outcome == Outcome::ok && operation.ended > event) {
      operation.outcome = Outcome::unknown;
      operation.ended = Operation::never;
    }
    prefix.operations.push_back(operation);
  }
  prefix.events = event + 1;
  return prefix;
}

std::uint32_t first_impossible_event(const History& history, Value initial) {
  std::uint32_t event = 0;
  while (register_linearizable_by_all_orders(prefix_of(history, event), initial)) ++event;
  return event;
}

History only(const History& history, const std::vector<std::uint32_t>& began) {
  History kept;
  for (const Operation& operation : history.operations) {
    if (std::find(began.begin(), began.end(), operation.began) != began.end())
      kept.operations.push_back(operation);
  }
  kept.events = history.events;
  return kept;
}

}  // namespace tribunal
