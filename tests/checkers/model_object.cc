#include "tests/checkers/model_object.h"

#include <algorithm>

#include "tests/checkers/brute_force.h"

namespace tribunal {
namespace {

Function named(const std::string& name, History& history) {
  for (std::size_t i = 0; i < function_names.size(); ++i) {
    if (function_names[i] == name) return static_cast<Function>(i);
  }
  auto found = std::find(history.functions.begin(), history.functions.end(), name);
  if (found == history.functions.end()) {
    history.functions.push_back(name);
    found = history.functions.end() - 1;
  }
  return static_cast<Function>(static_cast<std::ptrdiff_t>(Function::first_unnamed) +
                               (found - history.functions.begin()));
}

Value some(Random& random) { return Value::integer(random.between(1, 3)); }

bool is_queue(const std::string& model) { return model.find("queue") != std::string::npos; }
bool is_lock(const std::string& model) { return model.find("mutex") != std::string::npos; }

std::string text(const std::vector<Value>& digits) {
  std::string text;
  for (const Value digit : digits) text += std::to_string(digit.as_integer());
  return text;
}

std::vector<Value> digits(Value value, const History& history) {
  std::vector<Value> digits;
  if (value.is_nil()) return digits;
  for (const char c : history.values.text_of(value)) digits.push_back(Value::integer(c - '0'));
  return digits;
}

// Where the next element comes out.
std::size_t exit_of(const std::string& model, const std::vector<Value>& state) {
  if (model == "fifo-queue") return 0;
  if (model == "stack") return state.size() - 1;
  return static_cast<std::size_t>(std::max_element(state.begin(), state.end()) - state.begin());
}

bool fits_lock(ModelObject& lock, const Operation& operation) {
  auto& state = lock.state;  // owner, how often, fence
  const bool owned = lock.model != "mutex";
  const Value me = Value::integer(operation.process), free = Value::integer(-1);
  const auto held = state[1].as_integer();
  if (operation.function == Function::release) {
    if (held == 0 || (owned && state[0] != me)) return false;
    state[1] = Value::integer(held - 1);
    if (held == 1) state[0] = free;
    return true;
  }
  if (held != 0 && (lock.model != "reentrant-mutex" || state[0] != me)) return false;
  if (lock.model == "fenced-mutex" && !operation.value.is_nil()) {
    if (operation.value <= state[2]) return false;
    state[2] = operation.value;
  }
  state[0] = me;
  state[1] = Value::integer(held + 1);
  return true;
}

bool fits_container(ModelObject& container, const Operation& operation) {
  auto& state = container.state;
  if (operation.function == Function::enqueue || operation.function == Function::push) {
    state.push_back(operation.value);
    return true;
  }
  if (container.model == "unordered-queue") {
    const auto found = std::find(state.begin(), state.end(), operation.value);
    if (found == state.end()) return !operation.ok() && operation.value.is_nil();
    state.erase(found);
    return true;
  }
  const bool anything = !operation.ok() && operation.value.is_nil();
  if (state.empty()) return operation.value.is_nil() && container.model != "fifo-queue";
  const auto exit = static_cast<std::ptrdiff_t>(exit_of(container.model, state));
  if (!anything && state[static_cast<std::size_t>(exit)] != operation.value) return false;
  state.erase(state.begin() + exit);
  return true;
}

bool fits_register(std::vector<Value>& state, const Operation& operation) {
  if (operation.function == Function::read)
    return operation.value.is_nil() || operation.value == state[0];
  if (operation.function == Function::cas && operation.value != state[0]) return false;
  state[0] = operation.function == Function::cas ? operation.to : operation.value;
  return true;
}

bool fits_transaction(std::vector<Value>& state, const Operation& operation,
                      const History& history) {
  std::vector<Value> after = state;
  for (const Value action : history.values.elements(operation.value)) {
    const auto words = history.values.elements(action);
    Value& held = after[static_cast<std::size_t>(words[1].as_integer())];
    if (history.values.text_of(words[0]) == "w") {
      held = words[2];
    } else if (!words[2].is_nil() && words[2] != held) {
      return false;
    }
  }
  state = after;
  return true;
}

Value whole(const ModelObject& object, History& history) {
  std::vector<Value> elements = object.state;
  if (object.model == "set") std::reverse(elements.begin(), elements.end());
  return history.values.list(elements);
}

bool fits_whole(const ModelObject& object, const Operation& operation, const History& history) {
  std::vector<Value> read, held = object.state;
  if (!operation.value.is_nil()) {
    const auto elements = history.values.elements(operation.value);
    read.assign(elements.begin(), elements.end());
  }
  if (object.model == "set") {
    std::sort(read.begin(), read.end());
    std::sort(held.begin(), held.end());
  }
  return read == held;
}

}  // namespace

ModelObject ModelObject::fresh(const std::string& model, const History&) {
  ModelObject object{model, {}};
  const Value zero = Value::integer(0);
  if (model == "register" || model == "cas-register") object.state = {Value::nil()};
  if (model == "multi-register") object.state = {Value::nil(), Value::nil(), Value::nil()};
  if (model == "counter") object.state = {zero};
  if (is_lock(model)) object.state = {Value::integer(-1), zero, zero};
  return object;
}

bool ModelObject::fits(const Operation& operation, const History& history) {
  if (is_lock(model)) return fits_lock(*this, operation);
  if (is_queue(model) || model == "stack") return fits_container(*this, operation);
  if (model == "multi-register") return fits_transaction(state, operation, history);
  if (model == "key-value") {
    const std::string name = history.function_name(operation.function);
    const std::vector<Value> argument = digits(operation.value, history);
    if (name == "get") return argument == state;
    if (name == "put") state.clear();
    state.insert(state.end(), argument.begin(), argument.end());
    return true;
  }
  if (model == "counter") {
    if (operation.function == Function::read) return operation.value == state[0];
    state[0] = Value::integer(state[0].as_integer() + operation.value.as_integer());
    return true;
  }
  if (model == "set" || model == "log") {
    if (operation.function == Function::read) return fits_whole(*this, operation, history);
    const bool repeated = model == "log";
    const auto found = std::find(state.begin(), state.end(), operation.value);
    if (operation.function == Function::remove && found != state.end()) state.erase(found);
    if (operation.function != Function::remove && (repeated || found == state.end()))
      state.push_back(operation.value);
    return true;
  }
  return fits_register(state, operation);
}

Operation ModelObject::call(Random& random, History& history) const {
  Operation operation;
  const auto pick = [&](const std::vector<std::string>& names) {
    operation.function = named(random.pick(names), history);
  };
  if (is_lock(model)) {
    pick({"acquire", "release"});
    return operation;
  }
  operation.value = some(random);
  if (is_queue(model)) pick({"enqueue", "dequeue"});
  if (model == "stack") pick({"push", "pop"});
  if (model == "counter") pick({"add", "read"});
  if (model == "set") pick({"add", "add", "remove", "read", "read"});
  if (model == "log") pick({"append", "read"});
  if (model == "register") pick({"read", "write"});
  if (model == "cas-register") pick({"read", "write", "cas"});
  operation.to = operation.function == Function::cas ? some(random) : Value::nil();
  if (model == "key-value") {
    pick({"get", "put", "append"});
    operation.value = history.values.text(std::to_string(random.between(1, 3)));
  }
  if (model == "multi-register") {
    pick({"txn"});
    std::vector<Value> actions;
    for (std::uint64_t i = 0; i <= random.below(2); ++i) {
      const bool writes = random.below(2) == 0;
      actions.push_back(history.values.list(std::vector<Value>{
          history.values.text(writes ? "w" : "r"), Value::integer(random.between(1, 2)),
          writes ? some(random) : Value::nil()}));
    }
    operation.value = history.values.list(actions);
  }
  return operation;
}

bool ModelObject::answer(Operation& operation, History& history) {
  const std::string name = history.function_name(operation.function);
  if (model == "multi-register") {
    std::vector<Value> actions;
    for (const Value action : history.values.elements(operation.value)) {
      const auto words = history.values.elements(action);
      const auto key = static_cast<std::size_t>(words[1].as_integer());
      if (history.values.text_of(words[0]) == "w") {
        state[key] = words[2];
        actions.push_back(action);
      } else {
        actions.push_back(history.values.list(std::vector<Value>{words[0], words[1], state[key]}));
      }
    }
    operation.value = history.values.list(actions);
    return true;
  }
  if (name == "get") operation.value = history.values.text(text(state));
  if (name == "read") {
    const bool list = model == "set" || model == "log";
    operation.value = list ? whole(*this, history) : state[0];
  }
  if (name == "acquire" && model == "fenced-mutex")
    operation.value = Value::integer(state[2].as_integer() + 1);
  if (name == "dequeue" || name == "pop") {
    if (state.empty()) return false;
    operation.value = state[exit_of(model, state)];
  }
  operation.outcome = Outcome::ok;
  return fits(operation, history);
}

namespace {

bool place_next(const std::vector<Operation>& operations, std::vector<bool>& placed,
                const ModelObject& object, const History& history) {
  bool complete = true;
  std::uint32_t deadline = Operation::never;  // all that ends before something begins goes first
  for (std::size_t i = 0; i < operations.size(); ++i) {
    if (placed[i] || operations[i].ended == Operation::never) continue;
    complete = false;
    deadline = std::min(deadline, operations[i].ended);
  }
  if (complete) return true;
  for (std::size_t i = 0; i < operations.size(); ++i) {
    if (placed[i] || operations[i].began > deadline) continue;
    ModelObject after = object;
    if (!after.fits(operations[i], history)) continue;
    placed[i] = true;
    if (place_next(operations, placed, after, history)) return true;
    placed[i] = false;
  }
  return false;
}

std::vector<Operation> until(const History& history, std::uint32_t event) {
  std::vector<Operation> operations;
  for (Operation operation : history.operations) {
    if (operation.began > event || operation.outcome == Outcome::failed) continue;
    if (operation.ended > event)
      operation.ended = Operation::never;  // may take effect, as answered
    operations.push_back(operation);
  }
  return operations;
}

bool possible_until(const std::string& model, const History& history, std::uint32_t event) {
  const std::vector<Operation> operations = until(history, event);
  std::vector<bool> placed(operations.size(), false);
  return place_next(operations, placed, ModelObject::fresh(model, history), history);
}

// An answer like the true one, but another.
void bend(const ModelObject& object, Operation& operation, Random& random, History& history) {
  const std::string name = history.function_name(operation.function);
  if (name == "acquire") operation.value = some(random);
  if (name == "get")
    operation.value = history.values.text(random.below(2) == 0 ? "1" : text(object.state) + "2");
  if (name == "dequeue" || name == "pop")
    operation.value = random.below(4) == 0 ? Value::nil() : some(random);
  if (name == "read" && object.model != "set" && object.model != "log")
    operation.value = some(random);
  if (name == "read" && (object.model == "set" || object.model == "log")) {
    std::vector<Value> elements = object.state;
    if (elements.empty() || random.below(2) == 0)
      elements.push_back(some(random));
    else
      elements.pop_back();
    operation.value = history.values.list(elements);
  }
  if (name == "txn") {
    operation.value = history.values.list(std::vector<Value>{history.values.list(std::vector<Value>{
        history.values.text("r"), Value::integer(random.between(1, 2)), some(random)})});
  }
}

}  // namespace

bool linearizable_by_all_orders(const std::string& model, const History& history) {
  return possible_until(model, history, Operation::never - 1);
}

std::uint32_t first_impossible_event_of(const std::string& model, const History& history) {
  std::uint32_t event = 0;
  while (possible_until(model, history, event)) ++event;
  return event;
}

History random_model_history(const std::string& model, std::size_t operations,
                             std::size_t processes, Random& random) {
  constexpr std::size_t none = SIZE_MAX;
  History history;
  ModelObject object = ModelObject::fresh(model, history);
  std::vector<std::size_t> running(processes, none);
  std::vector<Operation> answers;
  enum class Effect { open, took, refused };
  std::vector<Effect> effects;
  auto fresh = static_cast<std::uint32_t>(processes);
  std::vector<std::uint32_t> names(processes);
  for (std::size_t i = 0; i < processes; ++i) names[i] = static_cast<std::uint32_t>(i);
  const auto busy = [&] {
    return std::any_of(running.begin(), running.end(), [](std::size_t one) { return one != none; });
  };
  while (history.operations.size() < operations || busy()) {
    const std::size_t process = random.below(processes);
    const std::size_t place = running[process];
    if (place == none) {
      if (history.operations.size() == operations) continue;
      Operation operation = object.call(random, history);
      operation.process = names[process];
      operation.began = history.events++;
      running[process] = history.operations.size();
      history.operations.push_back(operation);
      answers.push_back(operation);
      effects.push_back(Effect::open);
      continue;
    }
    const std::uint64_t chance = random.below(20);
    if (effects[place] == Effect::open && chance < 12) {
      ModelObject before = object;
      const bool took = object.answer(answers[place], history);
      if (!took) object = before;
      const bool bent = random.below(4) == 0;  // what it had to refuse is granted, too
      effects[place] = took || bent ? Effect::took : Effect::refused;
      if (bent) bend(before, answers[place], random, history);
      continue;
    }
    running[process] = none;
    Operation& operation = history.operations[place];
    const bool lost = chance >= 18 || (effects[place] == Effect::open && chance >= 14);
    if (effects[place] == Effect::took && !lost) {
      operation.value = answers[place].value;
      operation.outcome = Outcome::ok;
      operation.ended = history.events++;
    } else if (lost) {
      const std::string name = history.function_name(operation.function);
      if (name == "read" || name == "get" || name == "dequeue" || name == "pop")
        operation.value = Value::nil();
      names[process] = fresh++;
    } else {
      operation.outcome = Outcome::failed;
      operation.ended = history.events++;
    }
  }
  return history;
}

}  // namespace tribunal
