// Each level of quorum, honest and told to lie in each way, against every checker of what it
// promises, under partitions, kills and pauses. Some rows are tests of every day; with
// TRIBUNAL_MATRIX_SEEDS=N (scripts/campaign matrix) all are run at N seeds, those that nobody may
// convict at twice as many, and printed as a table.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <cstdio>

#include "tests/end_to_end/quorum_matrix.h"
#include "tests/run/scratch.h"

namespace tribunal {
namespace {

std::uint64_t seeds_wanted() {
  const char* wish = getenv("TRIBUNAL_MATRIX_SEEDS");
  return wish == nullptr ? 0 : std::stoull(wish);
}

std::uint64_t seeds_of(const MatrixRow& row) {
  return seeds_wanted() * (row.convicted.empty() ? 2 : 1);
}

std::vector<MatrixRow> rows_wanted() {
  std::vector<MatrixRow> rows = matrix_rows();
  if (seeds_wanted() == 0)
    std::erase_if(rows, [](const MatrixRow& row) { return row.part != MatrixRow::Part::daily; });
  return rows;
}

bool names(const Checkers& checkers, const std::string& name) {
  return std::find(checkers.begin(), checkers.end(), name) != checkers.end();
}

// Nobody is convicted of what the bug leaves whole.
void expect_just(const MatrixRow& row, std::uint64_t seed, const QuorumRun& run) {
  EXPECT_LE(run.ended.status, 2) << "seed " << seed << "\n" << run.ended.out;
  for (const std::string& checker : row.judged()) {
    EXPECT_TRUE(run.claims.contains(checker)) << checker << "\n" << run.ended.out;
    if (names(row.convicted, checker) || names(row.may, checker)) continue;
    EXPECT_FALSE(run.convicts(checker)) << checker << ", seed " << seed << "\n" << run.ended.out;
  }
}

// "| causal | none | sessions | . | **10** |": bold is what the bug must be convicted of.
void print_line(const MatrixRow& row, const std::map<std::string, std::uint64_t>& convictions,
                std::uint64_t satisfied) {
  const auto& all = matrix_rows();
  const auto place = std::find_if(all.begin(), all.end(),
                                  [&](const MatrixRow& one) { return one.name() == row.name(); });
  std::string line = "matrix " + std::to_string(1000 + (place - all.begin())) + " | " + row.level +
                     " | " + row.bug + " | " + row.workload +
                     (row.course == "sticky" ? ", sticky" : "") + " |";
  for (const auto& [checker, short_name] : matrix_columns()) {
    const auto count = convictions.find(checker);
    const bool never = count == convictions.end() || count->second == 0;
    std::string cell = never ? "." : std::to_string(count->second);
    if (names(row.convicted, checker)) cell = "**" + cell + "**";
    line += " " + (names(row.judged(), checker) ? cell : "-") + " |";
  }
  std::printf("%s %s of %s |\n", line.c_str(), std::to_string(satisfied).c_str(),
              std::to_string(seeds_of(row)).c_str());
  std::fflush(stdout);
}

void print_head() {
  std::string head = "matrix 0998 | level | bug | workload |", rule = "matrix 0999 |---|---|---|";
  for (const auto& [checker, short_name] : matrix_columns()) {
    head += " " + short_name + " |";
    rule += "---|";
  }
  std::printf("%s satisfied |\n%s---|\n", head.c_str(), rule.c_str());
}

class QuorumMatrix : public ::testing::TestWithParam<MatrixRow> {
 protected:
  static void SetUpTestSuite() {
    if (seeds_wanted() != 0) print_head();
  }
  void SetUp() override {
    std::string why;
    if (!can_run_etcd(why)) GTEST_SKIP() << "no cell can be had here:\n" << why;
  }

  QuorumRun run(std::uint64_t seed) {
    QuorumRun one = run_quorum(scratch_.path(), seed, GetParam().flags());
    expect_just(GetParam(), seed, one);
    std::error_code ignored;
    std::filesystem::remove_all(one.folder, ignored);
    return one;
  }

  static bool as_it_must_be(const QuorumRun& run) {
    const MatrixRow& row = GetParam();
    if (row.convicted.empty()) return run.ended.status == 0;
    return std::all_of(row.convicted.begin(), row.convicted.end(),
                       [&](const std::string& checker) { return run.convicts(checker); });
  }

  Scratch scratch_;
};

TEST_P(QuorumMatrix, IsConvictedOfWhatItBreaksAndOfNothingElse) {
  const std::uint64_t seeds = seeds_of(GetParam());
  if (seeds == 0) {
    EXPECT_TRUE(at_some_seed([this](std::uint64_t seed) { return as_it_must_be(run(seed)); }));
    return;
  }
  std::map<std::string, std::uint64_t> convictions;
  std::uint64_t satisfied = 0;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const QuorumRun one = run(seed);
    for (const auto& [checker, judgement] : one.claims)
      convictions[checker] += judgement == Judgement::violated;
    satisfied += one.ended.status == 0;
  }
  print_line(GetParam(), convictions, satisfied);
  for (const std::string& checker : GetParam().convicted)
    EXPECT_GE(convictions[checker] * 10, seeds * 9) << checker << " of " << seeds << " runs";
  EXPECT_TRUE(satisfied > 0 || !GetParam().convicted.empty());
}

INSTANTIATE_TEST_SUITE_P(Levels, QuorumMatrix, ::testing::ValuesIn(rows_wanted()),
                         [](const auto& row) { return row.param.name(); });

}  // namespace
}  // namespace tribunal
