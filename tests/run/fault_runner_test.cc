// The fault runner gives every planned fault a receipt, heals what it began, and never waits after
// a stop.
#include "harness/run/fault_runner.h"

#include <gtest/gtest.h>

#include "harness/record/history_file.h"
#include "tests/run/scratch.h"

namespace tribunal {
namespace {

struct Log {
  std::mutex mutex;
  std::vector<std::string> acts;  // guarded by mutex
  void add(const std::string& act) {
    std::scoped_lock lock(mutex);
    acts.push_back(act);
  }
};

class Noted : public Fault {
 public:
  Noted(Log& log, bool breaks) : log_(log), breaks_(breaks) {}
  void inject(Ground& ground, Receipt& receipt) override {
    log_.add("inject");
    if (breaks_) throw std::runtime_error("no such tool");
    receipt.installed = receipt.observed = ground.now();
    receipt.detail = "n1";
  }
  void exercise(Ground& ground, Receipt& receipt) override { receipt.exercised = ground.now(); }
  void heal(Ground& ground, Receipt& receipt) override {
    log_.add("heal");
    receipt.healed = receipt.heal_verified = ground.now();
  }

 private:
  Log& log_;
  bool breaks_;
};

class FaultRunnerTest : public ::testing::Test {
 protected:
  std::vector<FaultKind> kinds() {
    const auto make = [this](bool breaks) {
      return [this, breaks](const PlannedFault&) { return std::make_unique<Noted>(log_, breaks); };
    };
    return {{"note", "", {}, {}, 1, make(false)}, {"broken", "", {}, {}, 1, make(true)}};
  }

  static PlannedFault planned(int id, const std::string& name, std::int64_t at,
                              std::int64_t duration) {
    PlannedFault fault;
    fault.id = id;
    fault.fault = name;
    fault.at = at;
    fault.duration = duration;
    return fault;
  }

  Scratch scratch_;
  RunFolder folder_ = RunFolder::create(scratch_.path(), "faults");
  Log log_;
  Cluster cluster_{{}};
  Activity activity_{1};
};

TEST_F(FaultRunnerTest, EveryFaultIsInjectedHealedAndRecorded) {
  const auto all = kinds();
  Recorder recorder(folder_.history());
  FaultRunner runner(Ground{cluster_, activity_, [&] { return recorder.now(); }, {}, {}, {}},
                     recorder, folder_, all);
  runner.begin(
      {planned(0, "note", 1'000'000, 1'000'000), planned(1, "broken", 2'000'000, 1'000'000)},
      recorder.now());
  runner.finish(INT64_MAX);
  recorder.close();
  EXPECT_EQ(std::count(log_.acts.begin(), log_.acts.end(), "inject"), 2);
  EXPECT_EQ(std::count(log_.acts.begin(), log_.acts.end(), "heal"), 2);
  ASSERT_EQ(runner.receipts().size(), 2u);
  EXPECT_TRUE(runner.receipts()[0].complete());
  EXPECT_FALSE(runner.receipts()[1].complete());
  EXPECT_EQ(runner.receipts()[1].failure, "inject: no such tool");
  EXPECT_EQ(folder_.read_receipts().size(), 2u);
  const auto history = read_history(folder_.history());
  ASSERT_EQ(history.faults.size(), 4u);
  std::map<int, int> starts, stops;
  for (const auto& record : history.faults) {
    starts[record.fault] += record.starts;
    stops[record.fault] += record.stops;
  }
  EXPECT_EQ(starts, (std::map<int, int>{{0, 1}, {1, 1}}));
  EXPECT_EQ(stops, (std::map<int, int>{{0, 1}, {1, 1}}));
}

TEST_F(FaultRunnerTest, AStopHealsAtOnceAndBeginsNothingMore) {
  const auto all = kinds();
  Recorder recorder(folder_.history());
  FaultRunner runner(Ground{cluster_, activity_, [&] { return recorder.now(); }, {}, {}, {}},
                     recorder, folder_, all);
  const std::int64_t hour = 3'600'000'000'000;
  runner.begin({planned(0, "note", 0, hour), planned(1, "note", hour / 2, 1)}, recorder.now());
  while (runner.current().empty()) std::this_thread::yield();
  runner.stop();
  runner.finish(INT64_MAX);
  EXPECT_EQ(log_.acts, (std::vector<std::string>{"inject", "heal"}));
  ASSERT_EQ(runner.receipts().size(), 2u);
  EXPECT_TRUE(runner.receipts()[0].complete());
  EXPECT_FALSE(runner.receipts()[1].installed);
  EXPECT_EQ(runner.receipts()[1].failure, "not begun: the run was over");
}

}  // namespace
}  // namespace tribunal
