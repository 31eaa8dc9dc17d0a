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

Space make_register(const History& history, const ModelOptions& options) {
  RegisterModel model;
  model.history = &history;
  model.initial = options.initial;
  model.nil_fits_all = options.nil == NilRead::any;
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

Space make_multi_register(const History& history, const ModelOptions& options) {
  const Value initial = options.initial;
  MultiRegisterModel model;
  model.history = &history;
  model.nil_fits_all = options.nil == NilRead::any;
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

void require_transactions(const History& history, const ModelOptions& options) {
  make_multi_register(history, options);
  for (const Operation& operation : history.operations) require_actions(history, operation);
}

Space make_key_value(const History& history, const ModelOptions& options) {
  KeyValueModel model;
  model.history = &history;
  model.initial = KeyValueModel::text(history, options.initial);
  model.get = named(history, "get");
  model.put = named(history, "put");
  return space_of(model);
}

Space make_counter(const History& history, const ModelOptions& options) {
  const Value initial = options.initial;
  if (!initial.is_nil() && !initial.is_integer())
    refuse_initial(history, initial, "a counter starts as a whole number");
  return space_of(CounterModel{{}, initial.is_nil() ? 0 : initial.as_integer()});
}

void require_numbers(const History& history, const ModelOptions& options) {
  make_counter(history, options);
  for (const Operation& operation : history.operations) {
    if (operation.function == Function::read || operation.value.is_integer()) continue;
    throw Error(Blame::usage,
                fmt::format("a counter cannot add {} (event {})",
                            history.values.show(operation.value), operation.began),
                "add whole numbers, negative ones to count down");
  }
}

template <class Model>
Space make_list(const History& history, const ModelOptions& options) {
  const Value initial = options.initial;
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
Space make_lock(const History& history, const ModelOptions& options) {
  if (!options.initial.is_nil())
    refuse_initial(history, options.initial, "a lock is free at first: no initial");
  return space_of(Model{});
}

// The model can start so: it is made once before any key is.
template <auto make>
void require_start(const History& history, const ModelOptions& options) {
  make(history, options);
}

}  // namespace

const std::vector<ModelKind>& model_kinds() {
  using Zones = ModelKind::Zones;
  static const std::vector<ModelKind> all = {
      {.name = "register",
       .functions = {"read", "write"},
       .observers = {"read"},
       .make = make_register,
       .require = require_start<make_register>,
       .zones = Zones::registers,
       .nil_option = true},
      {.name = "cas-register",
       .functions = {"read", "write", "cas"},
       .observers = {"read", "cas"},
       .make = make_register,
       .require = require_start<make_register>,
       .zones = Zones::registers,
       .nil_option = true},
      {.name = "multi-register",
       .functions = {"txn"},
       .observers = {"txn"},
       .make = make_multi_register,
       .require = require_transactions,
       .nil_option = true},
      {.name = "key-value",
       .functions = {"get", "put", "append"},
       .observers = {"get"},
       .make = make_key_value,
       .require = require_start<make_key_value>,
       .zones = Zones::map},
      {.name = "mutex",
       .functions = {"acquire", "release"},
       .observers = {"acquire"},
       .make = make_lock<MutexModel>,
       .require = require_start<make_lock<MutexModel>>},
      {.name = "reentrant-mutex",
       .functions = {"acquire", "release"},
       .observers = {"acquire"},
       .make = make_lock<ReentrantMutexModel>,
       .require = require_start<make_lock<ReentrantMutexModel>>},
      {.name = "fenced-mutex",
       .functions = {"acquire", "release"},
       .observers = {"acquire"},
       .make = make_lock<FencedMutexModel>,
       .require = require_start<make_lock<FencedMutexModel>>},
      {.name = "counter",
       .functions = {"add", "read"},
       .observers = {"read"},
       .make = make_counter,
       .require = require_numbers,
       .monitor = monitor_counter,
       .starts_at_zero = true},
      {.name = "set",
       .functions = {"add", "remove", "read"},
       .observers = {"read"},
       .make = make_list<SetModel>,
       .require = require_start<make_list<SetModel>>,
       .monitor = monitor_set},
      {.name = "fifo-queue",
       .functions = {"enqueue", "dequeue"},
       .observers = {"dequeue"},
       .make = make_list<FifoQueueModel>,
       .require = require_start<make_list<FifoQueueModel>>,
       .monitor = monitor_queue},
      {.name = "unordered-queue",
       .functions = {"enqueue", "dequeue"},
       .observers = {"dequeue"},
       .make = make_list<UnorderedQueueModel>,
       .require = require_start<make_list<UnorderedQueueModel>>},
      {.name = "stack",
       .functions = {"push", "pop"},
       .observers = {"pop"},
       .make = make_list<StackModel>,
       .require = require_start<make_list<StackModel>>,
       .monitor = monitor_stack,
       .nil_is_empty = true},
      {.name = "priority-queue",
       .functions = {"enqueue", "dequeue"},
       .observers = {"dequeue"},
       .make = make_list<PriorityQueueModel>,
       .require = require_start<make_list<PriorityQueueModel>>,
       .monitor = monitor_priority_queue,
       .nil_is_empty = true},
      {.name = "log",
       .functions = {"append", "read"},
       .observers = {"read"},
       .make = make_list<LogModel>,
       .require = require_start<make_list<LogModel>>},
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
