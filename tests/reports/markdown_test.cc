#include "tests/reports/reports_fixture.h"

namespace tribunal {
namespace {

using MarkdownReport = Reports;

TEST_F(MarkdownReport, OpensWithTheVerdict) {
  const std::string text = written("markdown", make_sample(parent_, {.operations = 500}));
  EXPECT_EQ(text.find("## ✅ SATISFIED: linearizable-register held over 500 operations, 3 of 3 "
                      "faults exercised"),
            0U)
      << text;
  EXPECT_NE(text.find("```sh\ntribunal run"), std::string::npos);
  EXPECT_NE(text.find("**Faults:** 3 planned, 3 exercised, 3 healed and verified"),
            std::string::npos);
}

TEST_F(MarkdownReport, ShowsTheWitness) {
  const std::string text = written(
      "markdown", make_sample(parent_, {.operations = 20'000, .judgement = Judgement::violated}));
  EXPECT_EQ(text.find("## ❌ VIOLATED: linearizable-register on key "), 0U) << text;
  EXPECT_NE(text.find("### linearizable-register: stale read on key "), std::string::npos);
  EXPECT_NE(text.find("- 3 → 2, must precede: it did not see"), std::string::npos) << text;
}

TEST_F(MarkdownReport, VacuousIsNotGreen) {
  const std::string text = written(
      "markdown", make_sample(parent_, {.operations = 500, .judgement = Judgement::vacuous}));
  EXPECT_EQ(text.find("## ⚠️ VACUOUS: linearizable-register: only 3 reads were acknowledged"),
            0U)
      << text;
}

TEST_F(MarkdownReport, EscapesWhatTheDatabaseSaid) {
  const std::string text = written("markdown", make_hostile(parent_, hostile_text));
  EXPECT_EQ(count_of(text.substr(0, text.find("To repeat")), "<img"), 0U) << text;
  EXPECT_EQ(count_of(text.substr(0, text.find("To repeat")), "<b>"), 0U);
}

TEST_F(MarkdownReport, ACommandCannotCloseItsFence) {
  const std::string text = written("markdown", make_hostile(parent_, "````\n# no"));
  EXPECT_NE(text.find("`````sh\n````\n# no\n`````\n"), std::string::npos) << text;
}

TEST_F(MarkdownReport, NeverOverItsLimit) {
  // Many short texts, and a few that are each longer than the limit.
  const std::vector<std::pair<std::size_t, std::size_t>> sizes = {
      {100, 60}, {3'000, 6}, {70'000, 1}};
  for (const auto& [size, count] : sizes) {
    for (const std::string unit : {"|", "<", "\xff", "ab"}) {
      std::string large;
      while (large.size() < size) large += unit;
      const RunFolder folder = make_hostile(parent_, large);
      Verdict verdict = folder.read_verdicts().front();
      verdict.evidence.resize(std::min<std::size_t>(count, 5), verdict.evidence.front());
      for (auto& evidence : verdict.evidence)
        evidence.exhibits.resize(count, evidence.exhibits.front());
      folder.write_verdicts(std::vector<Verdict>(count, verdict));
      const std::string text = written("markdown", folder);
      EXPECT_LE(text.size(), 64U * 1024) << unit << " " << size;
      EXPECT_NE(text.find("To repeat this run"), std::string::npos);
    }
  }
}

}  // namespace
}  // namespace tribunal
