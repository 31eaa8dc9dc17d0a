// Membership and chores on a real etcd, seen by asking etcd itself.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "clients/etcd/gateway.h"
#include "harness/parts/catalogue.h"
#include "nemesis/catalogue.h"
#include "nemesis/database/member_state.h"
#include "tests/cluster/in_cell.h"
#include "tests/nemesis/etcd_ground.h"

namespace tribunal {
namespace {

using namespace std::chrono_literals;

Receipt carry_out_on_etcd(EtcdGround& ground, const std::string& name,
                          std::vector<std::string> order,
                          const std::function<void(const Receipt&)>& during = {}) {
  Receipt receipt;
  receipt.planned.fault = name;
  receipt.planned.target = "one";
  receipt.planned.order = std::move(order);
  const auto fault = find(faults(), "fault", name).make(receipt.planned);
  fault->inject(ground.ground(), receipt);
  EXPECT_EQ(receipt.failure, "");
  EXPECT_TRUE(receipt.observed);
  if (during) during(receipt);
  const auto until = std::chrono::steady_clock::now() + 30s;
  do {
    fault->exercise(ground.ground(), receipt);
  } while (!receipt.exercised && std::chrono::steady_clock::now() < until);
  fault->heal(ground.ground(), receipt);
  EXPECT_EQ(receipt.failure, "");
  EXPECT_TRUE(receipt.complete()) << receipt.observed_by << " | " << receipt.exercised_by;
  return receipt;
}

std::string identity(Cluster& cluster, const std::string& host) {
  for (const auto& name : cluster.names()) {
    if (name == host) continue;
    const auto view = cluster.members.view(cluster.host(name));
    if (!view) continue;
    const Member* member = member_on(*view, host);
    return member == nullptr ? "" : member->id;
  }
  return "nobody answered";
}

void on_etcd(const std::function<void(Cluster&, EtcdGround&)>& body) {
  in_cell(3, [&](Cluster& cluster, const Folder&) {
    EtcdGround ground(cluster);
    body(cluster, ground);
  });
}

TEST(EtcdMembers, one_that_is_put_out_comes_back_as_another) {
  if (const auto why = EtcdGround::why_not(); !why.empty()) GTEST_SKIP() << why;
  on_etcd([](Cluster& cluster, EtcdGround& ground) {
    const std::string before = identity(cluster, "n3");
    EXPECT_NE(before, "");
    carry_out_on_etcd(ground, "remove-member", {"n3", "n1", "n2"}, [&](const Receipt&) {
      EXPECT_EQ(identity(cluster, "n3"), "");
      EXPECT_TRUE(ground.serves("n1"));
      EXPECT_FALSE(cluster.database_ready(cluster.host("n3"), 300ms));
    });
    EXPECT_NE(identity(cluster, "n3"), "");
    EXPECT_NE(identity(cluster, "n3"), before);
    EXPECT_TRUE(ground.serves("n3"));
  });
}

TEST(EtcdMembers, one_with_data_of_an_old_identity_refuses_and_is_mended) {
  if (const auto why = EtcdGround::why_not(); !why.empty()) GTEST_SKIP() << why;
  on_etcd([](Cluster& cluster, EtcdGround& ground) {
    const auto receipt = carry_out_on_etcd(ground, "rejoin-old-data", {"n1", "n2", "n3"});
    EXPECT_NE(receipt.observed_by.find("refused and ended"), std::string::npos)
        << receipt.observed_by;
    EXPECT_TRUE(ground.serves("n1"));
    // Its new identity outlives a restart, by whatever flags.
    const std::string now = identity(cluster, "n1");
    cluster.host("n1").signal_all(9);
    while (!cluster.host("n1").processes().empty()) std::this_thread::sleep_for(5ms);
    cluster.start_database(cluster.host("n1"));
    EXPECT_TRUE(ground.serves("n1"));
    EXPECT_EQ(identity(cluster, "n1"), now);
  });
}

TEST(EtcdMembers, one_is_replaced_at_once) {
  if (const auto why = EtcdGround::why_not(); !why.empty()) GTEST_SKIP() << why;
  on_etcd([](Cluster& cluster, EtcdGround& ground) {
    const std::string before = identity(cluster, "n2");
    carry_out_on_etcd(ground, "replace-member", {"n2", "n1", "n3"});
    EXPECT_NE(identity(cluster, "n2"), before);
    EXPECT_TRUE(ground.serves("n2"));
  });
}

// Of the two members that are left one dies, so that nothing can be decided until it is back.
TEST(EtcdMembers, one_comes_back_though_another_is_killed_meanwhile) {
  if (const auto why = EtcdGround::why_not(); !why.empty()) GTEST_SKIP() << why;
  on_etcd([](Cluster& cluster, EtcdGround& ground) {
    std::atomic<bool> killed{false}, out{true};
    Ground for_members = ground.ground(), for_kill = ground.ground();
    for_members.alone = [&] { return !killed; };
    for_kill.alone = [&] { return !out; };
    Receipt removal, kill;
    removal.planned.target = kill.planned.target = "one";
    removal.planned.order = {"n3", "n1", "n2"};
    kill.planned.order = {"n1", "n2", "n3"};
    const auto member = find(faults(), "fault", "remove-member").make(removal.planned);
    const auto death = find(faults(), "fault", "kill").make(kill.planned);
    member->inject(for_members, removal);
    killed = true;
    death->inject(for_kill, kill);
    EXPECT_EQ(removal.failure + kill.failure, "");
    {
      const std::jthread coming_back([&] {
        member->heal(for_members, removal);
        out = false;
      });
      std::this_thread::sleep_for(1s);
      EXPECT_TRUE(out);
      death->heal(for_kill, kill);
      killed = false;
    }
    EXPECT_EQ(removal.failure + kill.failure, "");
    EXPECT_TRUE(removal.heal_verified);
    EXPECT_TRUE(kill.heal_verified);
    for (const auto& host : cluster.names()) EXPECT_TRUE(ground.serves(host)) << host;
  });
}

TEST(EtcdChores, each_is_done_and_etcd_says_so) {
  if (const auto why = EtcdGround::why_not(); !why.empty()) GTEST_SKIP() << why;
  on_etcd([](Cluster& cluster, EtcdGround& ground) {
    const std::string& first = cluster.host("n1").address();
    EXPECT_TRUE(ground.serves("n1"));
    const auto revision = etcd_status(first, 5s).revision;
    const auto compacted = carry_out_on_etcd(ground, "compact", {"n1", "n2", "n3"});
    EXPECT_NE(compacted.observed_by.find("can be read no longer"), std::string::npos);
    EXPECT_THROW(
        ask_etcd(first, "/v3/kv/range",
                 R"({"key":"AA==","revision":")" + std::to_string(revision - 1) + "\"}", 5s),
        std::runtime_error);

    carry_out_on_etcd(ground, "defragment", {"n2", "n1", "n3"});

    const auto leads = [&](const std::string& host) {
      const auto status = etcd_status(cluster.host(host).address(), 5s);
      return status.leader == status.self;
    };
    const std::string heir = leads("n3") ? "n2" : "n3";
    EXPECT_FALSE(leads(heir));
    carry_out_on_etcd(ground, "move-leader", {heir, "n1"},
                      [&](const Receipt&) { EXPECT_TRUE(leads(heir)); });

    const auto taken = carry_out_on_etcd(ground, "snapshot", {"n1", "n2", "n3"});
    EXPECT_NE(taken.observed_by.find("as it says"), std::string::npos) << taken.observed_by;
  });
}

}  // namespace
}  // namespace tribunal
