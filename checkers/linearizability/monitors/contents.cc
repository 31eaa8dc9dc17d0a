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
    // index and elements
    if (!watch.affords(operations.size() * 32)) return {MonitorFinding::spent, "", {}};
    finding_.result = MonitorFinding::linearizable;
    index_.reset(operations.size() / 2 + 1);
    contents_.elements.reserve(operations.size() / 2 + 1);
    constexpr std::size_t ahead = 16;  // one object's operations are far apart in the history
    for (std::size_t i = 0; i < operations.size(); ++i) {
      if (watch.spent()) return {MonitorFinding::spent, "", {}};
      if (i + ahead < operations.size())
        __builtin_prefetch(&history_.operations[operations[i + ahead]]);
      if (!take(operations[i], history_.operations[operations[i]])) return finding_;
    }
    for (const Removal& removal : early_) match(removal);
    if (finding_.result == MonitorFinding::linearizable) close();
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
      const Removal removal{operation.value, operation.began, operation.ended, place};
      const std::uint32_t id = index_.find(operation.value);
      if (id == FlatIndex::none) {
        early_.push_back(removal);
      } else {
        match(removal, id);
      }
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

  void match(const Removal& removal) {
    const std::uint32_t id = index_.find(removal.value);
    if (id != FlatIndex::none) {
      match(removal, id);
    } else {
      accuse(fmt::format("{} came out but was never inserted", show(removal)), {removal.place});
    }
  }

  void match(const Removal& removal, std::uint32_t id) {
    Stay& element = contents_.elements[id];
    if (!element.left()) {
      accuse(fmt::format("{} came out twice but was inserted once", show(removal)),
             {element.in, element.out, removal.place});
      return;
    }
    if (removal.ended < element.in_began) {
      accuse(fmt::format("{} came out before its insertion began", show(removal)),
             {removal.place, element.in});
      return;
    }
    element.out_began = removal.began;
    element.out_ended = removal.ended;
    element.out = removal.place;
  }

  // Leaves out what need not have happened; what is left inside comes out after everything.
  void close() {
    std::size_t kept = 0;
    for (Stay& element : contents_.elements) {
      if (element.left()) {
        if (element.in_ended == Operation::never) continue;
        element.out_began = contents_.end;
      }
      contents_.elements[kept++] = element;
    }
    contents_.elements.erase(contents_.elements.begin() + static_cast<std::ptrdiff_t>(kept),
                             contents_.elements.end());
  }

  std::string show(const Removal& removal) const { return history_.values.show(removal.value); }

  // Of a violation; the first one counts, but a premise that does not hold counts more.
  void accuse(std::string why, std::vector<std::uint32_t> witness) {
    if (finding_.result == MonitorFinding::linearizable)
      finding_ = {MonitorFinding::violated, std::move(why), std::move(witness)};
  }

  bool end(MonitorFinding::Result result, std::string why, std::vector<std::uint32_t> witness) {
    finding_ = {result, std::move(why), std::move(witness)};
    return false;
  }

  const History& history_;
  const ContainerFunctions functions_;
  Contents& contents_;
  FlatIndex index_;
  std::vector<Removal> early_;  // that began before their values' insertions, if there were any
  MonitorFinding finding_;
};

}  // namespace

MonitorFinding gather(const History& history, std::span<const std::uint32_t> operations,
                      ContainerFunctions functions, Watch& watch, Contents& contents) {
  return Gathering(history, functions, contents).gather(operations, watch);
}

}  // namespace tribunal
