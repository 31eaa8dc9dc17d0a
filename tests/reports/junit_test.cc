#include "tests/reports/reports_fixture.h"
#include "tests/reports/well_formed.h"

namespace tribunal {
namespace {

using JunitReport = Reports;

TEST_F(JunitReport, SatisfiedPasses) {
  const std::string xml = written("junit", make_sample(parent_, {.operations = 500}));
  EXPECT_EQ(flaw_in_xml(xml), "") << xml;
  EXPECT_NE(xml.find("tests=\"2\" failures=\"0\" errors=\"0\""), std::string::npos) << xml;
  EXPECT_EQ(count_of(xml, "<failure"), 0U);
  EXPECT_NE(xml.find("name=\"faults.exercised\" value=\"3/3\""), std::string::npos);
  EXPECT_NE(xml.find("<testsuite name=\"register under partition, kill\""), std::string::npos);
  EXPECT_NE(xml.find("--seed 7"), std::string::npos);
}

TEST_F(JunitReport, ViolatedIsAFailureNamedByItsAnomaly) {
  const std::string xml = written(
      "junit", make_sample(parent_, {.operations = 20'000, .judgement = Judgement::violated}));
  EXPECT_EQ(flaw_in_xml(xml), "") << xml;
  EXPECT_NE(xml.find("failures=\"1\" errors=\"0\""), std::string::npos);
  EXPECT_NE(xml.find("<failure type=\"stale read\""), std::string::npos);
  EXPECT_NE(xml.find("must precede"), std::string::npos) << "the witness stands in the body";
}

TEST_F(JunitReport, NeitherVacuousNorInconclusivePasses) {
  for (const auto judgement : {Judgement::vacuous, Judgement::inconclusive}) {
    const std::string xml =
        written("junit", make_sample(parent_, {.operations = 500, .judgement = judgement}));
    EXPECT_EQ(flaw_in_xml(xml), "") << xml;
    EXPECT_NE(xml.find("<failure type=\"" + std::string(name_of(judgement)) + "\""),
              std::string::npos)
        << xml;
  }
}

TEST_F(JunitReport, HarnessErrorIsAnError) {
  const std::string xml = written(
      "junit", make_sample(parent_, {.operations = 500, .judgement = Judgement::harness_error}));
  EXPECT_EQ(flaw_in_xml(xml), "") << xml;
  EXPECT_NE(xml.find("failures=\"0\" errors=\"1\""), std::string::npos);
  EXPECT_NE(xml.find("<error type=\"harness\""), std::string::npos);
}

TEST_F(JunitReport, ARunThatWasKilledDoesNotPass) {
  const std::string xml = written("junit", make_empty(parent_));
  EXPECT_EQ(flaw_in_xml(xml), "") << xml;
  EXPECT_NE(xml.find("tests=\"1\" failures=\"1\""), std::string::npos);
}

TEST_F(JunitReport, FaultsWithoutAVerdictAreJudgedByTheirReceipts) {
  const RunFolder folder = make_sample(parent_, {.operations = 500});
  folder.write_verdicts({});
  Receipt stuck;
  stuck.planned.id = 9;
  stuck.planned.fault = "pause";
  stuck.failure = "SIGCONT did not arrive";
  folder.append_receipt(stuck);
  const std::string xml = written("junit", folder);
  EXPECT_EQ(flaw_in_xml(xml), "") << xml;
  EXPECT_NE(xml.find("<error type=\"harness\" message=\"pause: SIGCONT did not arrive\""),
            std::string::npos)
      << xml;
}

TEST_F(JunitReport, WellFormedWhateverTheValues) {
  const std::string xml = written("junit", make_hostile(parent_, hostile_text));
  EXPECT_EQ(flaw_in_xml(xml), "") << xml;
  EXPECT_EQ(count_of(xml, "<img"), 0U);
}

TEST(WellFormed, FindsFlaws) {
  EXPECT_EQ(flaw_in_xml("<?xml version=\"1.0\"?>\n<a b=\"c\"><d/>x&amp;</a>\n"), "");
  for (const auto broken : {"<a>", "<a></b>", "<a b=\"1\" b=\"2\"/>", "<a>&</a>", "<a>\x01</a>",
                            "<a/><b/>", "<a b=\"<\"/>", "x"}) {
    EXPECT_NE(flaw_in_xml(broken), "") << broken;
  }
}

}  // namespace
}  // namespace tribunal
