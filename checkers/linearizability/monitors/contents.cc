#include "checkers/linearizability/monitors/contents.h"

#include <fmt/core.h>

#include <algorithm>

#include "checkers/flat_index.h"

namespace tribunal {
namespace {

class Gathering {
 public:
  Gathering(const History& history, ContainerFunctions functions, Contents& contents)
      : history_(history), functions_(functions), contents_(contents) {}

  MonitorFinding gather(std::span<const std::uint32_t> operations, Watch& watch) {
    // index, elements, removals in order of invocation
    if (!watch.affords(operations.size() * 40)) return {MonitorFinding::spent, "", {}};
    finding_.result = MonitorFinding::linearizable;
    index_.reset(operations.size() / 2 + 1);
    contents_.elements.reserve(operations.size() / 2 + 1);
    removals_.reserve(operations.size() / 2 + 1);
    constexpr std::size_t ahead = 16;  // one object's operations are far apart in the history
    for (std::size_t i = 0; i < operations.size(); ++i) {
      if (watch.spent()) return {MonitorFinding::spent, "", {}};
      if (i + ahead < operations.size())
        __builtin_prefetch(&history_.operations[operations[i + ahead]]);
      if (!take(operations[i], history_.operations[operations[i]])) return finding_;
    }
    if (!match()) return finding_;
    close();
    return finding_;
  }

 private:
  struct Removal {
    Value value;
    Event began, ended;
    std::uint32_t place;
  };

  bool take(std::uint32_t place, const Operation& operation) {
    if (operation.outcome == Outcome::failed) return true;
    contents_.end = std::max(contents_.end, operation.began + 1);
    if (operation.ok()) contents_.end = std::max(contents_.end, operation.ended + 1);
    if (operation.function == functions_.insert) return take_insert(place, operation);
    if (operation.function != functions_.remove) {
      if (operation.function == Function::read && !operation.ok()) return true;
      return end(MonitorFinding::not_applicable,
                 fmt::format("{} is no operation that this monitor knows",
                             history_.function_name(operation.function)),
                 {place});
    }
    if (!operation.ok()) {
      contents_.removals.push_back(place);
    } else if (operation.value.is_nil()) {
      contents_.empties.push_back(place);
    } else {
      removals_.push_back({operation.value, operation.began, operation.ended, place});
    }
    return true;
  }

  bool take_insert(std::uint32_t place, const Operation& operation) {
    if (operation.value.is_nil())
      return end(MonitorFinding::not_applicable, "null was inserted, which says empty", {place});
    const std::uint32_t id = index_.number(operation.value);
    if (id != contents_.elements.size()) {
      return end(MonitorFinding::not_applicable,
                 fmt::format("{} was inserted twice", history_.values.show(operation.value)),
                 {contents_.elements[id].in, place});
    }
    contents_.elements.push_back({operation.began,
                                  operation.ok() ? operation.ended : Operation::never,
                                  Operation::never, Operation::never, place, Stay::nobody});
    return true;
  }

  bool match() {
    for (const Removal& removal : removals_) {
      const std::uint32_t id = index_.find(removal.value);
      if (id == FlatIndex::none) {
        return end(MonitorFinding::violated,
                   fmt::format("{} came out but was never inserted", show(removal)),
                   {removal.place});
      }
      Stay& element = contents_.elements[id];
      if (!element.left()) {
        return end(MonitorFinding::violated,
                   fmt::format("{} came out twice but was inserted once", show(removal)),
                   {element.in, element.out, removal.place});
      }
      if (removal.ended < element.in_began) {
        return end(MonitorFinding::violated,
                   fmt::format("{} came out before its insertion began", show(removal)),
                   {removal.place, element.in});
      }
      element.out_began = removal.began;
      element.out_ended = removal.ended;
      element.out = removal.place;
    }
    return true;
  }

  // Leaves out what need not have happened; what is left inside comes out after everything.
  void close() {
    std::erase_if(contents_.elements, [](const Stay& element) {
      return element.left() && element.in_ended == Operation::never;
    });
    for (Stay& element : contents_.elements) {
      if (element.left()) element.out_began = contents_.end;
    }
  }

  std::string show(const Removal& removal) const { return history_.values.show(removal.value); }

  bool end(MonitorFinding::Result result, std::string why, std::vector<std::uint32_t> witness) {
    finding_ = {result, std::move(why), std::move(witness)};
    return false;
  }

  const History& history_;
  const ContainerFunctions functions_;
  Contents& contents_;
  FlatIndex index_;
  std::vector<Removal> removals_;
  MonitorFinding finding_;
};

}  // namespace

MonitorFinding gather(const History& history, std::span<const std::uint32_t> operations,
                      ContainerFunctions functions, Watch& watch, Contents& contents) {
  return Gathering(history, functions, contents).gather(operations, watch);
}

}  // namespace tribunal
