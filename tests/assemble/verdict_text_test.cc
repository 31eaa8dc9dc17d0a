#include "harness/assemble/verdict_text.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "harness/assemble/drawing.h"
#include "harness/assemble/verdict_json.h"
#include "harness/record/history.h"
#include "harness/record/json_document.h"

namespace tribunal {
namespace {

Exhibit exhibit(std::uint32_t process, std::uint32_t began, std::uint32_t ended,
                const std::string& text) {
  Exhibit exhibit;
  exhibit.process = process;
  exhibit.node = "n" + std::to_string(process);
  exhibit.began = began;
  exhibit.ended = ended;
  exhibit.text = text;
  return exhibit;
}

TEST(EvidenceText, IsDrawnAsTheDrawnTestsAre) {
  Evidence evidence;
  evidence.anomaly = "stale read";
  evidence.key = "0";
  evidence.sentence = "1 was replaced before the read began.";
  evidence.exhibits = {exhibit(1, 10, 11, "write 0 1"), exhibit(2, 12, 15, "write 0 2"),
                       exhibit(3, 16, 17, "read 0 -> 1"),
                       exhibit(4, 14, Operation::never, "write 0 3")};
  evidence.arrows = {{1, 2, "real time", ""}};
  evidence.impossible_at = 17;
  EXPECT_EQ(evidence_text(evidence),
            "\n  stale read on key 0\n\n"
            "    n1   p1    |-- write 0 1 --|\n"
            "    n2   p2                      |-- write 0 2 --|\n"
            "    n3   p3                                        |-- read 0 -> 1 --|\n"
            "    n4   p4                        |-- write 0 3 --?\n"
            "\n"
            "    write 0 2 before read 0 -> 1: real time\n"
            "    impossible since event 17, the completion of 'read 0 -> 1' by process 3\n"
            "\n  1 was replaced before the read began.\n");
}

TEST(EvidenceText, AHistoryWithoutNodesIsDrawnWithoutTheirColumn) {
  Evidence evidence;
  evidence.exhibits = {exhibit(1, 10, 11, "read -> 3"), exhibit(12, 10, 11, "read -> 4")};
  for (auto& one : evidence.exhibits) one.node.clear();
  const auto text = evidence_text(evidence);
  EXPECT_NE(text.find("    p1     |-- read -> 3 --|\n    p12    |-- read -> 4 --|\n"), text.npos)
      << text;
}

TEST(Drawing, WhatIsTooWideGoesOnBelow) {
  std::vector<Exhibit> exhibits;
  for (std::uint32_t i = 0; i < 6; ++i) {
    exhibits.push_back(exhibit(i % 2, i * 2, i * 2 + 1, "write 0 " + std::to_string(i)));
  }
  exhibits.push_back(exhibit(2, 4, 9, "read 0"));  // over the cut
  std::sort(exhibits.begin(), exhibits.end(),
            [](const auto& a, const auto& b) { return a.began < b.began; });
  const auto text = drawing(exhibits, 60);
  std::istringstream lines(text);
  std::size_t strips = 1, words = 0;
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(line.size(), 60U) << text;
    strips += line.empty() ? 1 : 0;
    for (auto at = line.find(" 0"); at != line.npos; at = line.find(" 0", at + 1)) ++words;
  }
  EXPECT_GT(strips, 1U) << text;
  EXPECT_EQ(words, 7U + 1U) << text;  // every call once and whole; "write 0 0" counts twice
}

TEST(HistoryText, SaysWhatWasReadAndWhatWasLeftOut) {
  History history;
  history.operations.resize(2);
  EXPECT_EQ(history_text(history, 0.0012), "  read 2 operations of 1 process in 1.2 ms\n");
  history.truncated = true;
  EXPECT_NE(history_text(history, 1).find("left out"), std::string::npos);
}

TEST(VerdictLines, AnObjectAVerdict) {
  Judged judged;
  judged.seconds_of_reading = 0.5;
  judged.verdicts.resize(2);
  judged.verdicts[0].checker = "linearizable";
  judged.verdicts[0].judgement = Judgement::violated;
  judged.verdicts[0].algorithm = "search";
  judged.verdicts[0].operations = 4;
  judged.verdicts[0].seconds = 0.25;
  Evidence evidence;
  evidence.anomaly = "stale read";
  judged.verdicts[0].evidence = {evidence};
  std::istringstream lines(verdict_lines(judged));
  std::string first, second, none;
  std::getline(lines, first);
  std::getline(lines, second);
  EXPECT_FALSE(std::getline(lines, none));
  const auto json = Json::parse(first);
  EXPECT_EQ(json.at("verdict"), "violated");
  EXPECT_EQ(json.at("checker"), "linearizable");
  EXPECT_EQ(json.at("algorithm"), "search");
  EXPECT_EQ(json.at("operations"), 4);
  EXPECT_EQ(json.at("seconds").at("parsing"), 0.5);
  EXPECT_EQ(json.at("seconds").at("checking"), 0.25);
  EXPECT_EQ(json.at("evidence").at(0).at("anomaly"), "stale read");
  EXPECT_EQ(Json::parse(second).at("verdict"), "inconclusive");
}

TEST(VerdictText, TheWorstComesLast) {
  Verdict good, bad;
  good.checker = "set";
  good.judgement = Judgement::satisfied;
  good.reason = "well";
  bad.checker = "progress";
  bad.judgement = Judgement::vacuous;
  bad.reason = "nothing was read";
  const auto text = verdict_text({good, bad}, "a claim");
  EXPECT_NE(text.find("\nVACUOUS  progress: nothing was read\n"), std::string::npos);
  EXPECT_EQ(text.find("a claim"), std::string::npos);
  EXPECT_NE(verdict_text({good}, "a claim").find("\nSATISFIED  a claim\n"), std::string::npos);
}

TEST(Drawing, AProcessThatMovedNamesItsNodesCallByCall) {
  Exhibit first, second;
  first.process = second.process = 5;
  first.began = 0;
  first.ended = 1;
  first.node = "n1";
  first.text = "write 3 6";
  second.began = 2;
  second.ended = 3;
  second.node = "n2";
  second.text = "read 3 -> null";
  EXPECT_EQ(drawing({first, second}, 100),
            "    p5    |-- n1: write 3 6 --| |-- n2: read 3 -> null --|\n");
}

}  // namespace
}  // namespace tribunal
