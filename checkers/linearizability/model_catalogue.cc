#include "checkers/linearizability/model_catalogue.h"

#include <fmt/core.h>

#include "checkers/linearizability/interned_space.h"
#include "checkers/linearizability/models/counter.h"
#include "checkers/linearizability/models/key_value.h"
#include "checkers/linearizability/models/log.h"
#include "checkers/linearizability/models/multi_register.h"
#include "checkers/linearizability/models/mutex.h"
#include "checkers/linearizability/models/queue.h"
#include "checkers/linearizability/models/register.h"
#include "checkers/linearizability/models/set.h"
#include "checkers/linearizability/models/stack.h"
#include "harness/record/error.h"

namespace tribunal {
namespace {

using Space = std::unique_ptr<StateSpace>;

[[noreturn]] void refuse_initial(const History& history, Value initial, const std::string& fix) {
  throw Error(Blame::usage,
              fmt::format("the model cannot start as {}", history.values.show(initial)), fix);
}

template <class Model>
Space space_of(Model model) {
  return std::make_unique<InternedSpace<Model>>(std::move(model));
}

Space make_register(const History& history, Value initial) {
  RegisterModel model;
  model.history = &history;
  model.initial = initial;
  model.nil_fits_all = true;
  return space_of(model);
}

void require_actions(const History& history, const Operation& operation) {
  const auto refuse = [&] {
    throw Error(Blame::usage,
                fmt::format("the transaction {} (event {}) is no list of reads and writes",
                            history.values.show(operation.value), operation.began),
                "write it as [[\"r\", key, value], [\"w\", key, value]]");
  };
  if (operation.value.is_nil() && !operation.ok()) return;
  if (!history.values.is_list(operation.value)) refuse();
  for (const Value action : history.values.elements(operation.value)) {
    if (!history.values.is_list(action)) refuse();
    const auto words = history.values.elements(action);
    if (words.size() != 3 || !history.values.is_text(words[0])) refuse();
    const std::string_view name = history.values.text_of(words[0]);
    if (name != "r" && name != "read" && name != "w" && name != "write") refuse();
  }
}

Space make_multi_register(const History& history, Value initial) {
  for (const Operation& operation : history.operations) require_actions(history, operation);
  MultiRegisterModel model;
  model.history = &history;
  if (!history.values.is_list(initial)) {
    model.every_key = initial;
    return space_of(model);
  }
  std::vector<std::pair<Value, Value>> pairs;
  for (const Value pair : history.values.elements(initial)) {
    if (!history.values.is_list(pair) || history.values.elements(pair).size() != 2)
      refuse_initial(history, initial, "[[key, value], [key, value]], or one value for all keys");
    pairs.emplace_back(history.values.elements(pair)[0], history.values.elements(pair)[1]);
  }
  std::sort(pairs.begin(), pairs.end());
  for (const auto& [key, value] : pairs) model.initial.insert(model.initial.end(), {key, value});
  return space_of(model);
}

Function named(const History& history, std::string_view name) {
  for (std::size_t i = 0; i < history.functions.size(); ++i) {
    if (history.functions[i] == name)
      return static_cast<Function>(static_cast<std::size_t>(Function::first_unnamed) + i);
  }
  return static_cast<Function>(UINT8_MAX);  // no operation has it
}

Space make_key_value(const History& history, Value initial) {
  KeyValueModel model;
  model.history = &history;
  model.initial = KeyValueModel::text(history, initial);
  model.get = named(history, "get");
  model.put = named(history, "put");
  return space_of(model);
}

Space make_counter(const History& history, Value initial) {
  if (!initial.is_nil() && !initial.is_integer())
    refuse_initial(history, initial, "a counter starts as a whole number");
  for (const Operation& operation : history.operations) {
    if (operation.function == Function::read || operation.value.is_integer()) continue;
    throw Error(Blame::usage,
                fmt::format("a counter cannot add {} (event {})",
                            history.values.show(operation.value), operation.began),
                "add whole numbers, negative ones to count down");
  }
  return space_of(CounterModel{{}, initial.is_nil() ? 0 : initial.as_integer()});
}

template <class Model>
Space make_list(const History& history, Value initial) {
  Model model;
  model.history = &history;
  if (history.values.is_list(initial)) {
    const auto elements = history.values.elements(initial);
    model.initial.assign(elements.begin(), elements.end());
  } else if (!initial.is_nil()) {
    refuse_initial(history, initial, "it starts as a list: --initial '[1, 2]'");
  }
  constexpr bool sorted = std::is_same_v<Model, SetModel> ||
                          std::is_same_v<Model, UnorderedQueueModel> ||
                          std::is_same_v<Model, PriorityQueueModel>;
  if (sorted) std::sort(model.initial.begin(), model.initial.end());
  return space_of(std::move(model));
}

template <class Model>
Space make_lock(const History& history, Value initial) {
  if (!initial.is_nil()) refuse_initial(history, initial, "a lock is free at first: no initial");
  return space_of(Model{});
}

}  // namespace

const std::vector<ModelKind>& model_kinds() {
  static const std::vector<ModelKind> all = {
      {"register", {"read", "write"}, {"read"}, make_register, {}, false},
      {"cas-register", {"read", "write", "cas"}, {"read", "cas"}, make_register, {}, false},
      {"multi-register", {"txn"}, {"txn"}, make_multi_register, {}, false},
      {"key-value", {"get", "put", "append"}, {"get"}, make_key_value, {}, false},
      {"mutex", {"acquire", "release"}, {"acquire"}, make_lock<MutexModel>, {}, false},
      {"reentrant-mutex",
       {"acquire", "release"},
       {"acquire"},
       make_lock<ReentrantMutexModel>,
       {},
       false},
      {"fenced-mutex", {"acquire", "release"}, {"acquire"}, make_lock<FencedMutexModel>, {}, false},
      {"counter", {"add", "read"}, {"read"}, make_counter, {}, false},
      {"set", {"add", "remove", "read"}, {"read"}, make_list<SetModel>, {}, false},
      {"fifo-queue",
       {"enqueue", "dequeue"},
       {"dequeue"},
       make_list<FifoQueueModel>,
       monitor_queue,
       false},
      {"unordered-queue",
       {"enqueue", "dequeue"},
       {"dequeue"},
       make_list<UnorderedQueueModel>,
       {},
       false},
      {"stack", {"push", "pop"}, {"pop"}, make_list<StackModel>, monitor_stack, true},
      {"priority-queue",
       {"enqueue", "dequeue"},
       {"dequeue"},
       make_list<PriorityQueueModel>,
       monitor_priority_queue,
       true},
      {"log", {"append", "read"}, {"read"}, make_list<LogModel>, {}, false},
  };
  return all;
}

const ModelKind& model_kind(const std::string& name) {
  std::string names;
  for (const ModelKind& kind : model_kinds()) {
    if (kind.name == name) return kind;
    names += (names.empty() ? "" : ", ") + kind.name;
  }
  throw Error(
      Blame::usage,
      name.empty() ? "linearizable needs a model" : "there is no model called '" + name + "'",
      "model=NAME, one of: " + names);
}

}  // namespace tribunal
