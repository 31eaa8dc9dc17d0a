// The histories that Jepsen's tests and elle-cli check with these checkers get the verdicts that
// the references give, or the better ones that ours are to give.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>

#include "checkers/catalogue.h"
#include "harness/parts/catalogue.h"
#include "harness/record/error.h"
#include "harness/record/history_file.h"
#include "tests/checkers/known_histories.h"

namespace tribunal {
namespace {

struct KnownClassic {
  const char* file;
  const char* checker;
  const char* expected;
  const char* why = "";  // where it is not what the reference says
};

constexpr const char* unit = "from-tests/jepsen-";

const std::vector<KnownClassic> cases = {
    {"elle-cli/jepsen/counter.edn", "counter", "vacuous", "nothing was read"},
    {"elle-cli/jepsen/counter.edn", "pn-counter", "vacuous", "nothing was read"},
    {"elle-cli/jepsen/set_full.edn", "set-full", "violated"},
    {"elle-cli/jepsen/bank-neg.edn", "bank", "vacuous", "one read has nothing to agree with"},
    {"elle-cli/jepsen/bank-negative-balances.json", "bank", "violated"},
    {"elle-cli/jepsen/bank-tidb.edn", "bank", "violated"},
    {"elle-cli/jepsen/bank.json", "bank", "satisfied"},
    {"elle-cli/knossos/mutex/bad/etcd.edn", "mutex", "violated"},
    {"elle-cli/knossos/mutex/bad/etcd.json", "mutex", "violated"},
    {"knossos/mutex/bad/etcd.edn", "mutex", "violated"},
    {"Counter__jepsen.checker-test_counter-test__001.edn", "counter", "vacuous",
     "nothing happened"},
    {"Counter__jepsen.checker-test_counter-test__003.edn", "counter", "vacuous",
     "the only increment failed"},
    {"Counter__jepsen.checker-test_counter-test__005.edn", "counter", "violated"},
    {"Counter__jepsen.checker-test_counter-test__007.edn", "counter", "violated"},
    {"SetFull__jepsen.checker-test_set-full-test__001.edn", "set-full", "vacuous"},
    {"SetFull__jepsen.checker-test_set-full-test__003.edn", "set-full", "satisfied"},
    {"SetFull__jepsen.checker-test_set-full-test__005.edn", "set-full", "satisfied"},
    {"SetFull__jepsen.checker-test_set-full-test__007.edn", "set-full", "satisfied"},
    {"SetFull__jepsen.checker-test_set-full-test__009.edn", "set-full", "vacuous"},
    {"SetFull__jepsen.checker-test_set-full-test__011.edn", "set-full", "vacuous"},
    {"SetFull__jepsen.checker-test_set-full-test__013.edn", "set-full", "violated"},
    {"TotalQueue__jepsen.checker-test_total-queue-test__001.edn", "total-queue", "vacuous",
     "nothing happened"},
    {"TotalQueue__jepsen.checker-test_total-queue-test__003.edn", "total-queue", "violated"},
    {"UniqueIds__jepsen.checker-test_unique-ids-test__001.edn", "unique-ids", "vacuous",
     "nothing happened"},
    {"causal_reverse$checker$reify__16313__jepsen.tests.causal-reverse-test_casusal-reverse-test__"
     "001.edn",
     "causal-reverse", "satisfied"},
    {"causal_reverse$checker$reify__16313__jepsen.tests.causal-reverse-test_casusal-reverse-test__"
     "003.edn",
     "causal-reverse", "violated"},
};

std::filesystem::path path_of(const KnownClassic& known) {
  const std::string file = known.file;
  return known_histories_folder() / (file.find('/') == file.npos ? unit + file : file);
}

TEST(KnownClassic, GetTheirVerdicts) {
  if (!std::filesystem::exists(known_histories_folder() / "INDEX.tsv")) {
    GTEST_SKIP() << "no collection of histories in " << known_histories_folder()
                 << "; TRIBUNAL_HISTORIES names one";
  }
  for (const KnownClassic& known : cases) {
    SCOPED_TRACE(std::string(known.checker) + " " + known.file);
    try {
      const History history = read_history(path_of(known));
      const Verdict verdict =
          find(checkers(), "checker", known.checker).check(history, {}, Budget{});
      EXPECT_EQ(name_of(verdict.judgement), known.expected) << verdict.reason;
      EXPECT_EQ(verdict.judgement == Judgement::violated, !verdict.evidence.empty());
      if (verdict.evidence.empty()) continue;
      EXPECT_LE(verdict.evidence[0].exhibits.size(), 6u);
      if (std::getenv("TRIBUNAL_SHOW") != nullptr)
        std::printf("%s: %s\n", known.file, verdict.evidence[0].sentence.c_str());
    } catch (const Error& error) {
      ADD_FAILURE() << error.what();
    }
  }
}

}  // namespace
}  // namespace tribunal
