// What a run is held against comes from its own spec, and a run that claims nothing proves nothing.
#include "harness/assemble/judge_folder.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "harness/record/error.h"
#include "tests/run/scratch.h"

namespace tribunal {
namespace {

// One write and one read that sees it.
const char* const answered =
    R"({"time":1,"process":0,"type":"invoke","f":"write","key":0,"value":1,"node":"n1"})"
    "\n"
    R"({"time":2,"process":0,"type":"ok","f":"write","key":0,"value":1,"node":"n1"})"
    "\n"
    R"({"time":3,"process":1,"type":"invoke","f":"read","key":0,"value":null,"node":"n2"})"
    "\n"
    R"({"time":4,"process":1,"type":"ok","f":"read","key":0,"value":1,"node":"n2"})"
    "\n";

class JudgeFolderTest : public ::testing::Test {
 protected:
  // The verdicts on a run without faults, all of whose calls were answered.
  std::vector<Verdict> judge(const std::string& spec) {
    const auto folder = RunFolder::create(scratch_.path(), "run");
    folder.write_spec(spec + "faults: none\nacknowledged: 1\nacknowledged-reads: 1\n" +
                      "acknowledged-writes: 1\n");
    write_file(folder.history(), answered);
    RunFacts facts;
    facts.started = "2026-01-01T00:00:00+00:00";
    folder.write_facts(facts);
    return judge_folder(folder, {}).verdicts;
  }

  static const Verdict* named(const std::vector<Verdict>& verdicts, const std::string& name) {
    const auto found = std::find_if(verdicts.begin(), verdicts.end(),
                                    [&](const Verdict& one) { return one.checker == name; });
    return found == verdicts.end() ? nullptr : &*found;
  }

  Scratch scratch_;
};

TEST_F(JudgeFolderTest, ADatabaseThatPromisesNothingIsNotFoundConsistent) {
  const auto verdicts = judge("database: quorum\nworkload: sessions\nset: level=weak\n");
  const Verdict* claims = named(verdicts, "claims");
  ASSERT_NE(claims, nullptr);
  EXPECT_EQ(claims->judgement, Judgement::vacuous);
  EXPECT_NE(claims->reason.find("--checkers"), std::string::npos) << claims->reason;
  EXPECT_NE(worst(verdicts), Judgement::satisfied);
}

TEST_F(JudgeFolderTest, WhoClaimsProgressOnlyIsJudgedByIt) {
  const auto verdicts =
      judge("database: quorum\nworkload: sessions\nset: level=weak\ncheckers: progress\n");
  EXPECT_EQ(named(verdicts, "claims"), nullptr);
  EXPECT_EQ(verdicts.front().checker, "progress");
  EXPECT_EQ(verdicts.front().judgement, Judgement::satisfied) << verdicts.front().reason;
}

TEST_F(JudgeFolderTest, TheOptionsOfASpecReachItsCheckers) {
  const std::string spec = "database: etcd\nworkload: read-write\ncheckers: linearizable\n";
  EXPECT_EQ(judge(spec + "option: model=register\n").front().judgement, Judgement::satisfied);
  EXPECT_THROW(judge(spec + "option: model=queue\n"), Error);
}

}  // namespace
}  // namespace tribunal
