// quorum in a cell: what each level serves and promises, what outlives a kill, and what it says
// when there is no quorum.
#include <gtest/gtest.h>

#include <set>

#include "clients/catalogue.h"
#include "clients/quorum/promises.h"
#include "harness/parts/catalogue.h"
#include "harness/record/error.h"
#include "tests/clients/quorum_cluster.h"

namespace tribunal {
namespace {

constexpr Outcome ok = Outcome::ok, failed = Outcome::failed;
const Attempt done{ok, ""};

// One cell a test, since each costs a second; skipped where a cell cannot be had.
class Quorum : public ::testing::Test {
 protected:
  void SetUp() override {
    static const auto checks = check_cell();
    for (const CellCheck& check : checks)
      if (!check.works) GTEST_SKIP() << check.what << ": " << check.why;
  }
};

class QuorumLevels : public Quorum, public ::testing::WithParamInterface<const char*> {};
INSTANTIATE_TEST_SUITE_P(Each, QuorumLevels,
                         ::testing::Values("linearizable", "sequential", "causal", "session",
                                           "eventual", "weak"));

void serve_registers_sets_and_counters(QuorumCluster& nodes) {
  EXPECT_EQ(nodes.read(1, 7), std::nullopt);
  ASSERT_EQ(nodes.call(1, Write{7, INT64_MIN}), done);
  EXPECT_TRUE(nodes.reads(1, 7, INT64_MIN));
  ASSERT_EQ(nodes.call(1, Delete{7}), done);
  EXPECT_TRUE(nodes.reads(1, 7, std::nullopt));
  const auto session = nodes.client(2);
  EXPECT_EQ(attempt(*session, ReadCounter{7}), done);
  EXPECT_EQ(std::get<ReadCounter>(session->invoke(ReadCounter{7})).value, std::nullopt);
  for (const Call& call : {Call{Add{7, 3}}, Call{Add{7, 4}}, Call{Remove{7, 3}},
                           Call{Increment{7, 5}}, Call{Increment{7, -7}}})
    ASSERT_EQ(attempt(*session, call), done);
  std::this_thread::sleep_for(Milliseconds(100));  // where sessions are not promised anything
  EXPECT_EQ(std::get<ReadSet>(session->invoke(ReadSet{7})).elements, std::vector<Int>{4});
  EXPECT_EQ(std::get<ReadCounter>(session->invoke(ReadCounter{7})).value, -2);
}

TEST_P(QuorumLevels, ServesItsCallsAndOutlivesTheKillOfAll) {
  const std::string level = GetParam();
  in_cell(3, [&](Cluster& cluster, const Folder&) {
    QuorumCluster nodes(cluster, {{"level", level}});
    serve_registers_sets_and_counters(nodes);
    const bool lists = level != "linearizable", swaps = level == "sequential";
    EXPECT_EQ(nodes.call(0, Append{1, 5}).outcome, lists ? ok : failed);
    EXPECT_EQ(nodes.call(0, ReadList{1}).outcome, lists ? ok : failed);
    ASSERT_EQ(nodes.call(0, Write{9, 1}), done);
    EXPECT_EQ(nodes.call(0, Cas{9, 1, 2}).outcome, swaps ? ok : failed);
    EXPECT_EQ(nodes.call(0, Cas{9, 1, 3}).outcome, failed);
    EXPECT_EQ(nodes.call(0, Enqueue{1, 5}).outcome, failed);
    EXPECT_EQ(nodes.role(0), level == "sequential" ? "leader" : "follower");
    EXPECT_EQ(nodes.role(1), "follower");
    for (std::size_t i = 0; i < 3; ++i) nodes.kill(i);
    EXPECT_EQ(nodes.call(0, Write{9, 9}).outcome, failed);
    for (std::size_t i = 0; i < 3; ++i) nodes.start(i);
    for (std::size_t i = 0; i < 3; ++i) ASSERT_TRUE(nodes.ready(i));
    EXPECT_TRUE(nodes.reads(0, 9, swaps ? 2 : 1));
  });
}

TEST_F(Quorum, WithoutAQuorumNothingIsAcknowledged) {
  in_cell(3, [](Cluster& cluster, const Folder&) {
    QuorumCluster nodes(cluster, {});
    ASSERT_EQ(nodes.call(0, Write{1, 1}), done);
    for (const std::size_t i : {1, 2}) nodes.signal(i, SIGSTOP);
    EXPECT_NE(nodes.call(0, Write{1, 2}).outcome, ok);
    EXPECT_EQ(nodes.call(0, Read{1}).outcome, failed);
    EXPECT_NE(nodes.call(0, Add{1, 2}).outcome, ok);
    EXPECT_NE(nodes.call(0, Increment{1, 2}).outcome, ok);
    EXPECT_FALSE(nodes.ready(0, Milliseconds(500)));
    nodes.signal(1, SIGCONT);
    ASSERT_TRUE(nodes.ready(0));
    EXPECT_EQ(nodes.call(0, Write{1, 3}), done);
    EXPECT_EQ(nodes.read(1, 1), 3);
    nodes.signal(2, SIGCONT);
    EXPECT_TRUE(nodes.reads(2, 1, 3));
  });
}

TEST_F(Quorum, WithoutTheSequencerReadsGoOnAndWritesDoNot) {
  in_cell(3, [](Cluster& cluster, const Folder&) {
    QuorumCluster nodes(cluster, {{"level", "sequential"}});
    const auto session = nodes.client(2);
    ASSERT_EQ(attempt(*session, Write{1, 1}), done);
    EXPECT_EQ(std::get<Read>(session->invoke(Read{1})).value, 1);
    EXPECT_EQ(std::get<Read>(session->invoke(Read{1})).version, 1);
    nodes.signal(0, SIGSTOP);
    EXPECT_NE(attempt(*session, Write{1, 2}).outcome, ok);
    EXPECT_EQ(std::get<Read>(session->invoke(Read{1})).value, 1);
    nodes.signal(0, SIGCONT);
    ASSERT_TRUE(nodes.ready(2));
    EXPECT_EQ(nodes.call(2, Write{1, 3}), done);
  });
}

// A session that moves to a node which cannot have its writes waits, and is refused in the end.
TEST_F(Quorum, ATokenHoldsASessionBackUntilTheNodeHasCaughtUp) {
  in_cell(2, [](Cluster& cluster, const Folder&) {
    for (const char* level : {"sequential", "causal", "session"}) {
      const std::size_t lagging = 1;
      QuorumCluster nodes(cluster, {{"level", level}});
      nodes.kill(lagging);
      const auto session = nodes.client(0);
      ASSERT_EQ(attempt(*session, Write{1, 5}), done);
      nodes.kill(0);
      nodes.start(lagging);
      ASSERT_TRUE(nodes.reads(lagging, 1, std::nullopt)) << level;
      const auto moved = nodes.client(lagging);
      moved->carry(session->token());
      EXPECT_EQ(attempt(*moved, Read{1}).outcome, failed) << level;
      EXPECT_EQ(nodes.read(lagging, 1), std::nullopt) << level;  // a session of its own
      nodes.start(0);
      ASSERT_TRUE(nodes.ready(lagging));
      EXPECT_TRUE(nodes.reads(lagging, 1, 5)) << level;
      EXPECT_EQ(std::get<Read>(moved->invoke(Read{1})).value, 5) << level;
      for (std::size_t i = 0; i < 2; ++i) {
        nodes.kill(i);
        const std::filesystem::path data = cluster.host(i).data() / "quorum";
        cluster.host(i).run({"/bin/rm", "-r", data.string()}, Milliseconds(2000));
      }
    }
  });
}

TEST_F(Quorum, ReplicasOfEveryLevelWithRepairAgreeAfterASilence) {
  in_cell(3, [](Cluster& cluster, const Folder&) {
    QuorumCluster nodes(cluster, {{"level", "eventual"}});
    nodes.signal(2, SIGSTOP);
    for (Key key = 0; key < 50; ++key)
      ASSERT_EQ(nodes.call(static_cast<std::size_t>(key) % 2, Write{key, key + 1}), done);
    nodes.signal(2, SIGCONT);
    for (Key key = 0; key < 50; ++key) {
      for (std::size_t i = 0; i < 3; ++i) EXPECT_TRUE(nodes.reads(i, key, key + 1)) << key;
    }
  });
}

// Two writes that did not see each other are kept, and told of; so is who has applied what.
TEST_F(Quorum, ReplicasTellWhatTheyHaveAppliedAndWhatTheyMadeOfIt) {
  in_cell(2, [](Cluster& cluster, const Folder&) {
    QuorumCluster nodes(cluster, {{"level", "eventual"}, {"conflicts", "siblings"}});
    nodes.signal(1, SIGSTOP);
    ASSERT_EQ(nodes.call(0, Write{1, 5}), done);
    nodes.signal(1, SIGCONT);
    ASSERT_TRUE(nodes.reads(1, 1, 5));
    nodes.kill(1);
    ASSERT_EQ(nodes.call(0, Write{1, 6}), done);
    EXPECT_FALSE(nodes.applied(1));
    const auto alone = nodes.applied(0);
    nodes.kill(0);
    nodes.start(1);
    ASSERT_TRUE(nodes.reads(1, 1, 5));
    ASSERT_EQ(nodes.call(1, Write{1, 7}), done);
    nodes.start(0);
    ASSERT_TRUE(nodes.ready(0) && nodes.ready(1));
    ASSERT_EQ(nodes.call(0, Write{2, 8}), done);
    ASSERT_TRUE(nodes.reads(1, 2, 8));
    ASSERT_EQ(nodes.call(1, Write{3, 9}), done);
    ASSERT_TRUE(nodes.reads(0, 3, 9));
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    auto first = nodes.applied(0), second = nodes.applied(1);
    while (first && second && first->updates != second->updates &&
           std::chrono::steady_clock::now() < until) {
      std::this_thread::sleep_for(Milliseconds(10));
      first = nodes.applied(0), second = nodes.applied(1);
    }
    ASSERT_TRUE(alone && first && second);
    EXPECT_EQ(first->updates, second->updates);
    EXPECT_EQ(first->state, second->state);
    EXPECT_NE(first->updates, alone->updates);
    EXPECT_NE(first->state, alone->state);
    EXPECT_EQ(alone->unmerged, 0u);
    EXPECT_EQ(first->unmerged, 1u);
  });
}

// The lie loses only what is younger than 400 ms, and a slow machine may take so long to kill.
TEST_F(Quorum, AnAcknowledgedWriteIsLostInACrashOnlyIfItIsToldTo) {
  in_cell(1, [](Cluster& cluster, const Folder&) {
    Key key = 0;
    for (const char* bug : {"none", "lost-on-crash"}) {
      QuorumCluster nodes(cluster, {{"level", "eventual"}, {"bug", bug}});
      int lost = 0;
      for (int life = 0; life < 5 && lost == 0; ++life) {
        ASSERT_EQ(nodes.call(0, Write{++key, 5}), done);
        nodes.kill(0);
        nodes.start(0);
        ASSERT_TRUE(nodes.ready(0));
        lost += !nodes.read(0, key).has_value();
      }
      EXPECT_EQ(lost, bug == std::string("none") ? 0 : 1);
      nodes.kill(0);
    }
  });
}

TEST_F(Quorum, IdsAreNeverGivenTwice) {
  in_cell(2, [](Cluster& cluster, const Folder&) {
    QuorumCluster nodes(cluster, {});
    std::set<Int> ids;
    for (int life = 0; life < 2; ++life) {
      for (std::size_t i = 0; i < 2; ++i) {
        for (int n = 0; n < 20; ++n) {
          const Attempt got = nodes.call(i, Generate{1});
          ASSERT_EQ(got, done);
          EXPECT_TRUE(ids.insert(std::get<Generate>(got.call).id).second);
        }
        nodes.kill(i);
        nodes.start(i);
        for (std::size_t other = 0; other < 2; ++other) ASSERT_TRUE(nodes.ready(other));
      }
    }
  });
}

TEST(QuorumDeploy, IsInTheCatalogueAndFindsItsServerBesideThisProgram) {
  const Database& database = find(databases(), "database", "quorum");
  const auto [path, version] = database.find("");
  EXPECT_TRUE(path.ends_with("/quorum-server")) << path;
  EXPECT_FALSE(version.empty());
  EXPECT_EQ(database.find(path).first, path);
  EXPECT_THROW(database.find("/bin/true"), Error);
  EXPECT_THROW(database.find("/nowhere/quorum-server"), Error);
}

TEST(QuorumPromises, AreThoseOfTheLevel) {
  std::map<std::string, std::string> options;
  for (const DatabaseOption& option : quorum().options)
    options[option.name] = option.values.front();
  EXPECT_TRUE(quorum_promises(options, "register").empty());  // what the workload claims
  options["bug"] = "lost-update";
  EXPECT_TRUE(quorum_promises(options, "register").empty());
  options["level"] = "session";
  options["monotonic-writes"] = "off";
  EXPECT_EQ(quorum_promises(options, "sessions"),
            (std::vector<std::string>{"read-your-writes", "monotonic-reads", "writes-follow-reads",
                                      "convergence"}));
  options["level"] = "eventual";
  EXPECT_EQ(quorum_promises(options, "list-append"), std::vector<std::string>{"convergence"});
}

}  // namespace
}  // namespace tribunal
