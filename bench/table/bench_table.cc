// Prints how fast linearizability is judged and what it costs in memory, case by case, each in a
// process of its own. Judging alone, without reading; the best of a few rounds.
// Usage: bench_table [part of the names of the cases wanted]. Exits with 1 if a verdict is wrong.
#include <fmt/core.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <string>

#include "bench/table/cases.h"
#include "bench/table/held_bytes.h"

namespace tribunal {
namespace {

constexpr int rounds = 5;
constexpr unsigned deadline_seconds = 300;  // of one case, making it included

struct Measured {
  std::string verdict;
  double seconds = 1e9, of_processor = 1e9;
  std::size_t operations = 0, bytes = 0;
};

double processor_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

Measured measure(const BenchCase& one) {
  const std::vector<History> histories = one.histories();
  Measured measured;
  for (const History& history : histories) measured.operations += history.operations.size();
  for (int round = 0; round < rounds; ++round) {
    std::size_t most = 0, violated = 0;
    double seconds = 0, of_processor = 0;
    for (const History& history : histories) {
      const std::size_t before = held_bytes();
      watch_held_bytes();
      Budget budget;
      const double used = processor_seconds();
      const auto began = std::chrono::steady_clock::now();
      budget.deadline = began + std::chrono::seconds(60);
      measured.verdict = one.judge(history, budget);
      seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
      of_processor += processor_seconds() - used;
      violated += measured.verdict == "violated" ? 1 : 0;
      most = std::max(most, most_held_bytes() - before);
    }
    if (histories.size() > 1)
      measured.verdict = fmt::format("{} of {} violated", violated, histories.size());
    measured.bytes = std::max(measured.bytes, most);
    measured.seconds = std::min(measured.seconds, seconds);
    measured.of_processor = std::min(measured.of_processor, of_processor);
    if (seconds > 5) break;
  }
  return measured;
}

// Whether the verdict is right.
bool print(const BenchCase& one) {
  const Measured measured = measure(one);
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const bool right = one.verdict.empty() || one.verdict == measured.verdict;
  const auto operations = static_cast<double>(measured.operations);
  fmt::print("| {} | {}{} | {:.2f} million | {:.4f} | {:.4f} | {:.1f} | {:.0f} MB | {} |\n",
             one.name, measured.verdict, right ? "" : " (WRONG)",
             operations / measured.seconds / 1e6, measured.seconds, measured.of_processor,
             static_cast<double>(measured.bytes) / operations,
             static_cast<double>(used.ru_maxrss) / 1024, one.aim);
  std::fflush(stdout);
  return right;
}

bool print_apart(const BenchCase& one) {
  std::fflush(stdout);
  const pid_t child = fork();
  if (child < 0) return false;
  if (child == 0) {
    alarm(deadline_seconds);
    bool right = false;
    try {
      right = print(one);
    } catch (const std::exception& thrown) {
      fmt::print("| {} | {} | | | | | | {} |\n", one.name, thrown.what(), one.aim);
      std::fflush(stdout);
    }
    _exit(right ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);  // which its alarm ends, if nothing else does
  if (WIFSIGNALED(status))
    fmt::print("| {} | ended by signal {} | | | | | | {} |\n", one.name, WTERMSIG(status), one.aim);
  return status == 0;
}

}  // namespace
}  // namespace tribunal

int main(int argc, char** argv) {
  const std::string wanted = argc > 1 ? argv[1] : "";
  bool all_right = true;
  fmt::print(
      "| case | verdict | operations a second | seconds | of processor time | bytes an operation | "
      "peak memory |"
      " aim |\n|---|---|---|---|---|---|---|---|\n");
  for (const tribunal::BenchCase& one : tribunal::bench_cases()) {
    if (one.name.find(wanted) == std::string::npos) continue;
    all_right = tribunal::print_apart(one) && all_right;
  }
  return all_right ? 0 : 1;
}
