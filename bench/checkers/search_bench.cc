// How fast the general search judges registers with five repeated values, and how much memory it
// holds, with and without a value from outside near the end. Usage: search_bench [seconds a case]
#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>

#include "bench/histories/register_history.h"
#include "checkers/linearizability/entries.h"
#include "checkers/linearizability/linearizable.h"
#include "checkers/linearizability/model_catalogue.h"

namespace tribunal {
namespace {

// A read near the end answers the value whose writes were all over longest before it began.
void make_stale(History& history) {
  auto& all = history.operations;
  const std::size_t from = all.size() * 9 / 10;
  std::size_t worst = from;
  std::uint32_t longest = 0;
  Value stale;
  for (std::size_t i = from; i < all.size(); ++i) {
    if (all[i].function != Function::read || !all[i].ok()) continue;
    for (std::int64_t value = 0; value < 5; ++value) {
      std::uint32_t last = 0;
      for (const Operation& write : all) {
        if (write.function == Function::write && write.value == Value::integer(value) &&
            write.began < all[i].ended) {
          last = std::max(last, std::min(write.ended, all[i].ended));
        }
      }
      const std::uint32_t gap = all[i].began > last ? all[i].began - last : 0;
      if (gap <= longest) continue;
      longest = gap;
      worst = i;
      stale = Value::integer(value);
    }
  }
  all[worst].value = stale;
}

struct Case {
  std::size_t operations, concurrency;
  unsigned unknown_percent;
  bool stale;
};

void measure(const Case& one, double seconds) {
  RegisterHistoryShape shape{one.operations, one.concurrency, one.unknown_percent, 1, false};
  History history = register_history(shape, 7);
  if (one.stale) make_stale(history);
  Budget budget;
  budget.deadline = std::chrono::steady_clock::now() +
                    std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
  const Verdict verdict =
      check_linearizable(history, {Value::nil(), {{"model", "register"}}}, budget);
  const auto space = model_kind("register").make(history, Value::nil());
  std::vector<std::uint32_t> places;
  for (std::uint32_t i = 0; i < history.operations.size(); ++i) places.push_back(i);
  const std::vector<Entry> entries = entries_of(history, *space, places);
  Watch watch(budget, 1);
  SearchTask task;
  task.entries = entries;
  const SearchResult result = search(*space, task, watch);
  fmt::print("{:>9} {:>5} {:>7}% {:>6} {:>9.4f} {:>10} {:>9.1f} {:>9}  {}\n", one.operations,
             one.concurrency, one.unknown_percent, one.stale ? "stale" : "", verdict.seconds,
             result.steps, static_cast<double>(result.bytes) / 1e6,
             verdict.evidence.empty() ? 0 : verdict.evidence[0].exhibits.size(),
             name_of(verdict.judgement));
  std::fflush(stdout);
}

}  // namespace
}  // namespace tribunal

int main(int argc, char** argv) {
  const double seconds = argc > 1 ? std::strtod(argv[1], nullptr) : 20;
  fmt::print("{:>9} {:>5} {:>8} {:>6} {:>9} {:>10} {:>9} {:>9}\n", "ops", "conc", "unknown", "",
             "seconds", "steps", "MB", "exhibits");
  for (const auto& [operations, concurrency] :
       {std::pair{1'000, 10}, {1'000, 25}, {1'000, 50}, {10'000, 10}, {10'000, 25}, {10'000, 50}}) {
    for (const unsigned unknown : {0u, 1u}) {
      for (const bool stale : {false, true}) {
        tribunal::measure({static_cast<std::size_t>(operations),
                           static_cast<std::size_t>(concurrency), unknown, stale},
                          seconds);
      }
    }
  }
}
