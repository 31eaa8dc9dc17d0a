// Scripts of faults: what is refused before a run, how long one takes, what is played.
#include "harness/run/script.h"

#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "harness/record/error.h"
#include "harness/run/check_script.h"
#include "harness/run/direct_script.h"
#include "tests/run/scratch.h"

namespace tribunal {
namespace {

constexpr std::int64_t ms = 1'000'000, s = 1'000'000'000;

// Does nothing, at once.
class Idle final : public Fault {
 public:
  explicit Idle(PlannedFault planned) : planned_(std::move(planned)) {}
  void inject(Ground& ground, Receipt& receipt) override {
    receipt.targets = {planned_.order.front()};
    receipt.installed = receipt.observed = ground.now();
  }
  void exercise(Ground& ground, Receipt& receipt) override { receipt.exercised = ground.now(); }
  void heal(Ground& ground, Receipt& receipt) override {
    receipt.healed = receipt.heal_verified = ground.now();
  }

 private:
  const PlannedFault planned_;
};

FaultKind kind(const std::string& name, const std::string& resource,
               std::vector<std::string> shapes, std::vector<std::string> targets) {
  FaultKind kind;
  kind.name = name;
  kind.resource = resource;
  kind.shapes = std::move(shapes);
  kind.targets = std::move(targets);
  kind.harm = Harm::stops;
  kind.make = [](const PlannedFault& planned) { return std::make_unique<Idle>(planned); };
  return kind;
}

const std::vector<FaultKind> playable{
    kind("partition", "topology", {"one", "halves", "bridge"}, {}),
    kind("kill", "processes", {}, {"one", "minority", "majority", "leader", "all"}),
    kind("pause", "processes", {}, {"one", "minority", "majority", "leader", "all"})};
const std::vector<std::string> hosts{"n1", "n2", "n3"};

ScriptStep fault(const std::string& name, const std::string& what, std::int64_t duration,
                 const std::string& called = {}) {
  ScriptStep step;
  step.kind = ScriptStep::Kind::fault;
  step.place = "test.yaml:1";
  step.fault.fault = name;
  (name == "partition" ? step.fault.shape : step.fault.target) = what;
  step.fault.duration = duration;
  step.name = called;
  return step;
}

ScriptStep heal(const std::string& called) {
  ScriptStep step;
  step.kind = ScriptStep::Kind::heal;
  step.place = "test.yaml:2";
  step.name = called;
  return step;
}

ScriptStep wait(std::int64_t time) {
  ScriptStep step;
  step.trigger.time = time;
  return step;
}

ScriptStep repeat(int times, std::vector<ScriptStep> steps) {
  ScriptStep step;
  step.kind = ScriptStep::Kind::repeat;
  step.place = "test.yaml:3";
  step.times = times;
  step.branches = {std::move(steps)};
  return step;
}

ScriptStep parallel(std::vector<std::vector<ScriptStep>> branches) {
  ScriptStep step;
  step.kind = ScriptStep::Kind::parallel;
  step.branches = std::move(branches);
  return step;
}

// What is wrong with the script; empty: nothing.
std::string complaint(std::vector<ScriptStep> steps, Mode mode = Mode::safety) {
  try {
    check_script({"test", "", mode, std::move(steps)}, playable, hosts, 20 * s);
    return {};
  } catch (const Error& error) {
    EXPECT_EQ(error.blame(), Blame::usage);
    return error.what();
  }
}

void expect_refused(const std::string& part, std::vector<ScriptStep> steps,
                    Mode mode = Mode::safety) {
  EXPECT_NE(complaint(std::move(steps), mode).find(part), std::string::npos) << "wanted: " << part;
}

TEST(ScriptCheck, AScriptThatHealsAllItBeganIsTaken) {
  EXPECT_EQ(complaint({fault("partition", "one", -1, "cut"), wait(s), fault("kill", "leader", s),
                       heal("cut")}),
            "");
  EXPECT_EQ(complaint({repeat(3, {fault("kill", "n1", s), wait(s)})}), "");
}

TEST(ScriptCheck, WhatIsNeverHealedIsRefused) {
  expect_refused("'cut' (partition one) is never healed", {fault("partition", "one", -1, "cut")});
  expect_refused("never healed", {repeat(2, {fault("kill", "one", -1, "dead")})});
  expect_refused("never healed",
                 {parallel({{fault("kill", "n1", -1, "dead")}, {wait(s), heal("dead")}})});
}

TEST(ScriptCheck, AHealOfWhatIsNotInForceIsRefused) {
  expect_refused("no fault called 'cut'", {heal("cut"), fault("kill", "one", s)});
  expect_refused("no fault called 'cut'",
                 {fault("partition", "one", -1, "cut"), heal("cut"), heal("cut")});
  expect_refused("already the name",
                 {fault("kill", "n1", -1, "x"), fault("kill", "n2", -1, "x"), heal("x")});
}

TEST(ScriptCheck, TwoAboutTheSameNodesAreRefused) {
  expect_refused("about the topology", {fault("partition", "one", -1, "cut"),
                                        fault("partition", "halves", s), heal("cut")});
  expect_refused("about the processes",
                 {fault("pause", "n1+n2", -1, "still"), fault("kill", "n2", s), heal("still")});
  expect_refused("about the processes",
                 {parallel({{fault("kill", "majority", s)}, {fault("pause", "majority", s)}})});
  EXPECT_EQ(complaint({fault("pause", "n1", -1, "still"), fault("kill", "n2", s), heal("still")}),
            "");
  EXPECT_EQ(complaint({parallel({{fault("kill", "one", s)}, {fault("pause", "one", s)}})}), "");
}

TEST(ScriptCheck, InLivenessModeAMajorityIsKept) {
  expect_refused("keeps a majority", {fault("kill", "majority", s)}, Mode::liveness);
  expect_refused("keeps a majority",
                 {fault("pause", "n1", -1, "still"), fault("kill", "n2", s), heal("still")},
                 Mode::liveness);
  EXPECT_EQ(complaint({fault("kill", "leader", s), fault("pause", "minority", s)}, Mode::liveness),
            "");
}

TEST(ScriptCheck, TargetsAndShapesMustBeThere) {
  expect_refused("no target of the fault 'kill'", {fault("kill", "n9", s)});
  expect_refused("no shape of the fault 'partition'", {fault("partition", "third", s)});
  expect_refused("is nobody", {fault("kill", "minority-third", s)});
  expect_refused("there is no fault called 'meteor'", {fault("meteor", "one", s)});
  expect_refused("has no fault", {wait(s)});
}

TEST(ScriptCheck, ItMustFitTheTime) {
  expect_refused("may take 30.0 s, and the traffic lasts 20.0 s",
                 {repeat(10, {fault("kill", "one", s), wait(2 * s)})});
  EXPECT_EQ(complaint({repeat(ScriptStep::always, {fault("kill", "one", s), wait(2 * s)})}), "");
  expect_refused("takes no time", {repeat(ScriptStep::always, {fault("kill", "one", 0)})});
}

TEST(Script, ItsFaultsAreKnownBeforehand) {
  const Script script{"test",
                      "",
                      Mode::safety,
                      {repeat(2, {fault("kill", "one", s), wait(2 * s)}),
                       parallel({{wait(s), fault("pause", "n1", s)}, {fault("kill", "n2", s)}})}};
  EXPECT_EQ(longest(script), 8 * s);
  const auto list = faults_of(script, playable, hosts, 7);
  ASSERT_EQ(list.size(), 4u);
  EXPECT_EQ(list[1].at, 3 * s);
  EXPECT_EQ(list[2].at, 7 * s);
  EXPECT_EQ(list[3].at, 6 * s);
  for (std::size_t i = 0; i < list.size(); ++i) EXPECT_EQ(list[i].id, static_cast<int>(i));
  EXPECT_EQ(faults_of(script, playable, hosts, 7)[0].order, list[0].order);
}

class Playing : public ::testing::Test {
 protected:
  std::vector<Receipt> play(Script script, std::int64_t latest, Stage stage = {}) {
    FaultRunner runner({cluster_, activity_, [this] { return recorder_.now(); }, {}, {}, {}},
                       recorder_, folder_, playable);
    runner.begin(direct(std::move(script), playable, hosts, 7, std::move(stage)), recorder_.now());
    runner.finish(latest);
    return runner.receipts();
  }

  Scratch scratch_;
  RunFolder folder_ = RunFolder::create(scratch_.path(), "script");
  Recorder recorder_{folder_.history()};
  Cluster cluster_{{}};
  Activity activity_{3};
};

TEST_F(Playing, StepsComeOneAfterTheOther) {
  const auto receipts = play({"",
                              "",
                              {},
                              {fault("partition", "one", -1, "cut"), fault("kill", "n1", ms),
                               heal("cut"), repeat(2, {fault("pause", "n2", ms)})}},
                             INT64_MAX);
  ASSERT_EQ(receipts.size(), 4u);
  for (const auto& receipt : receipts) EXPECT_TRUE(receipt.complete());
  EXPECT_LE(*receipts[0].installed, *receipts[1].installed);
  EXPECT_LE(*receipts[1].healed, *receipts[0].heal_requested);
  EXPECT_LE(*receipts[0].healed, *receipts[2].installed);
  EXPECT_LE(*receipts[2].healed, *receipts[3].installed);
}

TEST_F(Playing, BranchesRunBesideEachOther) {
  const auto receipts = play(
      {"", "", {}, {parallel({{fault("kill", "n1", 300 * ms)}, {fault("pause", "n2", 300 * ms)}})}},
      INT64_MAX);
  ASSERT_EQ(receipts.size(), 2u);
  EXPECT_LT(*receipts[0].installed, *receipts[1].heal_requested);
  EXPECT_LT(*receipts[1].installed, *receipts[0].heal_requested);
}

TEST_F(Playing, WhatTheRunWasTooShortForGetsAReceiptThatSaysSo) {
  const auto receipts = play(
      {"", "", {}, {fault("kill", "n1", ms), wait(1000 * s), fault("kill", "n2", ms)}}, 50 * ms);
  ASSERT_EQ(receipts.size(), 2u);
  EXPECT_TRUE(receipts[0].complete());
  EXPECT_EQ(receipts[1].failure, "not begun: the run was over");
}

TEST_F(Playing, WhatIsRepeatedAlwaysEndsWithTheRun) {
  const auto receipts =
      play({"", "", {}, {repeat(ScriptStep::always, {fault("kill", "n1", ms), wait(10 * ms)})}},
           200 * ms);
  ASSERT_GE(receipts.size(), 2u);
  for (std::size_t i = 0; i < receipts.size(); ++i)
    EXPECT_EQ(receipts[i].planned.id, static_cast<int>(i));
}

TEST_F(Playing, AFaultOfALaterRoundForWhichThereIsNoTimeIsNotPlanned) {
  Stage stage;
  stage.ends = 1600 * ms;
  const auto receipts =
      play({"", "", {}, {repeat(ScriptStep::always, {fault("kill", "n1", ms), wait(200 * ms)})}},
           400 * ms, stage);
  EXPECT_EQ(receipts.size(), 1u);
}

TEST_F(Playing, ATriggerThatComesLetsTheScriptGoOn) {
  Stage stage;
  std::atomic<int> asked{0};
  stage.leaders = [&] { return std::vector<std::string>{asked++ < 3 ? "n1" : "n2"}; };
  stage.in_flight = [](const std::string& host) { return host == "n3" ? 5 : 0; };
  const auto log = scratch_.path() / "n1";
  std::filesystem::create_directories(log);
  stage.logs = [log](const std::string&) { return log; };
  ScriptStep leader = wait(0), calls = wait(0), line = wait(0);
  leader.trigger = {Trigger::Kind::role_change, 0, "", 0, "", 1000 * s, "leader changes"};
  calls.trigger = {Trigger::Kind::calls_in_flight, 0, "n3", 5, "", 1000 * s, "5 calls in flight"};
  line.trigger = {Trigger::Kind::log_line, 0, "n1", 0, "elected (leader|king)", 1000 * s, "log"};
  std::ofstream(log / "etcd.log") << "elected leader before\n";
  std::jthread writer([&](std::stop_token stop) {
    while (!stop.stop_requested()) {
      std::ofstream(log / "etcd.log", std::ios::app) << "raft elected king now\n";
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  });
  const auto receipts =
      play({"", "", {}, {leader, calls, line, fault("kill", "n1", ms)}}, INT64_MAX, stage);
  ASSERT_EQ(receipts.size(), 1u);
  EXPECT_TRUE(receipts[0].complete());
  EXPECT_GE(asked, 4);
}

TEST_F(Playing, ATriggerThatDoesNotComeIsNoted) {
  Stage stage;
  stage.leaders = [] { return std::vector<std::string>{"n1"}; };
  ScriptStep leader = wait(0);
  leader.trigger = {Trigger::Kind::role_change, 0, "", 0, "", 20 * ms, "leader changes"};
  play({"", "", {}, {leader, fault("kill", "n1", ms)}}, INT64_MAX, stage);
  recorder_.close();
  EXPECT_NE(read_file(folder_.history()).find("'leader changes' did not come in time"),
            std::string::npos);
}

}  // namespace
}  // namespace tribunal
