#include "tests/checkers/hard_history.h"

#include <algorithm>

#include "harness/record/random.h"
#include "tests/checkers/model_object.h"

namespace tribunal {
namespace {

Function named(const std::string& name, History& history) {
  for (std::size_t i = 0; i < function_names.size(); ++i) {
    if (function_names[i] == name) return static_cast<Function>(i);
  }
  const auto found = std::find(history.functions.begin(), history.functions.end(), name);
  const auto place = found - history.functions.begin();
  if (found == history.functions.end()) history.functions.push_back(name);
  return static_cast<Function>(static_cast<std::ptrdiff_t>(Function::first_unnamed) + place);
}

Value pair_list(History& history, const std::string& kind, std::int64_t key, std::int64_t value) {
  const std::vector<Value> action = {history.values.text(kind), Value::integer(key),
                                     Value::integer(value)};
  const std::vector<Value> actions = {history.values.list(action)};
  return history.values.list(actions);
}

struct Change {
  std::string function;
  Value value, to;
};

// The n-th change of an object, and the answer that is never right.
Change change_of(const std::string& model, std::uint32_t n, History& history) {
  const Value number = Value::integer(n);
  if (model == "register") return {"write", Value::integer(n % 5), {}};
  if (model == "cas-register") return {"cas", Value::integer(n % 5), Value::integer(n / 5 % 5)};
  if (model == "multi-register") return {"txn", pair_list(history, "w", n, n), {}};
  if (model == "key-value") return {"append", history.values.text(std::to_string(n)), {}};
  if (model == "counter") return {"add", Value::integer(std::int64_t{1} << n % 48), {}};
  if (model == "set") return {"add", number, {}};
  if (model == "log") return {"append", number, {}};
  if (model == "stack") return {"push", Value::integer(n / 2), {}};
  if (model.ends_with("queue")) return {"enqueue", Value::integer(n / 2), {}};
  return {n % 2 == 0 ? "acquire" : "release", {}, {}};
}

Change wrong_answer(const std::string& model, std::uint32_t open, History& history) {
  const Value beyond = Value::integer(open + 1'000);
  const std::vector<Value> list = {beyond};
  if (model == "multi-register") return {"txn", pair_list(history, "r", 0, open + 1'000), {}};
  if (model == "key-value") return {"get", history.values.text("x"), {}};
  if (model == "set" || model == "log") return {"read", history.values.list(list), {}};
  if (model == "counter") return {"read", Value::integer(-1), {}};
  if (model == "stack") return {"pop", beyond, {}};
  if (model.ends_with("queue")) return {"dequeue", beyond, {}};
  if (model.ends_with("mutex")) return {"acquire", Value::integer(-1), {}};
  return {"read", beyond, {}};
}

}  // namespace

History all_orders_needed(const std::string& model, std::uint32_t open) {
  History history;
  for (std::uint32_t i = 0; i <= open; ++i) {
    const bool last = i == open;
    const Change change = last ? wrong_answer(model, open, history) : change_of(model, i, history);
    Operation operation;
    operation.function = named(change.function, history);
    operation.outcome = Outcome::ok;
    operation.value = change.value;
    operation.to = change.to;
    operation.process = i;
    operation.began = i;
    operation.ended = last ? open + 1 : open + 2 + i;
    history.operations.push_back(operation);
  }
  history.events = 2 * open + 3;
  return history;
}

History few_values(const std::string& model, std::uint32_t operations, std::uint32_t open) {
  Random random(open);
  return random_model_history(model, operations, open, random);
}

}  // namespace tribunal
