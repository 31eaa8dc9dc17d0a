#include "checkers/convergence/objects.h"

#include <fmt/core.h>

#include <algorithm>
#include <vector>

#include "harness/record/error.h"

namespace tribunal {
namespace {

[[noreturn]] void refuse(const History& history, const Operation& operation, const char* why) {
  throw Error(Blame::usage,
              fmt::format("{}; but process {} calls '{}' (event {})", why, operation.process,
                          history.function_name(operation.function), operation.began),
              "choose a checker for that call, or leave those calls out of the history");
}

bool of_versions(Function f) {
  return f == Function::write || f == Function::cas || f == Function::del || f == Function::append;
}

std::vector<Value> sorted(std::span<const Value> elements) {
  std::vector<Value> all(elements.begin(), elements.end());
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

}  // namespace

Objects objects_of(const History& history) {
  bool versioned = false, collections = false, removes = false, lists = false, whole = true;
  for (const Operation& operation : history.operations) {
    const Function f = operation.function;
    const bool collects = f == Function::add || f == Function::remove;
    if (f != Function::read && !collects && !of_versions(f))
      refuse(history, operation, "convergence is about registers, lists, sets and counters");
    versioned |= of_versions(f);
    collections |= collects;
    if (versioned && collections)
      refuse(history, operation, "convergence is judged for one kind of object at a time");
    removes |= f == Function::remove;
    whole &= f != Function::add || operation.value.is_integer();
    lists |= f == Function::read && operation.ok() && history.values.is_list(operation.value);
  }
  if (!collections) return Objects::versioned;
  const Objects objects = removes || lists || !whole ? Objects::sets : Objects::counters;
  for (const Operation& operation : history.operations) {
    if (operation.function != Function::read || !operation.ok() || operation.value.is_nil())
      continue;
    if (objects == Objects::sets ? !history.values.is_list(operation.value)
                                 : !operation.value.is_integer())
      refuse(history, operation,
             objects == Objects::sets ? "a read of a set returns a list"
                                      : "a read of a counter returns a whole number");
  }
  return objects;
}

std::span<const Value> elements_of(const History& history, Value answer) {
  if (!history.values.is_list(answer)) return {};
  return history.values.elements(answer);
}

bool same_answer(const History& history, Objects objects, Value a, Value b) {
  if (a == b) return true;
  if (objects == Objects::counters) {
    const Value zero = Value::integer(0);
    return (a.is_nil() ? zero : a) == (b.is_nil() ? zero : b);
  }
  const bool list_a = history.values.is_list(a), list_b = history.values.is_list(b);
  if ((!list_a && !a.is_nil()) || (!list_b && !b.is_nil())) return false;
  const auto first = elements_of(history, a), second = elements_of(history, b);
  if (objects == Objects::sets) return sorted(first) == sorted(second);
  return std::equal(first.begin(), first.end(), second.begin(), second.end());
}

}  // namespace tribunal
