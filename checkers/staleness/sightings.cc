#include "checkers/staleness/sightings.h"

#include <algorithm>
#include <numeric>
#include <string_view>
#include <utility>

#include "checkers/flat_index.h"
#include "checkers/none.h"

namespace tribunal {
namespace {

constexpr std::size_t most_kinds = 16;
constexpr std::size_t bytes_an_operation = 64;

class Gatherer {
 public:
  Gatherer(const History& history, Watch& watch, Sightings& out)
      : history_(history), watch_(watch), out_(out) {}

  bool gather();

 private:
  void note_faults();
  void note_fault_times();
  void note_shown();
  void note_deletes();
  std::uint32_t order_of(std::uint32_t place, const SessionStep& step) const;
  void sort_writes();
  void sort_reads();

  const History& history_;
  Watch& watch_;
  Sightings& out_;
  std::vector<std::uint16_t> faults_;  // by operation
  std::vector<SessionStep> steps_;     // by operation, session none: it does not count
};

bool Gatherer::gather() {
  if (!watch_.affords(out_.versions.bytes() + history_.operations.size() * bytes_an_operation))
    return false;
  note_faults();
  note_fault_times();
  if (watch_.look()) return false;
  note_shown();
  steps_.assign(history_.operations.size(), SessionStep{none, none, none, none, none, none});
  for (const SessionStep& step : out_.versions.steps) steps_[step.operation] = step;
  out_.sessions = out_.versions.sessions();
  note_deletes();
  if (watch_.look()) return false;
  sort_writes();
  if (watch_.look()) return false;
  sort_reads();
  return !watch_.look();
}

// Which kinds of fault lasted when each operation began.
void Gatherer::note_faults() {
  faults_.assign(history_.operations.size(), 0);
  std::vector<int> lasting;
  auto event = history_.faults.begin();
  std::uint16_t now = 0;
  for (std::size_t i = 0; i < history_.operations.size(); ++i) {
    for (; event != history_.faults.end() && event->index < history_.operations[i].began; ++event) {
      if (!event->starts && !event->stops) continue;
      auto kind = std::find(out_.kinds.begin(), out_.kinds.end(), event->name);
      if (kind == out_.kinds.end()) {
        if (!event->starts || out_.kinds.size() == most_kinds) continue;
        kind = out_.kinds.insert(kind, event->name);
        lasting.push_back(0);
      }
      const auto which = static_cast<std::size_t>(kind - out_.kinds.begin());
      lasting[which] = std::max(0, lasting[which] + (event->starts ? 1 : -1));
      const auto bit = static_cast<std::uint16_t>(1U << which);
      now = static_cast<std::uint16_t>(lasting[which] > 0 ? now | bit : now & ~bit);
    }
    faults_[i] = now;
  }
}

void Gatherer::note_fault_times() {
  std::vector<std::pair<std::string_view, int>> lasting;  // by kind
  int in_all = 0;
  for (const FaultEvent& event : history_.faults) {
    if (!event.starts && !event.stops) continue;
    auto kind = std::find_if(lasting.begin(), lasting.end(),
                             [&](const auto& one) { return one.first == event.name; });
    if (kind == lasting.end()) kind = lasting.insert(kind, {event.name, 0});
    const int before = in_all, change = event.starts ? 1 : kind->second > 0 ? -1 : 0;
    kind->second += change;
    in_all += change;
    if (before == 0 && in_all > 0) out_.fault_times.push_back({event.time, INT64_MAX});
    if (before > 0 && in_all == 0) out_.fault_times.back().to = event.time;
  }
}

void Gatherer::note_shown() {
  out_.shown_by.assign(out_.versions.writes.size(), none);
  const auto show = [this](std::uint32_t version, std::uint32_t place) {
    if (version == none || out_.versions.initial(version)) return;
    std::uint32_t& by = out_.shown_by[version];
    if (by == none || history_.operations[place].ended < history_.operations[by].ended) by = place;
  };
  for (const SessionStep& step : out_.versions.steps) {
    if (!history_.operations[step.operation].ok()) continue;
    show(step.wrote, step.operation);
    show(step.read, step.operation);
  }
}

// A delete is no version, but a write like any other where real time gives the order.
void Gatherer::note_deletes() {
  FlatIndex keys, processes;
  for (std::uint32_t i = 0; i < history_.operations.size(); ++i) {
    const Operation& operation = history_.operations[i];
    if (operation.function != Function::del || !operation.ok()) continue;
    if (keys.size() == 0) {
      keys.reset(out_.keys());
      processes.reset(out_.sessions);
      for (const Value key : out_.versions.keys) keys.number(key);
      for (const std::uint32_t process : out_.versions.processes)
        processes.number(Value::integer(process));
    }
    const std::uint32_t key = keys.find(operation.key);
    if (out_.versions.ranked[key]) continue;
    steps_[i] = {i, processes.number(Value::integer(operation.process)), none, key, none, none};
  }
  out_.sessions = std::max(out_.sessions, processes.size());
}

std::uint32_t Gatherer::order_of(std::uint32_t place, const SessionStep& step) const {
  if (out_.versions.ranked[step.key]) return out_.versions.ranks[step.wrote];
  return history_.operations[place].began + 1;
}

void Gatherer::sort_writes() {
  std::vector<std::uint32_t> by_end(history_.events, none);
  out_.write_starts.assign(out_.keys() + 1, 0);
  for (std::uint32_t i = 0; i < steps_.size(); ++i) {
    const Operation& operation = history_.operations[i];
    const bool writes = steps_[i].wrote != none || operation.function == Function::del;
    if (steps_[i].session == none || !operation.ok() || !writes) continue;
    by_end[operation.ended] = i;
    ++out_.write_starts[steps_[i].key + 1];
  }
  std::partial_sum(out_.write_starts.begin(), out_.write_starts.end(), out_.write_starts.begin());
  out_.writes.resize(out_.write_starts.back());
  std::vector<std::uint32_t> next(out_.write_starts.begin(), out_.write_starts.end() - 1);
  for (const std::uint32_t i : by_end) {
    if (i == none) continue;
    const Operation& operation = history_.operations[i];
    const SessionStep& step = steps_[i];
    out_.writes[next[step.key]++] = {operation.completed_at, i,
                                     operation.ended,        order_of(i, step),
                                     step.session,           operation.node};
  }
}

void Gatherer::sort_reads() {
  out_.read_starts.assign(out_.keys() + 1, 0);
  const auto measured = [this](std::size_t i) {
    return history_.operations[i].function == Function::read && history_.operations[i].ok() &&
           steps_[i].session != none && steps_[i].read != none;
  };
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    out_.ok_reads +=
        history_.operations[i].function == Function::read && history_.operations[i].ok();
    if (measured(i)) ++out_.read_starts[steps_[i].key + 1];
  }
  std::partial_sum(out_.read_starts.begin(), out_.read_starts.end(), out_.read_starts.begin());
  out_.reads.resize(out_.read_starts.back());
  std::vector<std::uint32_t> next(out_.read_starts.begin(), out_.read_starts.end() - 1);
  for (std::uint32_t i = 0; i < steps_.size(); ++i) {
    if (!measured(i)) continue;
    const Operation& operation = history_.operations[i];
    const SessionStep& step = steps_[i];
    std::uint32_t beyond = 0;
    if (!out_.versions.initial(step.read)) {
      const std::uint32_t by = out_.shown_by[step.read];
      beyond = out_.versions.ranked[step.key] ? out_.versions.ranks[step.read]
                                              : history_.operations[by].ended + 1;
    }
    if (!out_.versions.ranked[step.key]) out_.by_real_time = true;
    out_.reads[next[step.key]++] = {operation.invoked_at, i,         operation.began, beyond,
                                    step.session,         step.read, operation.node,  faults_[i]};
  }
}

}  // namespace

bool Sightings::calm(std::int64_t from, std::int64_t to) const {
  const auto next =
      std::partition_point(fault_times.begin(), fault_times.end(),
                           [from](const FaultTime& fault) { return fault.to < from; });
  return next == fault_times.end() || next->from > to;
}

bool find_sightings(const History& history, Value initial, Watch& watch, Sightings& sightings) {
  if (!read_versions(history, initial, watch, sightings.versions)) return false;
  if (sightings.versions.repeated) return true;
  return Gatherer(history, watch, sightings).gather();
}

}  // namespace tribunal
