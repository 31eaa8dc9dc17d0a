#include "harness/assemble/verdict_text.h"

#include <gtest/gtest.h>

#include "harness/record/history.h"

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
  EXPECT_EQ(evidence_text(evidence),
            "\n  stale read on key 0\n\n"
            "    n1   p1     |-- write 0 1 --|\n"
            "    n2   p2                       |-- write 0 2 --|\n"
            "    n3   p3                                         |-- read 0 -> 1 --|\n"
            "    n4   p4                         |-- write 0 3 --?\n"
            "    write 0 2 before read 0 -> 1: real time\n"
            "\n  1 was replaced before the read began.\n");
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

}  // namespace
}  // namespace tribunal
