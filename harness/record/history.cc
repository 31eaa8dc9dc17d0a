#include "harness/record/history.h"

namespace tribunal {

std::string History::function_name(Function function) const {
  if (function < Function::first_unnamed) return std::string(name_of(function));
  const auto place =
      static_cast<std::size_t>(function) - static_cast<std::size_t>(Function::first_unnamed);
  return place < functions.size() ? functions[place] : std::string(name_of(function));
}

std::string History::show(const Operation& operation) const {
  std::string shown = function_name(operation.function);
  if (!operation.key.is_nil()) shown += " " + values.show(operation.key);
  switch (operation.function) {
    case Function::read:
      if (operation.ok()) shown += " -> " + values.show(operation.value);
      break;
    case Function::cas:
      shown += " " + values.show(operation.value) + " -> " + values.show(operation.to);
      break;
    default:
      if (!operation.value.is_nil()) shown += " " + values.show(operation.value);
  }
  return shown;
}

}  // namespace tribunal
