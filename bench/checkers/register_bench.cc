// How fast linearizable-register judges valid histories, by operations, concurrency, lost answers
// and keys; checking alone, without reading. Usage: register_bench [most operations]
#include <fmt/core.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <new>
#include <vector>

#include "bench/histories/register_history.h"
#include "checkers/linearizability/linearizable_register.h"

namespace {

std::atomic<std::size_t> held{0}, peak{0};  // bytes from operator new

void* take(std::size_t size) {
  auto* block = static_cast<std::size_t*>(std::malloc(size + 16));
  if (block == nullptr) throw std::bad_alloc();
  *block = size;
  const std::size_t now = held += size;
  for (std::size_t most = peak; now > most && !peak.compare_exchange_weak(most, now);) {
  }
  return block + 2;
}

void give_back(void* place) {
  if (place == nullptr) return;
  auto* block = static_cast<std::size_t*>(place) - 2;
  held -= *block;
  std::free(block);
}

}  // namespace

void* operator new(std::size_t size) { return take(size); }
void operator delete(void* place) noexcept { give_back(place); }
void operator delete(void* place, std::size_t) noexcept { give_back(place); }

namespace tribunal {
namespace {

void measure(const RegisterHistoryShape& shape) {
  const History history = register_history(shape, 7);
  double best = 1e9;
  std::size_t most = 0;
  Verdict verdict;
  for (int round = 0; round < 3; ++round) {
    const std::size_t before = held;
    peak = before;
    Budget budget;
    budget.deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    verdict = check_linearizable_register(history, {}, budget);
    best = std::min(best, verdict.seconds);
    most = std::max(most, peak - before);
    if (verdict.seconds > 5) break;
  }
  const auto operations = static_cast<double>(shape.operations);
  fmt::print("{:>9} {:>5} {:>6}% {:>5} {:>8} {:>10.5f} {:>9.2f} {:>9.1f} {:>8.1f}  {}\n",
             shape.operations, shape.concurrency, shape.unknown_percent, shape.keys,
             shape.unique ? "unique" : "five", best, operations / best / 1e6,
             static_cast<double>(most) / 1e6, static_cast<double>(most) / operations,
             name_of(verdict.judgement));
  std::fflush(stdout);
}

}  // namespace
}  // namespace tribunal

int main(int argc, char** argv) {
  const std::size_t most = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
  fmt::print("{:>9} {:>5} {:>7} {:>5} {:>8} {:>10} {:>9} {:>9} {:>8}\n", "ops", "conc", "unknown",
             "keys", "values", "seconds", "Mops/s", "peak MB", "bytes/op");
  for (std::size_t operations = 10'000; operations <= most; operations *= 10) {
    for (const std::size_t keys : {1, 100}) {
      for (const std::size_t concurrency : {5, 10, 25, 100}) {
        for (const unsigned unknown : {0u, 1u, 10u})
          tribunal::measure({operations, concurrency, unknown, keys, true});
      }
    }
  }
  for (const std::size_t concurrency : {5, 10, 25})
    tribunal::measure({10'000, concurrency, 0, 1, false});
}
