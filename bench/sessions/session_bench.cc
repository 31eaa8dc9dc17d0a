// How fast session guarantees and causal models are judged, by shape of history; judging alone,
// without reading. Usage: session_bench [most operations [part of a name [part of a claim]]]
#include <fmt/core.h>
#include <time.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <new>
#include <string>

#include "bench/sessions/session_history.h"
#include "checkers/causal/causal_checkers.h"
#include "checkers/sessions/session_checkers.h"

namespace {

std::atomic<std::size_t> held{0}, peak{0};  // bytes from operator new

void* take(std::size_t size, std::size_t alignment) {
  const std::size_t front = alignment < 16 ? 16 : alignment;
  auto* block = static_cast<std::byte*>(
      std::aligned_alloc(front, (size + front + front - 1) / front * front));
  if (block == nullptr) throw std::bad_alloc();
  *reinterpret_cast<std::size_t*>(block + front - 8) = size;
  const std::size_t now = held += size;
  for (std::size_t most = peak; now > most && !peak.compare_exchange_weak(most, now);) {
  }
  return block + front;
}

void give_back(void* place, std::size_t alignment) {
  if (place == nullptr) return;
  const std::size_t front = alignment < 16 ? 16 : alignment;
  held -= *reinterpret_cast<std::size_t*>(static_cast<std::byte*>(place) - 8);
  std::free(static_cast<std::byte*>(place) - front);
}

}  // namespace

void* operator new(std::size_t size) { return take(size, 16); }
void* operator new(std::size_t size, std::align_val_t a) {
  return take(size, static_cast<std::size_t>(a));
}
void operator delete(void* place) noexcept { give_back(place, 16); }
void operator delete(void* place, std::size_t) noexcept { give_back(place, 16); }
void operator delete(void* place, std::align_val_t a) noexcept {
  give_back(place, static_cast<std::size_t>(a));
}
void operator delete(void* place, std::size_t, std::align_val_t a) noexcept {
  give_back(place, static_cast<std::size_t>(a));
}

namespace tribunal {
namespace {

double processor_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

Verdict worst_of_guarantees(const History& history, const CheckOptions& options,
                            const Budget& budget) {
  auto verdicts = check_session_guarantees(history, options, budget);
  return *std::max_element(
      verdicts.begin(), verdicts.end(),
      [](const Verdict& a, const Verdict& b) { return a.judgement < b.judgement; });
}

template <class Check>
void measure(const char* claim, const std::string& shape, const Check& check) {
  const std::size_t before = held;
  peak = before;
  Budget budget;
  const auto started = std::chrono::steady_clock::now();
  budget.deadline = started + std::chrono::seconds(60);
  const double processor = processor_seconds();
  const Verdict verdict = check(budget);
  fmt::print("| {} | {} | {} | {:.2f} | {:.2f} | {:.0f} MB | {} |\n", shape, claim,
             name_of(verdict.judgement), processor_seconds() - processor,
             std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count(),
             static_cast<double>(peak - before) / 1e6,
             verdict.evidence.empty() ? 0 : verdict.evidence.front().exhibits.size());
  std::fflush(stdout);
}

void measure_all(const SessionHistoryShape& shape, const std::string& part,
                 const std::string& claims) {
  const std::string name =
      fmt::format("{} {} operations, {} sessions, {} keys{}{}", shape.operations,
                  shape.lists ? "list" : "register", shape.sessions, shape.keys,
                  shape.lost_percent != 0 ? fmt::format(", {} % lost", shape.lost_percent) : "",
                  shape.careless_percent != 0 ? ", careless" : "");
  if (name.find(part) == std::string::npos) return;
  const History history = session_history(shape, 7);
  const auto check = [&](const char* claim, const auto& judge) {
    if (std::string_view(claim).find(claims) != std::string_view::npos)
      measure(claim, name, [&](const Budget& budget) { return judge(history, {}, budget); });
  };
  check("four guarantees", worst_of_guarantees);
  check("causal", check_causal);
  check("causal-convergent", check_causal_convergent);
  check("causal-memory", check_causal_memory);
  check("pram", check_pram);
}

}  // namespace
}  // namespace tribunal

int main(int argc, char** argv) {
  const std::size_t most = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
  const std::string part = argc > 2 ? argv[2] : "", claims = argc > 3 ? argv[3] : "";
  fmt::print("| history | claim | verdict | processor seconds | seconds | peak memory | shown |\n");
  fmt::print("|---|---|---|---|---|---|---|\n");
  tribunal::measure_all({most, 50, 1'000, 0, 5, 0, false}, part, claims);
  tribunal::measure_all({most, 50, 10, 0, 5, 0, false}, part, claims);
  tribunal::measure_all({most, 50, 1'000, 0, 5, 20, false}, part, claims);
  tribunal::measure_all({most, 50, 1'000, 0, 0, 0, true}, part, claims);
  tribunal::measure_all({most / 10, 250, 100, 5, 5, 0, false}, part, claims);
  tribunal::measure_all({most, 50, 1'000, 5, 5, 0, false}, part, claims);
}
