// A run folder gives back what was put into it, and says where it is damaged.
#include "harness/record/run_folder.h"

#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <iterator>
#include <string>

#include "harness/record/error.h"
#include "harness/record/history.h"
#include "tests/record/scratch.h"

namespace tribunal {
namespace {

namespace fs = std::filesystem;

PlannedFault a_planned_fault() {
  return {4,
          "partition",
          "bridge",
          "one",
          {{"by", "reject"}},
          {"n2", "n1", "n3"},
          1'000'000'000,
          5'000'000'000,
          77};
}

Receipt a_receipt() {
  Receipt receipt;
  receipt.planned = a_planned_fault();
  receipt.targets = {"n2"};
  receipt.detail = "n2 | n1 n3";
  receipt.means = "nftables";
  receipt.installed = 5;
  receipt.observed = 6;
  receipt.heal_requested = INT64_MAX;
  receipt.observed_by = "probe n1 -> n2 lost";
  receipt.failure = "not exercised";
  receipt.counters = {{"n2 dropped from n1", 312}, {"n2 dropped from n1", -1}};
  return receipt;
}

Verdict a_verdict() {
  Verdict verdict;
  verdict.checker = "linearizable-register";
  verdict.judgement = Judgement::violated;
  verdict.reason = "a stale read";
  verdict.algorithm = "intervals";
  verdict.operations = 12;
  verdict.keys = 3;
  verdict.seconds = 0.25;
  verdict.violations = 2;
  verdict.figures = {{"acknowledged", "12,345"}, {"acknowledged", "again"}};
  Evidence evidence{"stale read", "3", "n1 had answered", {}, {}, 9};
  evidence.exhibits.push_back({1, 4, 10, 20, 7, "n1", "write 3 17", "ok"});
  evidence.exhibits.push_back({2, Operation::never, 12, Operation::no_time, 8, "", "x", "unknown"});
  evidence.arrows.push_back({0, 1, "real time", "answered before"});
  verdict.evidence = {evidence};
  return verdict;
}

std::string complaint_of(const std::function<void()>& read) {
  try {
    read();
  } catch (const Error& error) {
    EXPECT_EQ(error.blame(), Blame::usage);
    return error.what();
  }
  return "nothing";
}

void replace(const fs::path& path, const std::string& what, const std::string& with) {
  std::string text = read_file(path);
  const std::size_t at = text.find(what);
  ASSERT_NE(at, std::string::npos) << what << " is not in\n" << text;
  write_file(path, text.replace(at, what.size(), with));
}

TEST(RunFolder, NeverReusesAFolderAndPointsLatestAtTheNewest) {
  const Scratch scratch;
  const auto one = RunFolder::create(scratch / "runs", "etcd-register");
  const auto two = RunFolder::create(scratch / "runs", "etcd-register");
  EXPECT_NE(one.path(), two.path());
  EXPECT_TRUE(fs::is_directory(one.path()));
  EXPECT_TRUE(one.path().filename().string().starts_with("etcd-register-2"));
  EXPECT_TRUE(fs::equivalent(scratch / "runs/latest", two.path()));
}

TEST(RunFolder, ANameWithASlashIsRefused) {
  const Scratch scratch;
  EXPECT_THROW(RunFolder::create(scratch.path(), "../etcd"), Error);
  EXPECT_THROW(RunFolder::create(scratch.path(), ""), Error);
}

TEST(RunFolder, LatestThatIsNoLinkIsLeftAlone) {
  const Scratch scratch;
  fs::create_directory(scratch / "latest");
  std::ofstream(scratch / "latest/precious") << "x";
  EXPECT_THROW(RunFolder::create(scratch.path(), "etcd"), Error);
  EXPECT_TRUE(fs::exists(scratch / "latest/precious"));
}

TEST(RunFolder, OpensOnlyWhatHasAHistory) {
  const Scratch scratch;
  EXPECT_NE(complaint_of([&] { RunFolder::open(scratch.path()); }).find(scratch.path().string()),
            std::string::npos);
  std::ofstream(scratch / "history.jsonl") << "";
  EXPECT_EQ(RunFolder::open(scratch.path()).path(), scratch.path());
}

TEST(RunFolder, AbsentFilesReadAsEmpty) {
  const Scratch scratch;
  const auto folder = RunFolder::create(scratch.path(), "etcd");
  EXPECT_EQ(folder.read_spec(), "");
  EXPECT_TRUE(folder.read_schedule().empty());
  EXPECT_TRUE(folder.read_receipts().empty());
  EXPECT_TRUE(folder.read_verdicts().empty());
  EXPECT_EQ(folder.read_facts().database, "");
}

TEST(RunFolder, GivesBackTheSchedule) {
  const Scratch scratch;
  const auto folder = RunFolder::create(scratch.path(), "etcd");
  folder.write_schedule({a_planned_fault(), {}});
  const auto schedule = folder.read_schedule();
  ASSERT_EQ(schedule.size(), 2U);
  const PlannedFault planned = a_planned_fault();
  EXPECT_EQ(schedule[0].id, planned.id);
  EXPECT_EQ(schedule[0].name(), "partition bridge one");
  EXPECT_EQ(schedule[0].order, planned.order);
  EXPECT_EQ(schedule[0].at, planned.at);
  EXPECT_EQ(schedule[0].duration, planned.duration);
  EXPECT_EQ(schedule[0].options, planned.options);
  EXPECT_EQ(schedule[0].seed, planned.seed);
}

TEST(RunFolder, AScheduleOfAnEarlierVersionIsReadToo) {
  const Scratch scratch;
  const auto file = scratch.path() / "schedule.json";
  write_file(file, R"([{"id": 4, "fault": "kill", "shape": "", "target": "one",
                        "order": ["n1"], "at": 5, "duration": 6}])");
  const auto schedule = read_schedule(file);
  ASSERT_EQ(schedule.size(), 1U);
  EXPECT_EQ(schedule[0].name(), "kill one");
  EXPECT_TRUE(schedule[0].options.empty());
}

TEST(RunFolder, GivesBackReceiptsInTheOrderOfTheirFaults) {
  const Scratch scratch;
  const auto folder = RunFolder::create(scratch.path(), "etcd");
  Receipt second = a_receipt();
  second.planned.id = 5;
  folder.append_receipt(second);
  folder.append_receipt(a_receipt());
  const auto receipts = folder.read_receipts();
  ASSERT_EQ(receipts.size(), 2U);
  const Receipt wanted = a_receipt();
  EXPECT_EQ(receipts[1].planned.id, 5);
  EXPECT_EQ(receipts[0].planned.id, 4);
  EXPECT_EQ(receipts[0].targets, wanted.targets);
  EXPECT_EQ(receipts[0].detail, wanted.detail);
  EXPECT_EQ(receipts[0].means, wanted.means);
  EXPECT_EQ(receipts[0].installed, wanted.installed);
  EXPECT_EQ(receipts[0].observed, wanted.observed);
  EXPECT_EQ(receipts[0].exercised, std::nullopt);
  EXPECT_EQ(receipts[0].heal_requested, wanted.heal_requested);
  EXPECT_EQ(receipts[0].healed, std::nullopt);
  EXPECT_EQ(receipts[0].heal_verified, std::nullopt);
  EXPECT_EQ(receipts[0].observed_by, wanted.observed_by);
  EXPECT_EQ(receipts[0].failure, wanted.failure);
  EXPECT_EQ(receipts[0].counters, wanted.counters);
}

TEST(RunFolder, AReceiptThatACrashCutOffIsLeftOut) {
  const Scratch scratch;
  const auto folder = RunFolder::create(scratch.path(), "etcd");
  folder.append_receipt(a_receipt());
  std::ofstream(folder.receipts(), std::ios::app) << R"({"planned":{"id")";
  EXPECT_EQ(folder.read_receipts().size(), 1U);
}

TEST(RunFolder, GivesBackTheFacts) {
  const Scratch scratch;
  const auto folder = RunFolder::create(scratch.path(), "etcd");
  const RunFacts facts{"etcd",      "3.4",        "register",
                       "it is one", "kill",       "tribunal run --seed 7",
                       UINT64_MAX,  {"n1", "n2"}, "2024-05-06T07:08:09+02:00",
                       1.5,         "SIGINT",     {{"kernel", "Linux"}, {"etcd sha256", "ab"}},
                       {"a note"}};
  folder.write_facts(facts);
  const RunFacts again = folder.read_facts();
  EXPECT_EQ(again.database, facts.database);
  EXPECT_EQ(again.database_version, facts.database_version);
  EXPECT_EQ(again.workload, facts.workload);
  EXPECT_EQ(again.claim, facts.claim);
  EXPECT_EQ(again.faults, facts.faults);
  EXPECT_EQ(again.command, facts.command);
  EXPECT_EQ(again.seed, facts.seed);
  EXPECT_EQ(again.hosts, facts.hosts);
  EXPECT_EQ(again.started, facts.started);
  EXPECT_EQ(again.seconds, facts.seconds);
  EXPECT_EQ(again.interrupted, facts.interrupted);
  EXPECT_EQ(again.environment, facts.environment);
  EXPECT_EQ(again.notes, facts.notes);
}

// The schema of verdicts.json: others read it, so a change here is a change for them.
TEST(RunFolder, VerdictsHaveThisForm) {
  std::string compact = verdicts_json({a_verdict()});
  std::erase_if(compact, [](char c) { return c == '\n'; });
  for (std::size_t at; (at = compact.find("  ")) != std::string::npos;) compact.erase(at, 2);
  EXPECT_EQ(
      compact,
      R"({"judgement": "violated","exit_code": 1,"verdicts": [{"checker": "linearizable-register",)"
      R"("judgement": "violated","reason": "a stale read","algorithm": "intervals","operations": 12,)"
      R"("keys": 3,"seconds": 0.25,"violations": 2,"figures": [)"
      R"({"name": "acknowledged","value": "12,345"},{"name": "acknowledged","value": "again"}],)"
      R"("evidence": [{"anomaly": "stale read","key": "3","sentence": "n1 had answered","exhibits": [)"
      R"({"began": 1,"ended": 4,"invoked_at": 10,"completed_at": 20,"process": 7,"node": "n1",)"
      R"("text": "write 3 17","outcome": "ok"},)"
      R"({"began": 2,"ended": null,"invoked_at": 12,"completed_at": null,"process": 8,"node": "",)"
      R"("text": "x","outcome": "unknown"}],)"
      R"("arrows": [{"from": 0,"to": 1,"why": "real time","label": "answered before"}],)"
      R"("impossible_at": 9}]}]})");
}

TEST(RunFolder, GivesBackVerdictsInTheSameForm) {
  const Scratch scratch;
  const auto folder = RunFolder::create(scratch.path(), "etcd");
  folder.write_verdicts({a_verdict(), Verdict{}});
  const auto verdicts = folder.read_verdicts();
  EXPECT_EQ(verdicts_json(verdicts), verdicts_json({a_verdict(), Verdict{}}));
  EXPECT_EQ(verdicts.at(0).evidence.at(0).exhibits.at(1).ended, Operation::never);
  EXPECT_EQ(verdicts.at(0).evidence.at(0).exhibits.at(1).completed_at, Operation::no_time);
}

TEST(RunFolder, NoVerdictsAreInconclusive) {
  EXPECT_EQ(verdicts_json({}),
            "{\n  \"judgement\": \"inconclusive\",\n  \"exit_code\": 2,\n  \"verdicts\": []\n}\n");
}

TEST(RunFolder, TextThatIsNoUtf8IsReplaced) {
  Verdict verdict;
  verdict.reason = "answered \xff";
  EXPECT_NE(verdicts_json({verdict}).find("answered �"), std::string::npos);
}

TEST(RunFolder, ADamagedFileIsNamedWithLineAndField) {
  const Scratch scratch;
  const auto folder = RunFolder::create(scratch.path(), "etcd");
  const std::string file = folder.verdicts().string();
  const auto read = [&] { folder.read_verdicts(); };
  folder.write_verdicts({a_verdict()});
  replace(folder.verdicts(), "\"keys\": 3", "\"keys\": -3");
  EXPECT_EQ(complaint_of(read), file + ":11: '/verdicts/0/keys' must be an integer, 0 or more");
  replace(folder.verdicts(), "\"keys\": -3", "\"key\": 3");
  EXPECT_EQ(complaint_of(read), file + ":5: '/verdicts/0' lacks the field 'keys'");
  folder.write_verdicts({a_verdict()});
  replace(folder.verdicts(), "\"to\": 1", "\"to\": 2");
  EXPECT_NE(complaint_of(read).find("points at an exhibit that is not there"), std::string::npos);
  folder.write_verdicts({a_verdict()});
  replace(folder.verdicts(), "\"keys\": 3,", "\"keys\": 3 3,");
  EXPECT_EQ(complaint_of(read), file + ":11: this is not valid JSON");
}

TEST(RunFolder, AVerdictTurnedGreenByHandIsNoticed) {
  const Scratch scratch;
  const auto folder = RunFolder::create(scratch.path(), "etcd");
  folder.write_verdicts({a_verdict()});
  replace(folder.verdicts(), "\"violated\"", "\"satisfied\"");
  EXPECT_EQ(
      complaint_of([&] { folder.read_verdicts(); }),
      folder.verdicts().string() + ":2: '/judgement' does not follow from the verdicts listed");
}

TEST(RunFolder, ADamagedReceiptIsNamedWithItsLine) {
  const Scratch scratch;
  const auto folder = RunFolder::create(scratch.path(), "etcd");
  folder.append_receipt(a_receipt());
  folder.append_receipt(a_receipt());
  std::ofstream(folder.receipts(), std::ios::app) << "{\"planned\":7}\n";
  EXPECT_EQ(complaint_of([&] { folder.read_receipts(); }),
            folder.receipts().string() + ":3: '/planned' must be an object");
}

TEST(WriteFile, LeavesNothingBesideWhatItWrote) {
  const Scratch scratch;
  write_file(scratch / "deep/file", "one");
  write_file(scratch / "deep/file", "two");
  EXPECT_EQ(read_file(scratch / "deep/file"), "two");
  fs::create_directory(scratch / "deep/folder");
  EXPECT_THROW(write_file(scratch / "deep/folder", "x"), Error);
  EXPECT_EQ(std::distance(fs::directory_iterator(scratch / "deep"), {}), 2);
}

TEST(ReadFile, NamesWhatItCannotRead) {
  const Scratch scratch;
  EXPECT_NE(complaint_of([&] { read_file(scratch / "absent"); }).find("absent"), std::string::npos);
  EXPECT_NE(complaint_of([&] { read_file(scratch.path()); }).find("directory"), std::string::npos);
}

}  // namespace
}  // namespace tribunal
