#include "checkers/convergence/last_look.h"

#include <algorithm>

namespace tribunal {
namespace {

constexpr std::string_view record_name = "last-look";

void find_times(const History& history, LastLook& look) {
  look.began_at = look.ended_at = 0;
  for (const FaultEvent& event : history.faults) {
    if (event.index >= look.begins) {
      if (event.index == look.begins) look.began_at = event.time;
      break;
    }
    if (event.stops && event.name != record_name) look.healed_at = event.time;
  }
  for (const Operation& operation : history.operations) {
    if (operation.began < look.begins) continue;
    if (look.began_at == 0) look.began_at = operation.invoked_at;
    if (operation.ended != Operation::never)
      look.ended_at = std::max(look.ended_at, operation.completed_at);
  }
}

void find_replicas(const History& history, LastLook& look) {
  std::vector<bool> called(history.nodes.size(), false);
  for (const Operation& operation : history.operations) called[operation.node] = true;
  for (std::size_t node = 1; node < called.size(); ++node) {
    if (called[node]) look.replicas.push_back(static_cast<std::uint16_t>(node));
  }
}

}  // namespace

std::size_t LastLook::answered(std::uint32_t key) const {
  const auto row = of(key);
  return static_cast<std::size_t>(std::count_if(
      row.begin(), row.end(), [](const Holding& one) { return one.read != Holding::none; }));
}

const Holding& LastLook::any(std::uint32_t key) const {
  const auto row = of(key);
  return *std::find_if(row.begin(), row.end(),
                       [](const Holding& one) { return one.read != Holding::none; });
}

const Holding* LastLook::other(const History& history, Objects objects, std::uint32_t key) const {
  const Value first = history.operations[any(key).read].value;
  for (const Holding& one : of(key)) {
    if (one.read != Holding::none &&
        !same_answer(history, objects, first, history.operations[one.read].value))
      return &one;
  }
  return nullptr;
}

std::optional<std::uint32_t> last_look_event(const History& history) {
  for (const FaultEvent& event : history.faults) {
    if (event.name == record_name && !event.stops) return event.index;
  }
  return std::nullopt;
}

bool look_last(const History& history, Objects objects, std::uint32_t begins, Watch& watch,
               LastLook& look) {
  look.begins = begins;
  find_times(history, look);
  find_replicas(history, look);
  if (!by_key(history, watch, look.keys)) return false;
  look.holdings.assign(look.keys.size() * look.replicas.size(), {});
  std::vector<std::size_t> column(history.nodes.size(), 0);
  for (std::size_t i = 0; i < look.replicas.size(); ++i) column[look.replicas[i]] = i;
  std::vector<std::uint32_t> latest(look.replicas.size());
  for (std::uint32_t key = 0; key < look.keys.size(); ++key) {
    std::fill(latest.begin(), latest.end(), Holding::none);
    for (const std::uint32_t place : look.keys.of(key)) {
      if (watch.spent()) return false;
      const Operation& read = history.operations[place];
      if (read.function != Function::read || !read.ok() || read.node == 0) continue;
      Holding& holding = look.holdings[key * look.replicas.size() + column[read.node]];
      std::uint32_t& before = latest[column[read.node]];
      const bool same = before != Holding::none &&
                        same_answer(history, objects, history.operations[before].value, read.value);
      before = place;
      if (!same) holding.since = place;
      if (read.began < begins) continue;
      holding.changed |= holding.answers > 0 && !same;
      ++holding.answers;
      holding.read = place;
    }
  }
  return true;
}

}  // namespace tribunal
