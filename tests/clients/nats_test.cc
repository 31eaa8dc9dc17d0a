// The client against real NATS servers: every call, its answers, and what becomes of them when a
// server goes away.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <thread>

#include "clients/nats/client.h"
#include "clients/nats/deploy.h"
#include "clients/nats/streams.h"
#include "tests/clients/attempt.h"
#include "tests/clients/nats_servers.h"

namespace tribunal {
namespace {

constexpr Outcome ok = Outcome::ok, failed = Outcome::failed;

Deployment patient_nats(std::map<std::string, std::string> options) {
  Deployment deployment;
  deployment.call_timeout = Milliseconds(20000);
  deployment.options = std::move(options);
  return deployment;
}

class Nats : public testing::Test {
 protected:
  void SetUp() override {
    const std::string why = NatsServers::missing();
    if (!why.empty()) GTEST_SKIP() << why;
  }
  void serve(std::size_t count, const std::string& replicas, const std::string& reads) {
    servers_ = std::make_unique<NatsServers>(count, replicas);
    deployment_ = patient_nats({{"replicas", replicas}, {"reads", reads}});
    client_ = connect_nats(servers_->address(count - 1), deployment_);
  }

  // Again while nobody leads, as just after the start.
  template <class One>
  One done(const One& one) {
    Attempt result = attempt(*client_, one);
    for (int again = 0; result.error == "no responders" && again < 400; ++again) {
      std::this_thread::sleep_for(Milliseconds(50));
      result = attempt(*client_, one);
    }
    EXPECT_EQ(result, (Attempt{ok, ""}));
    const auto* answer = std::get_if<One>(&result.call);
    return answer != nullptr ? *answer : one;
  }

  void serves_registers() {
    EXPECT_EQ(done(Read{7}).value, std::nullopt);
    Version last = 0;
    for (const Int value : {Int{0}, Int{17}, Int{-3}, INT64_MAX, INT64_MIN}) {
      const Version written = done(Write{7, value, {}}).version;
      const Read read = done(Read{7});
      EXPECT_EQ(read.value, value);
      EXPECT_EQ(read.version, written);
      EXPECT_GT(written, last);
      last = written;
    }
    done(Write{7, 1, {}});
    EXPECT_EQ(attempt(*client_, Cas{7, 2, 3, {}}), (Attempt{failed, "value did not match"}));
    const Version swapped = done(Cas{7, 1, 3, {}}).version;
    EXPECT_EQ(done(Read{7}).value, 3);
    EXPECT_EQ(done(Read{7}).version, swapped);
    EXPECT_EQ(attempt(*client_, Cas{8, 0, 1, {}}), (Attempt{failed, "value did not match"}));
    done(Delete{7});
    EXPECT_EQ(done(Read{7}).value, std::nullopt);
    EXPECT_GT(done(Write{7, 4, {}}).version, swapped);
  }

  void serves_sets_lists_and_counters() {
    for (const Int element : {5, -1, 9}) done(Add{1, element});
    done(Add{2, 77});
    auto elements = done(ReadSet{1, {}}).elements;
    std::sort(elements.begin(), elements.end());
    EXPECT_EQ(elements, (std::vector<Int>{-1, 5, 9}));
    EXPECT_TRUE(done(ReadSet{3, {}}).elements.empty());

    EXPECT_TRUE(done(ReadList{1, {}}).elements.empty());
    std::vector<Int> wanted;
    const auto another = connect_nats(servers_->address(0), deployment_);
    for (Int element = 10; element > -10; --element) {
      done(Append{1, element});
      done(Append{2, element});
      wanted.push_back(element);
      if (element % 3 == 0) {
        EXPECT_EQ(done(ReadList{1, {}}).elements, wanted);
      }
    }
    EXPECT_EQ(done(ReadList{1, {}}).elements, wanted);
    const Attempt elsewhere = attempt(*another, ReadList{1, {}});
    ASSERT_EQ(elsewhere, (Attempt{ok, ""}));
    EXPECT_EQ(std::get<ReadList>(elsewhere.call).elements, wanted);

    EXPECT_EQ(done(ReadCounter{1, {}}).value, std::nullopt);
    for (const Int by : {5, -7, 5, 5, 1}) done(Increment{1, by});
    EXPECT_EQ(done(ReadCounter{1, {}}).value, 9);
  }

  void serves_queues_locks_and_ids() {
    EXPECT_EQ(done(Dequeue{1, {}}).element, std::nullopt);
    for (const Int element : {4, 5, 6}) done(Enqueue{1, element});
    done(Enqueue{2, 50});
    std::multiset<Int> out;
    for (int i = 0; i < 200 && out.size() < 3; ++i)
      if (const auto element = done(Dequeue{1, {}}).element) out.insert(*element);
    EXPECT_EQ(out, (std::multiset<Int>{4, 5, 6}));
    EXPECT_EQ(done(Dequeue{1, {}}).element, std::nullopt);

    const auto rival = connect_nats(servers_->address(0), deployment_);
    const Version first = done(Acquire{1, {}}).fence;
    EXPECT_EQ(attempt(*rival, Acquire{1, {}}), (Attempt{failed, "another holds it"}));
    EXPECT_EQ(attempt(*rival, Release{1}), (Attempt{failed, "it does not hold it"}));
    done(Release{1});
    const Attempt second = attempt(*rival, Acquire{1, {}});
    ASSERT_EQ(second, (Attempt{ok, ""}));
    EXPECT_GT(std::get<Acquire>(second.call).fence, first);
    EXPECT_EQ(attempt(*client_, Acquire{1, {}}), (Attempt{failed, "another holds it"}));

    std::set<Int> ids;
    for (int i = 0; i < 20; ++i) ids.insert(done(Generate{1, {}}).id);
    EXPECT_EQ(ids.size(), 20u);
  }

  std::unique_ptr<NatsServers> servers_;
  Deployment deployment_;
  std::unique_ptr<Client> client_;
};

TEST_F(Nats, ServesEveryCallByAQuorum) {
  serve(3, "3", "quorum");
  serves_registers();
  serves_sets_lists_and_counters();
  serves_queues_locks_and_ids();
}

TEST_F(Nats, ServesEveryCallAlone) {
  serve(1, "1", "leader");
  serves_registers();
  serves_sets_lists_and_counters();
  serves_queues_locks_and_ids();
}

TEST_F(Nats, ReadsFromAReplica) {
  serve(1, "1", "direct");
  serves_registers();
  serves_sets_lists_and_counters();
}

// What was acknowledged outlives whoever led when it was, and the office goes to another when it is
// asked to.
class NatsFailOver : public Nats {
 protected:
  static NatsDeadline soon() { return std::chrono::steady_clock::now() + std::chrono::seconds(5); }

  // Whoever leads and is not `before`; "" after a minute.
  std::string leader_after(const std::string& before, const std::string& address) {
    for (int i = 0; i < 600; ++i) {
      try {
        const std::string now = nats_leader(address, deployment_, soon());
        if (!now.empty() && now != before) return now;
      } catch (const std::runtime_error&) {  // nobody answers yet
      }
      std::this_thread::sleep_for(Milliseconds(100));
    }
    return "";
  }

  // Again and again, since an answer is lost where the office changes hands; a write of the same
  // value twice is as one.
  template <class One>
  One done_in_the_end(const One& one) {
    Attempt result = attempt(*client_, one);
    for (int i = 0; i < 300 && result.outcome != ok; ++i) {
      std::this_thread::sleep_for(Milliseconds(100));
      result = attempt(*client_, one);
    }
    EXPECT_EQ(result, (Attempt{ok, ""}));
    const auto* answer = std::get_if<One>(&result.call);
    return answer != nullptr ? *answer : one;
  }
};

TEST_F(NatsFailOver, KeepsWhatWasAcknowledged) {
  serve(3, "3", "quorum");
  deployment_.call_timeout = Milliseconds(2000);
  client_ = connect_nats(servers_->address(0), deployment_);
  done_in_the_end(Write{1, 5, {}});
  const std::string first = leader_after("", servers_->address(0));
  ASSERT_EQ(first.size(), 2u);
  step_nats_leader_down(servers_->address(0), deployment_, soon());
  const std::string second = leader_after(first, servers_->address(2));
  ASSERT_EQ(second.size(), 2u);
  EXPECT_EQ(done_in_the_end(Read{1}).value, 5);

  const auto died = static_cast<std::size_t>(second[1] - '1');
  servers_->kill(died);
  client_ = connect_nats(servers_->address((died + 1) % 3), deployment_);
  EXPECT_EQ(done_in_the_end(Read{1}).value, 5);
  done_in_the_end(Write{1, 6, {}});
  EXPECT_EQ(done_in_the_end(Read{1}).value, 6);

  // Whoever is left leads on for a while, but the log of all replicas says nothing any more.
  servers_->kill((died + 2) % 3);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(attempt(*client_, Read{1}).outcome, failed);
  EXPECT_NE(attempt(*client_, Acquire{1, {}}).outcome, ok);
}

TEST(NatsDatabase, SaysWhatIsMissing) {
  EXPECT_THROW(nats().find("/nowhere/nats-server"), std::runtime_error);
  EXPECT_THROW(nats().find("/bin/true"), std::runtime_error);
}

TEST(NatsDatabase, ClaimsWhatItsMakersPromise) {
  const auto claims = [](const std::string& replicas, const std::string& reads,
                         const std::string& workload, const std::string& storage = "file") {
    return nats().promises({{"replicas", replicas}, {"reads", reads}, {"storage", storage}},
                           workload);
  };
  using Names = std::vector<std::string>;
  EXPECT_EQ(claims("3", "quorum", "register"), Names{});
  EXPECT_EQ(claims("1", "direct", "register"), Names{});
  EXPECT_EQ(claims("3", "leader", "register"), Names{"progress"});
  EXPECT_EQ(claims("3", "direct", "set"), Names{"set-full"});
  EXPECT_EQ(claims("3", "direct", "lock"), Names{});
  EXPECT_EQ(claims("1", "quorum", "queue"), Names{"total-queue"});
  EXPECT_EQ(claims("1", "quorum", "lock", "memory"), Names{"progress"});
  EXPECT_EQ(nats().nodes({{"replicas", "3"}}).least, 3u);
  EXPECT_EQ(nats().nodes({{"replicas", "1"}}).least, 1u);
}

}  // namespace
}  // namespace tribunal
