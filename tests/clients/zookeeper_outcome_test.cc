// What each way in which a request to ZooKeeper can end means: the table, line by line; what names
// and four letters say; how it is found and configured.
#include <gtest/gtest.h>
#include <zookeeper/zookeeper.h>

#include <fstream>

#include "clients/zookeeper/deploy.h"
#include "clients/zookeeper/four_letters.h"
#include "clients/zookeeper/names.h"
#include "clients/zookeeper/options.h"
#include "clients/zookeeper/outcome.h"
#include "harness/parts/client.h"
#include "harness/record/error.h"
#include "tests/run/scratch.h"

namespace tribunal {
namespace {

constexpr Milliseconds second{1000};

ZooAnswer answered_with(int code) {
  ZooAnswer answer;
  answer.code = code;
  return answer;
}

ZooAnswer ended_as(ZooEnd end, int code = 0) {
  ZooAnswer answer = answered_with(code);
  answer.end = end;
  return answer;
}

Outcome of_write(const ZooAnswer& answer) {
  return find_zookeeper_outcome(answer, Effect::writes, second).outcome;
}

TEST(ZooOutcome, WhatTheLeaderRefusesHadNoEffect) {
  for (const int code : {ZNONODE, ZNODEEXISTS, ZBADVERSION, ZNOTEMPTY, ZNOCHILDRENFOREPHEMERALS,
                         ZNOAUTH, ZINVALIDACL, ZNOTREADONLY, ZTHROTTLEDOP})
    EXPECT_EQ(of_write(answered_with(code)), Outcome::failed) << code;
}

TEST(ZooOutcome, AllElseOfAWriteIsUnknown) {
  for (const int code :
       {ZCONNECTIONLOSS, ZOPERATIONTIMEOUT, ZSESSIONEXPIRED, ZSESSIONMOVED, ZCLOSING,
        ZMARSHALLINGERROR, ZSYSTEMERROR, ZRUNTIMEINCONSISTENCY, ZDATAINCONSISTENCY, ZAUTHFAILED,
        ZUNIMPLEMENTED, ZINVALIDSTATE, ZBADARGUMENTS, static_cast<ZOO_ERRORS>(-4711)})
    EXPECT_EQ(of_write(answered_with(code)), Outcome::unknown) << code;
  EXPECT_EQ(of_write(ended_as(ZooEnd::late)), Outcome::unknown);
}

TEST(ZooOutcome, WhatWasNeverSentIsFailed) {
  EXPECT_EQ(of_write(ended_as(ZooEnd::unconnected)), Outcome::failed);
  EXPECT_EQ(of_write(ended_as(ZooEnd::refused, ZINVALIDSTATE)), Outcome::failed);
}

TEST(ZooOutcome, AReadIsFailedHoweverItEnded) {
  for (const int code : {ZCONNECTIONLOSS, ZSESSIONEXPIRED, ZNONODE, static_cast<ZOO_ERRORS>(-4711)})
    EXPECT_EQ(find_zookeeper_outcome(answered_with(code), Effect::reads, second).outcome,
              Outcome::failed);
  EXPECT_EQ(find_zookeeper_outcome(ended_as(ZooEnd::late), Effect::reads, second).outcome,
            Outcome::failed);
  EXPECT_EQ(find_zookeeper_outcome(answered_with(ZOK), Effect::reads, second).outcome, Outcome::ok);
}

TEST(ZooOutcome, OnlyAnAnswerIsACondition) {
  EXPECT_TRUE(is_condition(answered_with(ZNONODE)));
  EXPECT_FALSE(is_condition(answered_with(ZNOAUTH)));
  EXPECT_FALSE(is_condition(answered_with(ZOK)));
  EXPECT_FALSE(is_condition(ended_as(ZooEnd::late, ZNONODE)));
}

TEST(ZooNames, AreReadAndSortedByTheirNumbers) {
  const auto sorted = zoo_sorted({"5-0000000010", "-7-0000000009", "6-2147483647"});
  ASSERT_EQ(sorted.size(), 3u);
  EXPECT_EQ(sorted[0].element, -7);
  EXPECT_EQ(sorted[1].element, 5);
  EXPECT_EQ(sorted[2].number, 2147483647);
  EXPECT_EQ(zoo_named("/queue-3/17-0000000042").number, 42);
}

TEST(ZooNames, WhatIsNoneIsNoAnswer) {
  for (const char* name : {"", "17", "x-0000000001", "17-", "17-00x"})
    EXPECT_THROW(zoo_named(name), Rejected) << name;
  for (const char* number : {"", "1 ", "99999999999999999999", "0x1"})
    EXPECT_THROW(zoo_number(number), Rejected) << number;
}

TEST(ZooFourLetters, TellTheRole) {
  const auto role = [](const std::string& mode) {
    return zookeeper_role_in("Zookeeper version: 3.8.0\nZxid: 0x1\nMode: " + mode +
                             "\nNode count: 5\n");
  };
  EXPECT_EQ(role("leader"), "leader");
  EXPECT_EQ(role("standalone"), "leader");
  EXPECT_EQ(role("follower"), "follower");
  EXPECT_EQ(role("observer"), "");
  EXPECT_EQ(zookeeper_role_in("This ZooKeeper instance is not currently serving requests\n"), "");
  EXPECT_EQ(zookeeper_role_in(""), "");
}

using Names = std::vector<std::string>;

Names promised(std::map<std::string, std::string> chosen, const std::string& workload) {
  std::map<std::string, std::string> options;
  for (const DatabaseOption& option : zookeeper_options())
    options[option.name] = option.values.front();
  for (const auto& [name, value] : chosen) options[name] = value;
  return zookeeper_promises(options, workload);
}

TEST(ZooPromises, AreTheWorkloadsOwnOnlyWhereAQuorumIsAsked) {
  EXPECT_EQ(promised({}, "register"), Names{});
  for (const char* sync : {"on", "off"}) {
    EXPECT_EQ(promised({{"sync", sync}}, "register").front(), "sequential");
    EXPECT_EQ(promised({{"sync", sync}}, "counter"), Names{"convergence"});
    EXPECT_EQ(promised({{"sync", sync}}, "queue"), Names{});
  }
  EXPECT_EQ(promised({{"lock", "ephemeral"}}, "lock"), Names{"progress"});
  EXPECT_EQ(promised({{"lock", "ephemeral"}}, "register"), Names{});
  EXPECT_EQ(promised({{"force-sync", "no"}}, "register"), Names{"progress"});
}

class FindZooKeeper : public testing::Test {
 protected:
  std::string complaint(const std::string& binary) {
    try {
      zookeeper().find(binary);
      return "none";
    } catch (const Error& error) {
      EXPECT_EQ(error.blame(), Blame::environment);
      EXPECT_FALSE(error.fix().empty());
      return error.what();
    }
  }
  Scratch scratch_;
};

TEST_F(FindZooKeeper, RefusesWhatIsNone) {
  EXPECT_NE(complaint("/no/such.jar").find("there is no file"), std::string::npos);
  const auto path = scratch_.path() / "other.jar";
  std::ofstream(path) << "no jar at all";
  const std::string words = complaint(path);
  EXPECT_TRUE(words.find("does not answer as ZooKeeper") != std::string::npos ||
              words.find("there is no java") != std::string::npos)
      << words;
}

}  // namespace
}  // namespace tribunal
