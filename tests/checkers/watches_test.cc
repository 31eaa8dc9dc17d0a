// Each guarantee of watches, broken once beside a twin that keeps it, and agreement with the
// definition on random histories.
#include "checkers/watches/watches.h"

#include <gtest/gtest.h>

#include "harness/record/error.h"
#include "tests/checkers/watches_history.h"

namespace tribunal {
namespace {

using Shown = WatchesHistory::Shown;

Verdict verdict_of(const WatchesHistory& made) { return check_watches(made.history, {}, {}); }

void expect_kept(const WatchesHistory& made) {
  const Verdict verdict = verdict_of(made);
  EXPECT_EQ(verdict.judgement, Judgement::satisfied) << verdict.reason;
  EXPECT_EQ(verdict.violations, 0u);
}

// Convicted once, of this, with evidence that a reader can follow.
void expect_broken(const WatchesHistory& made, const std::string& anomaly) {
  const Verdict verdict = verdict_of(made);
  ASSERT_EQ(verdict.judgement, Judgement::violated) << anomaly << ": " << verdict.reason;
  EXPECT_EQ(verdict.violations, 1u) << anomaly << ": " << verdict.reason;
  ASSERT_FALSE(verdict.evidence.empty());
  const Evidence& evidence = verdict.evidence.front();
  EXPECT_EQ(evidence.anomaly, anomaly);
  EXPECT_FALSE(evidence.sentence.empty());
  if (std::getenv("TRIBUNAL_SHOW") != nullptr) {
    std::printf("%s: %s\n", anomaly.c_str(), evidence.sentence.c_str());
    for (const Exhibit& one : evidence.exhibits) std::printf("    %s\n", one.text.c_str());
  }
  EXPECT_LE(evidence.exhibits.size(), 10u);
  EXPECT_LT(evidence.impossible_at, made.history.events);
}

// Three transactions at versions 3, 5 and 7: of registers 0 and 2, of 1, and of 0.
WatchesHistory written() {
  WatchesHistory made;
  made.write(1, 4, {0, 2}, 30, 3);
  made.write(1, 4, {1}, 50, 5);
  made.write(1, 4, {0}, 70, 7);
  return made;
}
const std::vector<Shown> whole = {{3, 0, 30}, {3, 2, 30}, {5, 1, 50}, {7, 0, 70}};

TEST(Watches, AWatchThatShowsEverythingKeepsItsWord) {
  WatchesHistory made = written();
  made.watch(2, 4, 0, whole, 8);
  made.watch(2, 4, 8, {}, 9);
  made.watch(3, 4, 3, {{5, 1, 50}, {7, 0, 70}}, 7);
  expect_kept(made);
}

// What a watch lacks beyond its bookmark it may still show.
TEST(Watches, AWatchThatIsBehindIsNotConvicted) {
  WatchesHistory late = written();
  late.watch(2, 4, 0, {{3, 0, 30}, {3, 2, 30}}, 4);
  expect_kept(late);
  WatchesHistory never = written();
  never.watch(2, 4, 0, {{3, 0, 30}, {3, 2, 30}}, 5);
  expect_broken(never, "lost change");
}

TEST(Watches, AChangeBeyondTheBookmarkIsNoOffence) {
  WatchesHistory made = written();
  made.watch(2, 4, 0, whole, 5);
  expect_kept(made);
}

TEST(Watches, AWatchWithoutABookmarkClaimsNoCompleteness) {
  WatchesHistory made = written();
  made.watch(2, 4, 0, {{7, 0, 70}}, -1);
  EXPECT_EQ(verdict_of(made).judgement, Judgement::vacuous);
  made.watch(2, 4, 0, whole, 8);
  expect_kept(made);
}

TEST(Watches, WhatWasAcknowledgedMustBeShown) {
  WatchesHistory made = written();
  made.watch(2, 4, 0, {{3, 0, 30}, {3, 2, 30}, {7, 0, 70}}, 8);
  expect_broken(made, "lost change");
}

// Nobody knows that it was made until somebody saw it; then all must.
TEST(Watches, WhatAnotherWatchShowedMustBeShown) {
  WatchesHistory made;
  made.end_as(made.write(1, 4, {0}, 30, 3), Outcome::unknown);
  made.write(2, 4, {1}, 50, 5);
  made.watch(3, 4, 0, {{5, 1, 50}}, 6);
  expect_kept(made);
  made.watch(4, 4, 0, {{3, 0, 30}, {5, 1, 50}}, 6);
  expect_broken(made, "lost change");
}

TEST(Watches, ATransactionIsShownWhole) {
  WatchesHistory made = written();
  made.watch(2, 4, 0, {{3, 2, 30}, {5, 1, 50}, {7, 0, 70}}, 8);
  expect_broken(made, "torn transaction");
}

// Its other registers are not in any watch, and its writer does not know.
TEST(Watches, ATransactionThatNobodyAcknowledgedIsShownWholeToo) {
  WatchesHistory made;
  const auto write = made.write(1, 4, {0, 2}, 30, 3);
  made.end_as(write, Outcome::unknown);
  made.watch(2, 4, 0, {{3, 2, 30}}, 8);
  expect_broken(made, "torn transaction");
}

TEST(Watches, ChangesComeInTheOrderOfTheirVersions) {
  WatchesHistory made = written();
  made.watch(2, 4, 0, {{3, 2, 30}, {3, 0, 30}, {5, 1, 50}, {7, 0, 70}}, 8);
  expect_kept(made);  // of one version in any order
  made.watch(2, 4, 0, {{3, 0, 30}, {3, 2, 30}, {7, 0, 70}, {5, 1, 50}}, 8);
  expect_broken(made, "changes out of order");
}

TEST(Watches, NoChangeComesTwice) {
  WatchesHistory made = written();
  made.watch(2, 4, 0, {{3, 0, 30}, {3, 2, 30}, {3, 0, 30}, {5, 1, 50}, {7, 0, 70}}, 8);
  expect_broken(made, "change shown twice");
}

TEST(Watches, NothingComesFromBeforeTheBeginning) {
  WatchesHistory made = written();
  made.watch(2, 4, 0, {{3, 0, 30}, {3, 2, 30}}, 4);
  made.watch(2, 4, 4, {{3, 2, 30}, {5, 1, 50}, {7, 0, 70}}, 8);
  expect_broken(made, "change from before the beginning");
}

TEST(Watches, WhatIsShownWasWrittenThere) {
  const auto with = [](Shown last) {
    WatchesHistory made = written();
    made.write(1, 5, {0}, 900, 9);
    std::vector<Shown> shown = whole;
    shown.push_back(last);
    made.watch(2, 4, 0, shown, 12);
    return made;
  };
  expect_broken(with({10, 3, 31}), "change from nowhere");
  expect_broken(with({10, 3, 30}), "change of another register");
  expect_broken(with({9, 0, 900}), "change of another group");
}

TEST(Watches, ADeletionThatNobodyMadeConvicts) {
  WatchesHistory made = written();
  made.watch(2, 4, 0, whole, 8);
  Values& values = made.history.values;
  const Value change[] = {Value::integer(9), Value::integer(0), Value::nil()};
  const Value changes[] = {values.list(change)};
  const Value answer[] = {Value::integer(8), values.list(changes)};
  made.history.operations[made.watch(2, 4, 8, {}, 9)].value = values.list(answer);
  expect_broken(made, "change from nowhere");
}

TEST(Watches, WhatFailedIsNotShownAndWhatIsUnknownMayBe) {
  for (const Outcome outcome : {Outcome::failed, Outcome::unknown}) {
    WatchesHistory made;
    made.end_as(made.write(1, 4, {0}, 30, 3), outcome);
    made.watch(2, 4, 0, {{3, 0, 30}}, 8);
    if (outcome == Outcome::unknown)
      expect_kept(made);
    else
      expect_broken(made, "failed write shown");
  }
}

TEST(Watches, AWriteIsShownAtTheVersionThatItsWriterWasTold) {
  WatchesHistory made = written();
  made.watch(2, 4, 0, {{3, 0, 30}, {3, 2, 30}, {5, 1, 50}}, 6);
  expect_kept(made);
  made.watch(2, 4, 6, {{8, 0, 70}}, 8);
  const Verdict verdict = verdict_of(made);
  EXPECT_EQ(verdict.judgement, Judgement::violated);
  EXPECT_EQ(verdict.violations, 2u);  // and it is not where it should be
  EXPECT_EQ(verdict.evidence.front().anomaly, "write at two versions");
}

TEST(Watches, AWriteThatNobodyAcknowledgedIsShownAtOneVersion) {
  WatchesHistory made;
  const auto write = made.write(1, 4, {0}, 30, 3);
  made.end_as(write, Outcome::unknown);
  made.watch(2, 4, 0, {{3, 0, 30}}, 4);
  made.watch(3, 4, 4, {{6, 0, 30}}, 7);
  expect_broken(made, "write at two versions");
}

TEST(Watches, NothingIsShownBeforeItIsWritten) {
  WatchesHistory made;
  made.watch(2, 4, 0, {{3, 0, 30}}, 8);
  made.end_as(made.write(1, 4, {0}, 30, 3), Outcome::unknown);
  expect_broken(made, "change before its write");
}

TEST(Watches, TwoWritesOfARegisterHaveTwoVersions) {
  WatchesHistory made = written();
  made.watch(2, 4, 0, whole, 8);
  made.write(1, 4, {3}, 71, 7);
  EXPECT_EQ(verdict_of(made).violations, 1u);  // another register: it is not in the watch
  made.write(1, 4, {0}, 72, 7);
  const Verdict verdict = verdict_of(made);
  EXPECT_EQ(verdict.violations, 2u);
}

TEST(Watches, ABookmarkNeverGoesBack) {
  for (const std::int64_t bookmark : {8, 7}) {
    WatchesHistory made = written();
    made.watch(2, 4, 0, whole, 8);
    made.watch(2, 4, 8, {}, bookmark);
    if (bookmark == 8)
      expect_kept(made);
    else
      expect_broken(made, "bookmark that went back");
  }
  // Another process may be told less, if its node is behind.
  WatchesHistory made = written();
  made.watch(2, 4, 0, whole, 8);
  made.watch(3, 4, 0, {{3, 0, 30}, {3, 2, 30}, {5, 1, 50}}, 6);
  expect_kept(made);
}

TEST(Watches, WatchesThatFailedOrWereLostSayNothing) {
  WatchesHistory made = written();
  made.watch(2, 4, 0, whole, 8);
  made.end_as(made.watch(2, 4, 8, {}, 9), Outcome::failed);
  made.end_as(made.watch(2, 4, 0, {}, 9), Outcome::unknown);
  expect_kept(made);
}

TEST(Watches, WhatShowsNothingIsVacuous) {
  WatchesHistory made = written();
  EXPECT_EQ(verdict_of(made).judgement, Judgement::vacuous);
  made.watch(2, 4, 7, {}, 8);
  EXPECT_EQ(verdict_of(made).judgement, Judgement::vacuous);
}

TEST(Watches, AValueOfTwoTransactionsLeavesAKeyUndecided) {
  WatchesHistory made = written();
  made.watch(2, 4, 0, whole, 8);
  made.write(1, 4, {3}, 30, 9);
  EXPECT_EQ(verdict_of(made).judgement, Judgement::inconclusive);
}

TEST(Watches, OtherCallsAreAMistakeOfTheUser) {
  WatchesHistory made = written();
  Operation& one = made.history.operations[0];
  const Operation before = one;
  one.function = Function::read;
  EXPECT_THROW(verdict_of(made), Error);
  one = before;
  one.value = Value::integer(3);
  EXPECT_THROW(verdict_of(made), Error);
  one.function = Function::watch;
  EXPECT_THROW(verdict_of(made), Error);
}

TEST(Watches, AgreeWithTheirDefinitionOnRandomHistories) {
  const int histories = std::getenv("TRIBUNAL_SLOW") != nullptr ? 40'000 : 2'000;
  int broken = 0, kept = 0;
  for (int i = 0; i < histories; ++i) {
    Random random = Random::stream(static_cast<std::uint64_t>(i), "watches");
    const History history = random_watches(random);
    const bool expected = watches_broken(history);
    const Verdict verdict = check_watches(history, {}, {});
    ASSERT_EQ(verdict.judgement == Judgement::violated, expected)
        << "history " << i << ": " << verdict.reason;
    ASSERT_EQ(verdict.evidence.empty(), !expected) << "history " << i;
    broken += expected;
    kept += verdict.judgement == Judgement::satisfied;
  }
  EXPECT_GT(broken, histories / 10);
  EXPECT_GT(kept, histories / 10);
}

}  // namespace
}  // namespace tribunal
