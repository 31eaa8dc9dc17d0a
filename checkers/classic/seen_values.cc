#include "checkers/classic/seen_values.h"

#include <fmt/core.h>

#include "checkers/classic/judging.h"

namespace tribunal {
namespace {

struct Transaction {
  const History& history;
  const Operation& operation;
  const std::string& checker;

  [[noreturn]] void refuse() const {
    refuse_value(history, operation,
                 checker + " knows transactions that only read, or only write one register",
                 R"(write them as [["r", register, value], ...] or [["w", register, value]])");
  }

  SeenKind take(std::vector<SeenPair>& pairs) const {
    const Values& values = history.values;
    if (operation.value.is_nil()) return SeenKind::other;  // what it did was not said
    if (!values.is_list(operation.value)) refuse();
    SeenKind kind = SeenKind::read;
    for (const Value action : values.elements(operation.value)) {
      if (!values.is_list(action) || values.elements(action).size() != 3) refuse();
      const auto words = values.elements(action);
      if (!values.is_text(words[0])) refuse();
      const std::string_view name = values.text_of(words[0]);
      if (name == "w") kind = SeenKind::write;
      if (name != "w" && name != "r") refuse();
      pairs.push_back({words[1], words[2]});
    }
    if (kind == SeenKind::write && pairs.size() != 1) refuse();
    return kind;
  }
};

}  // namespace

SeenKind take_seen(const History& history, const Operation& operation, const std::string& checker,
                   std::vector<SeenPair>& pairs) {
  pairs.clear();
  if (operation.function == Function::txn)
    return Transaction{history, operation, checker}.take(pairs);
  require_function(history, operation, checker,
                   {Function::txn, Function::write, Function::add, Function::read});
  if (operation.function != Function::read) {
    pairs.push_back({Value::nil(), operation.value});
    return SeenKind::write;
  }
  if (!operation.ok() || operation.value.is_nil()) return SeenKind::read;
  if (!history.values.is_list(operation.value)) {
    refuse_value(history, operation, "a read for " + checker + " returns the values it saw",
                 "a history of registers is for linearizable-register");
  }
  for (const Value value : history.values.elements(operation.value))
    pairs.push_back({Value::nil(), value});
  return SeenKind::read;
}

}  // namespace tribunal
