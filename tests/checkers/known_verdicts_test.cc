// Every case of a collection of histories with known verdicts gets its verdict; a violated one ends
// in at most twelve operations that no order fits.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "checkers/catalogue.h"
#include "harness/parts/catalogue.h"
#include "harness/record/history_file.h"
#include "tests/checkers/counterexample.h"
#include "tests/checkers/counterexample_drawing.h"
#include "tests/checkers/drawing.h"
#include "tests/checkers/known_histories.h"

namespace tribunal {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// Prints as it goes if TRIBUNAL_SHOW is set.
bool shows() { return std::getenv("TRIBUNAL_SHOW") != nullptr; }

void expect_counterexample(const Evidence& evidence, const History& history,
                           const KnownHistory& known, Value initial) {
  if (shows()) std::printf("  %zu  %s\n", evidence.exhibits.size(), evidence.sentence.c_str());
  EXPECT_FALSE(evidence.exhibits.empty());
  EXPECT_LE(evidence.exhibits.size(), 12u) << evidence.sentence;
  EXPECT_TRUE(impossible_by_itself(evidence, history, known.model, initial)) << evidence.sentence;
  const History drawn = parse_drawing(drawing(evidence)).history;
  EXPECT_EQ(drawn.operations.size(), evidence.exhibits.size());
  EXPECT_TRUE(impossible(drawn, known.model, initial)) << drawing(evidence);
}

// Returns the seconds that checking took.
double expect_verdict(const KnownHistory& known) {
  const auto started = Clock::now();
  History history = read_history(known_histories_folder() / known.file);
  CheckOptions options;
  options.more["model"] = known.model;
  if (!known.initial.empty()) options.initial = parse_value(known.initial, history.values);
  const Verdict verdict =
      find(checkers(), "checker", "linearizable").check(history, options, Budget{});
  const double all = seconds_since(started);
  if (shows())
    std::printf("%6.1f ms, checking %6.1f ms  %s\n", all * 1e3, verdict.seconds * 1e3,
                known.file.c_str());
  EXPECT_LT(all, 60) << "of the one second that it may take";
  // Where nothing was observed we say vacuous, and the references valid.
  EXPECT_EQ(verdict.judgement == Judgement::violated, !known.linearizable) << verdict.reason;
  EXPECT_NE(verdict.judgement, Judgement::inconclusive) << verdict.reason;
  EXPECT_EQ(verdict.evidence.empty(), known.linearizable);
  for (const Evidence& evidence : verdict.evidence)
    expect_counterexample(evidence, history, known, options.initial);
  return verdict.seconds;
}

TEST(KnownVerdicts, AreReachedAndExplained) {
  const std::vector<KnownHistory> all = known_histories();
  if (all.empty()) {
    GTEST_SKIP() << "no collection of histories in " << known_histories_folder()
                 << "; TRIBUNAL_HISTORIES names one";
  }
  double seconds = 0, of_logs = 0;
  for (const KnownHistory& known : all) {
    SCOPED_TRACE(known.file);
    const double one = expect_verdict(known);
    seconds += one;
    if (known.file.ends_with(".log")) of_logs += one;
  }
  RecordProperty("histories", static_cast<int>(all.size()));
  if (shows()) std::printf("%.1f ms in all, %.1f ms of them logs\n", seconds * 1e3, of_logs * 1e3);
}

}  // namespace
}  // namespace tribunal
