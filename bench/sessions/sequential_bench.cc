// A hundred hard histories: in how many it is decided in time whether they are sequential.
// Usage: sequential_bench [operations [seconds for each [part of a name]]]
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <string>

#include "bench/sessions/sequential_history.h"
#include "checkers/sequential/sequential.h"

namespace tribunal {
namespace {

struct Tally {
  std::size_t satisfied = 0, violated = 0, undecided = 0, most_shown = 0;
  double longest = 0;

  void count(const Verdict& verdict) {
    satisfied += verdict.judgement == Judgement::satisfied;
    violated += verdict.judgement == Judgement::violated;
    undecided += verdict.judgement == Judgement::inconclusive;
    longest = std::max(longest, verdict.seconds);
    for (const Evidence& evidence : verdict.evidence)
      most_shown = std::max(most_shown, evidence.exhibits.size());
  }
};

Verdict judge(const SequentialHistoryShape& shape, std::uint64_t seconds) {
  Random random = Random::stream(11, "sequential", shape.keys * 100 + shape.write_percent);
  const History history = sequential_history(shape, random);
  Budget budget;
  budget.deadline = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  return check_sequential(history, {}, budget);
}

void measure(SequentialHistoryShape shape, std::uint64_t seconds, const std::string& part,
             Tally& all) {
  const std::string name(store_names[static_cast<std::size_t>(shape.store)]);
  if (name.find(part) == std::string::npos) return;
  Tally tally;
  for (const std::size_t keys : {1, 2, 5, 20, 100}) {
    for (const unsigned writes : {20, 40, 60, 80}) {
      shape.keys = keys;
      shape.write_percent = writes;
      const Verdict verdict = judge(shape, seconds);
      tally.count(verdict);
      all.count(verdict);
      if (std::getenv("EACH") == nullptr) continue;
      fmt::print("{}, {} keys, {} % writes: {}, {:.2f} s: {}; {}\n", name, keys, writes,
                 name_of(verdict.judgement), verdict.seconds, verdict.reason,
                 verdict.figures.back().second);
    }
  }
  fmt::print("| {} | {} | {} | {} | {:.2f} | {} |\n", name, tally.satisfied, tally.violated,
             tally.undecided, tally.longest, tally.most_shown);
  std::fflush(stdout);
}

}  // namespace
}  // namespace tribunal

int main(int argc, char** argv) {
  tribunal::SequentialHistoryShape shape;
  if (argc > 1) shape.operations = std::strtoull(argv[1], nullptr, 10);
  const std::uint64_t seconds = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 10;
  const std::string part = argc > 3 ? argv[3] : "";
  fmt::print("| store | satisfied | violated | undecided | longest, s | operations shown |\n");
  fmt::print("|---|---|---|---|---|---|\n");
  tribunal::Tally all;
  using Store = tribunal::SequentialHistoryShape::Store;
  for (const Store store :
       {Store::in_order, Store::by_session, Store::shuffled, Store::store_buffer, Store::swapped}) {
    shape.store = store;
    tribunal::measure(shape, seconds, part, all);
  }
  fmt::print("| all | {} | {} | {} | {:.2f} | {} |\n", all.satisfied, all.violated, all.undecided,
             all.longest, all.most_shown);
}
