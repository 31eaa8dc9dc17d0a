// How fast staleness and convergence judge registers of a replicated store that lags: 50 sessions
// at three nodes, by operations, keys and the share of reads that lag; checking alone, without
// reading the file. Usage: staleness_bench [most operations]
#include <fmt/core.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <vector>

#include "checkers/convergence/convergence.h"
#include "checkers/staleness/staleness.h"
#include "harness/record/random.h"

namespace tribunal {
namespace {

constexpr std::size_t sessions = 50, nodes = 3;

struct Shape {
  std::size_t operations, keys;
  unsigned lagging_percent;  // of reads, by up to 20 versions
};

void end(History& history, std::size_t place, std::int64_t now) {
  Operation& operation = history.operations[place];
  operation.ended = history.events++;
  operation.completed_at = now;
  operation.outcome = Outcome::ok;
}

// Each session has a call open at most times; four of ten are writes.
History lagging_history(const Shape& shape, std::uint64_t seed) {
  Random random(seed);
  History history;
  for (std::size_t node = 1; node <= nodes; ++node)
    history.nodes.push_back("n" + std::to_string(node));
  std::vector<std::size_t> open(sessions, SIZE_MAX);
  std::vector<std::vector<std::int64_t>> held(shape.keys);
  std::int64_t now = 0, last = 0;
  while (history.operations.size() < shape.operations) {
    now += random.between(1, 40'000);
    const std::size_t session = random.below(sessions);
    if (open[session] != SIZE_MAX) {
      Operation& call = history.operations[open[session]];
      auto& values = held[static_cast<std::size_t>(call.key.as_integer())];
      if (call.function == Function::write) values.push_back(call.value.as_integer());
      if (call.function == Function::read && !values.empty()) {
        const bool lags = random.below(100) < shape.lagging_percent;
        const std::size_t behind =
            lags ? random.below(std::min<std::size_t>(20, values.size())) : 0;
        call.value = Value::integer(values[values.size() - 1 - behind]);
      }
      end(history, open[session], now);
      open[session] = SIZE_MAX;
      continue;
    }
    Operation call;
    call.function = random.below(10) < 4 ? Function::write : Function::read;
    call.key = Value::integer(static_cast<std::int64_t>(random.below(shape.keys)));
    if (call.function == Function::write) call.value = Value::integer(++last);
    call.process = static_cast<std::uint32_t>(session);
    call.node = static_cast<std::uint16_t>(1 + random.below(nodes));
    call.began = history.events++;
    call.invoked_at = now;
    open[session] = history.operations.size();
    history.operations.push_back(call);
  }
  for (const std::size_t place : open) {
    if (place == SIZE_MAX) continue;
    Operation& call = history.operations[place];
    if (call.function == Function::read) call.outcome = Outcome::failed;
  }
  history.faults.push_back({now, history.events++, -1, false, false, "last-look", ""});
  for (std::size_t key = 0; key < shape.keys; ++key) {
    for (std::size_t node = 1; node <= nodes && !held[key].empty(); ++node) {
      Operation read;
      read.key = Value::integer(static_cast<std::int64_t>(key));
      read.value = Value::integer(held[key].back());
      read.process = sessions + static_cast<std::uint32_t>(node);
      read.node = static_cast<std::uint16_t>(node);
      read.began = history.events++;
      read.invoked_at = now += 1000;
      history.operations.push_back(read);
      end(history, history.operations.size() - 1, now += 1000);
    }
  }
  return history;
}

void measure_one(const char* name, const Shape& shape, const History& history,
                 Verdict (*check)(const History&, const CheckOptions&, const Budget&)) {
  double best = 1e9;
  Verdict verdict;
  for (int round = 0; round < 3; ++round) {
    const std::clock_t started = std::clock();  // both run on one thread
    verdict = check(history, {}, Budget{});
    best = std::min(best, static_cast<double>(std::clock() - started) / CLOCKS_PER_SEC);
  }
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  fmt::print("{:<12} {:>9} {:>6} {:>8}% {:>9.4f} {:>9.2f} {:>8}  {}\n", name, shape.operations,
             shape.keys, shape.lagging_percent, best,
             static_cast<double>(shape.operations) / best / 1e6, usage.ru_maxrss / 1024,
             name_of(verdict.judgement));
  std::fflush(stdout);
}

}  // namespace
}  // namespace tribunal

int main(int argc, char** argv) {
  const std::size_t most = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
  fmt::print("{:<12} {:>9} {:>6} {:>9} {:>9} {:>9} {:>8}\n", "checker", "ops", "keys", "lagging",
             "CPU s", "Mops/s", "peak MB");
  for (std::size_t operations = 10'000; operations <= most; operations *= 10) {
    for (const std::size_t keys : {1, 1000}) {
      for (const unsigned lagging : {0u, 5u, 50u}) {
        const tribunal::Shape shape{operations, keys, lagging};
        const tribunal::History history = tribunal::lagging_history(shape, 7);
        tribunal::measure_one("staleness", shape, history, tribunal::check_staleness);
        tribunal::measure_one("convergence", shape, history, tribunal::check_convergence);
      }
    }
  }
}
