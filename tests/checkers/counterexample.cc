#include "tests/checkers/counterexample.h"

#include <algorithm>

#include "tests/checkers/model_object.h"

namespace tribunal {
namespace {

bool place_next(const std::vector<Operation>& operations, std::uint32_t placed,
                const ModelObject& object, const History& history) {
  std::uint32_t deadline = Operation::never;  // all that ends before something begins goes first
  for (std::size_t i = 0; i < operations.size(); ++i) {
    if ((placed >> i & 1) == 0) deadline = std::min(deadline, operations[i].ended);
  }
  if (deadline == Operation::never) return true;
  for (std::size_t i = 0; i < operations.size(); ++i) {
    if ((placed >> i & 1) != 0 || operations[i].began > deadline) continue;
    ModelObject after = object;
    if (after.fits(operations[i], history) &&
        place_next(operations, placed | 1u << i, after, history))
      return true;
  }
  return false;
}

}  // namespace

History shown_by(const Evidence& evidence, const History& history) {
  History shown;
  shown.functions = history.functions;
  shown.events = history.events;
  for (const Exhibit& exhibit : evidence.exhibits) {
    const auto found =
        std::find_if(history.operations.begin(), history.operations.end(),
                     [&](const Operation& one) { return one.began == exhibit.began; });
    Operation operation = *found;
    operation.ended = exhibit.ended;
    if (exhibit.outcome == "unknown") operation.outcome = Outcome::unknown;
    if (operation.outcome == Outcome::failed) continue;
    if (operation.outcome == Outcome::unknown) operation.ended = Operation::never;
    shown.operations.push_back(operation);
  }
  return shown;
}

bool impossible(const History& history, const std::string& model, Value initial) {
  ModelObject object = ModelObject::fresh(model, history);
  if (!initial.is_nil()) std::fill(object.state.begin(), object.state.end(), initial);
  std::vector<Operation> operations = history.operations;
  std::erase_if(operations, [](const Operation& one) { return one.outcome == Outcome::failed; });
  return !place_next(operations, 0, object, history);
}

bool impossible_by_itself(const Evidence& evidence, const History& history,
                          const std::string& model, Value initial) {
  ModelObject object = ModelObject::fresh(model, history);
  if (!initial.is_nil()) std::fill(object.state.begin(), object.state.end(), initial);
  return !place_next(shown_by(evidence, history).operations, 0, object, history);
}

}  // namespace tribunal
