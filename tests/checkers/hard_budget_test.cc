// A budget is kept on histories that no search can finish: memory as the kernel counts it, in a
// child process; and what was spent ends with what is known so far.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <string>

#include "checkers/linearizability/linearizable.h"
#include "checkers/linearizability/model_catalogue.h"
#include "tests/checkers/hard_history.h"

namespace tribunal {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif

// Kilobytes, of this process.
long status(const std::string& name) {
  std::ifstream file("/proc/self/status");
  for (std::string word; file >> word;) {
    long kilobytes = 0;
    if (word == name + ":" && file >> kilobytes) return kilobytes;
  }
  return 0;
}

struct Told {
  long kilobytes = -1;
  double seconds = 0;
  Judgement judgement = Judgement::inconclusive;
  char reason[400] = {};
};

struct Allowance {
  std::size_t bytes;
  int seconds;
};

Told checked(const std::string& model, const History& history, Allowance allowance) {
  Told told;
  const long before = status("VmRSS");
  std::ofstream("/proc/self/clear_refs") << 5;  // the peak begins anew
  Budget budget;
  budget.bytes = allowance.bytes;
  budget.deadline = std::chrono::steady_clock::now() + std::chrono::seconds(allowance.seconds);
  const auto started = std::chrono::steady_clock::now();
  const Verdict verdict = check_linearizable(history, {Value::nil(), {{"model", model}}}, budget);
  told.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  told.kilobytes = status("VmHWM") - before;
  told.judgement = verdict.judgement;
  std::snprintf(told.reason, sizeof told.reason, "%s", verdict.reason.c_str());
  return told;
}

// In a child, whose memory nothing else was taken from.
Told checked_apart(const std::string& model, const History& history, Allowance allowance) {
  int ends[2];
  Told told;
  if (pipe(ends) != 0) return told;
  const pid_t child = fork();
  if (child == 0) {
    told = checked(model, history, allowance);
    const auto written = write(ends[1], &told, sizeof told);
    _exit(written == sizeof told ? 0 : 1);
  }
  close(ends[1]);
  if (read(ends[0], &told, sizeof told) != static_cast<ssize_t>(sizeof told)) told.kilobytes = -1;
  close(ends[0]);
  waitpid(child, nullptr, 0);
  return told;
}

class HardBudget : public ::testing::TestWithParam<std::string> {};

constexpr std::size_t of_its_own = 3'000'000;  // code met for the first time, stacks, the verdict

void expect_kept(const std::string& model, const History& history, const std::string& what,
                 Allowance allowance = {100'000'000, 1}) {
  const Told told = checked_apart(model, history, allowance);
  ASSERT_GE(told.kilobytes, 0) << what;
  std::printf("%-16s %-24s %6.2f s %7.1f MB  %s\n", model.c_str(), what.c_str(), told.seconds,
              static_cast<double>(told.kilobytes) * 1.024e-3, told.reason);
  EXPECT_LT(told.seconds, 30.0);  // far more than it may take, since the machine may be busy
  if (!sanitized) {
    EXPECT_LE(static_cast<std::size_t>(told.kilobytes),
              (allowance.bytes * 6 / 5 + of_its_own) / 1024)
        << what;
  }
  const std::string reason = told.reason;
  if (told.judgement == Judgement::inconclusive) {
    EXPECT_NE(reason.find("up to its operation"), std::string::npos) << reason;
  }
}

TEST_P(HardBudget, IsKeptWhereAllOrdersAreNeeded) {
  for (const std::uint32_t open : {40u, 1'000u}) {
    const History history = all_orders_needed(GetParam(), open);
    const std::string what = std::to_string(open) + " at once";
    expect_kept(GetParam(), history, what);
    expect_kept(GetParam(), history, what + ", 10 MB", {10'000'000, 10});
  }
}

TEST_P(HardBudget, IsKeptWithThousandsOfCallsOfFewValues) {
  expect_kept(GetParam(), few_values(GetParam(), 3'000, 50), "3000, 50 at once");
  expect_kept(GetParam(), few_values(GetParam(), 3'000, 2'000), "3000, 2000 at once");
}

std::vector<std::string> names() {
  std::vector<std::string> names;
  for (const ModelKind& kind : model_kinds()) names.push_back(kind.name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(All, HardBudget, ::testing::ValuesIn(names()), [](const auto& model) {
  std::string name = model.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

}  // namespace
}  // namespace tribunal
