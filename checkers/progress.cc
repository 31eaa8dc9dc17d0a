#include "checkers/progress.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <vector>

#include "checkers/exhibits.h"
#include "checkers/flat_index.h"
#include "checkers/options.h"
#include "checkers/watch.h"

namespace tribunal {
namespace {

struct Totals {
  std::uint64_t acknowledged = 0, failed = 0, unknown = 0;
  std::uint64_t reads = 0;  // acknowledged

  void count(const Operation& operation) {
    acknowledged += operation.ok();
    failed += operation.outcome == Outcome::failed;
    unknown += operation.outcome == Outcome::unknown;
    reads += operation.ok() && operation.function == Function::read;
  }
};

struct KeyActivity {
  std::uint64_t acknowledged = 0;
  std::uint32_t busy_until = 0;  // latest completion so far
  bool concurrent = false;
};

// A fault from its start to its stop, in places of the order of events.
struct Window {
  std::string name;
  std::int32_t fault = -1;
  std::uint32_t from = 0, to = Operation::never;
  std::uint64_t invoked = 0, acknowledged = 0, failed = 0, unknown = 0;
  bool closed = false;

  std::string title() const { return fault < 0 ? name : fmt::format("{} (fault {})", name, fault); }
};

std::vector<Window> windows_of(const History& history) {
  std::vector<Window> windows;
  for (const FaultEvent& event : history.faults) {
    if (event.starts) windows.push_back({event.name, event.fault, event.index});
    if (!event.stops) continue;
    for (auto window = windows.rbegin(); window != windows.rend(); ++window) {
      const bool same =
          event.fault >= 0 ? window->fault == event.fault : window->name == event.name;
      if (!same || window->closed) continue;
      window->to = event.index;
      window->closed = true;
      break;
    }
  }
  return windows;
}

class Tally {
 public:
  Tally(const History& history, const Budget& budget) : history_(history), watch_(budget, 1) {}

  bool count();  // false: the budget is spent
  Totals totals;
  std::size_t processes = 0, silent_processes = 0;
  std::size_t keys = 0, silent_keys = 0, concurrent_keys = 0;
  std::vector<Window> windows;

 private:
  bool count_operations();
  void count_windows();

  const History& history_;
  Watch watch_;
};

bool Tally::count() {
  if (!count_operations()) return false;
  windows = windows_of(history_);
  if (!windows.empty()) count_windows();
  return !watch_.look();
}

bool Tally::count_operations() {
  FlatIndex key_numbers, process_numbers;
  key_numbers.reset(64);
  process_numbers.reset(64);
  std::vector<KeyActivity> by_key;
  std::vector<std::uint64_t> by_process;
  for (const Operation& operation : history_.operations) {
    if (watch_.spent()) return false;
    totals.count(operation);
    const std::uint32_t key = key_numbers.number(operation.key);
    const std::uint32_t process = process_numbers.number(Value::integer(operation.process));
    by_key.resize(key_numbers.size());
    by_process.resize(process_numbers.size());
    by_process[process] += operation.ok();
    by_key[key].acknowledged += operation.ok();
    by_key[key].concurrent |= operation.began < by_key[key].busy_until;
    if (operation.ended != Operation::never)
      by_key[key].busy_until = std::max(by_key[key].busy_until, operation.ended);
  }
  const auto silent = [](std::uint64_t acknowledged) { return acknowledged == 0; };
  processes = by_process.size();
  silent_processes =
      static_cast<std::size_t>(std::count_if(by_process.begin(), by_process.end(), silent));
  keys = by_key.size();
  for (const KeyActivity& key : by_key) {
    silent_keys += key.acknowledged == 0;
    concurrent_keys += key.concurrent;
  }
  return true;
}

void Tally::count_windows() {
  std::vector<std::uint32_t> invoked, acknowledged, failed, unknown;
  for (const Operation& operation : history_.operations) {
    invoked.push_back(operation.began);
    if (operation.ok()) acknowledged.push_back(operation.ended);
    if (operation.outcome == Outcome::failed) failed.push_back(operation.ended);
    if (operation.outcome == Outcome::unknown) unknown.push_back(operation.began);
  }
  for (auto* events : {&acknowledged, &failed}) std::sort(events->begin(), events->end());
  for (Window& window : windows) {
    const auto within = [&window](const std::vector<std::uint32_t>& events) {
      return static_cast<std::uint64_t>(
          std::lower_bound(events.begin(), events.end(), window.to) -
          std::upper_bound(events.begin(), events.end(), window.from));
    };
    window.invoked = within(invoked);
    window.acknowledged = within(acknowledged);
    window.failed = within(failed);
    window.unknown = within(unknown);
  }
}

// What is missing, each in words; empty if nothing is.
std::vector<std::string> shortfalls(const Tally& tally, const CheckOptions& options) {
  std::vector<std::string> missing;
  const auto require = [&](std::uint64_t least, std::uint64_t had, const std::string& what) {
    if (had < least)
      missing.push_back(fmt::format("{} acknowledged {} where {} are asked for", grouped(had), what,
                                    grouped(least)));
  };
  const Totals& totals = tally.totals;
  require(count(options, "acknowledged", 100), totals.acknowledged, "calls");
  require(count(options, "acknowledged-reads", 20), totals.reads, "reads");
  require(count(options, "acknowledged-writes", 20), totals.acknowledged - totals.reads,
          "calls other than reads");
  const bool asked = options.more.contains("acknowledged-per-window");
  const std::uint64_t least = count(options, "acknowledged-per-window", 1);
  std::size_t unmet = 0;
  for (const Window& window : tally.windows) {
    unmet += window.invoked == 0;
    if (asked) require(least, window.acknowledged, "calls during " + window.title());
  }
  if (unmet != 0 && unmet == tally.windows.size())
    missing.push_back("no call was made while any fault lasted");
  return missing;
}

void add_figures(const Tally& tally, Verdict& verdict) {
  const Totals& totals = tally.totals;
  auto& figures = verdict.figures;
  figures = {{"acknowledged", grouped(totals.acknowledged)},
             {"acknowledged reads", grouped(totals.reads)},
             {"acknowledged writes", grouped(totals.acknowledged - totals.reads)},
             {"failed", grouped(totals.failed)},
             {"unknown", grouped(totals.unknown)},
             {"processes", fmt::format("{}, {} without an acknowledged call",
                                       grouped(tally.processes), grouped(tally.silent_processes))},
             {"keys", fmt::format("{}, {} without an acknowledged call, {} with concurrent calls",
                                  grouped(tally.keys), grouped(tally.silent_keys),
                                  grouped(tally.concurrent_keys))}};
  for (const Window& window : tally.windows) {
    figures.emplace_back("during " + window.title(),
                         window.invoked + window.acknowledged + window.failed == 0
                             ? "no call was made"
                             : fmt::format("{} invoked, {} acknowledged, {} failed, {} unknown",
                                           grouped(window.invoked), grouped(window.acknowledged),
                                           grouped(window.failed), grouped(window.unknown)));
  }
}

void conclude(const Tally& tally, const CheckOptions& options, Verdict& verdict) {
  const std::vector<std::string> missing = shortfalls(tally, options);
  verdict.judgement = missing.empty() ? Judgement::satisfied : Judgement::vacuous;
  verdict.reason =
      missing.empty() ? fmt::format("{} calls acknowledged, {} of them reads",
                                    grouped(tally.totals.acknowledged), grouped(tally.totals.reads))
                      : "";
  for (const std::string& one : missing)
    verdict.reason += (verdict.reason.empty() ? "" : "; ") + one;
  for (const Window& window : tally.windows) {
    if (window.invoked == 0)
      verdict.reason += fmt::format("; no call was made during {}", window.title());
  }
}

}  // namespace

Verdict check_progress(const History& history, const CheckOptions& options, const Budget& budget) {
  require_known(options);
  const auto started = std::chrono::steady_clock::now();
  Verdict verdict;
  verdict.checker = "progress";
  verdict.algorithm = "counting";
  Tally tally(history, budget);
  if (tally.count()) {
    verdict.operations = history.operations.size();
    verdict.keys = tally.keys;
    add_figures(tally, verdict);
    conclude(tally, options, verdict);
  } else {
    verdict.reason = "the budget was spent before all calls were counted";
  }
  verdict.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  return verdict;
}

}  // namespace tribunal
