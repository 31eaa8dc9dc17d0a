#include "checkers/linearizability/map_zones.h"

#include <algorithm>

namespace tribunal {
namespace {

// The first completion up to which there is a flaw.
std::uint32_t first_flawed(const History& history, std::span<const std::uint32_t> operations,
                           RegisterZones& zones, Watch& watch) {
  std::uint32_t low = 0, high = 0;
  for (const std::uint32_t place : operations) {
    const Operation& operation = history.operations[place];
    high = std::max(high, operation.ok() ? operation.ended : operation.began);
  }
  while (low < high && !watch.look()) {
    const std::uint32_t middle = low + (high - low) / 2;
    const bool sound = zones.judge(operations, watch, middle).flaw == Flaw::none;
    (sound ? low : high) = sound ? middle + 1 : middle;
  }
  return high;
}

}  // namespace

std::optional<RegisterCalls> map_calls(const History& history, Value initial, Watch& watch) {
  RegisterCalls calls;
  calls.cas = calls.read = static_cast<Function>(UINT8_MAX);
  calls.write = static_cast<Function>(UINT8_MAX);
  for (std::size_t i = 0; i < UINT8_MAX; ++i) {
    const auto function = static_cast<Function>(i);
    if (history.function_name(function) == "get") calls.read = function;
    if (history.function_name(function) == "put") calls.write = function;
  }
  bool texts = false, others = false;
  const auto look = [&](Value value) {
    if (value.is_nil()) return;
    const bool text = history.values.is_text(value);
    (text ? texts : others) = true;
    if (text && calls.nothing.is_nil() && history.values.text_of(value).empty())
      calls.nothing = value;
  };
  look(initial);
  for (const Operation& operation : history.operations) {
    if (watch.spent()) return {};
    look(operation.value);
  }
  if (texts && others) return {};
  return calls;
}

bool only_gets_and_puts(const History& history, std::span<const std::uint32_t> operations,
                        const RegisterCalls& calls) {
  return std::all_of(operations.begin(), operations.end(), [&](std::uint32_t place) {
    const Function function = history.operations[place].function;
    return function == calls.read || function == calls.write;
  });
}

std::vector<std::uint32_t> zones_witness(const History& history,
                                         std::span<const std::uint32_t> operations,
                                         const RegisterCalls& calls, RegisterZones& zones,
                                         Watch& watch) {
  const std::uint32_t event = first_flawed(history, operations, zones, watch);
  const ZoneFinding finding = zones.judge(operations, watch, event);
  if (finding.flaw == Flaw::none || finding.flaw == Flaw::spent) return {};
  std::vector<std::uint32_t> witness;
  std::vector<Value> values;
  const auto take = [&](std::uint32_t place, Value value) {
    witness.push_back(place);
    values.push_back(value);
  };
  for (const std::uint32_t place : operations) {
    const Operation& operation = history.operations[place];
    if (operation.outcome == Outcome::failed) continue;
    const Moment began = moment(operation.began), ended = moment(operation.ended);
    const bool over = operation.ok() && operation.ended <= event;
    const bool nowhere = finding.flaw == Flaw::nowhere && operation.value == finding.value;
    const bool begins = began == finding.first_last || began == finding.second_last;
    const bool ends = over && (ended == finding.first_end || ended == finding.second_end);
    if ((nowhere && over) || (finding.flaw != Flaw::nowhere && (begins || ends)))
      take(place, operation.value);
  }
  for (const std::uint32_t place : operations) {
    const Operation& operation = history.operations[place];
    if (operation.function == calls.write && operation.outcome != Outcome::failed &&
        std::find(values.begin(), values.end(), operation.value) != values.end()) {
      witness.push_back(place);
    }
  }
  std::sort(witness.begin(), witness.end());
  witness.erase(std::unique(witness.begin(), witness.end()), witness.end());
  return witness;
}

}  // namespace tribunal
