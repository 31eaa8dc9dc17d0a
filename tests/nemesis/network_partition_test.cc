// Partitions in a cell, seen by what the peers hear and who can be connected to, and never by the
// fault's own probes and counters.
#include <gtest/gtest.h>
#include <signal.h>

#include <thread>

#include "harness/cluster/command.h"
#include "nemesis/network/packet_rules.h"
#include "nemesis/network/switch_rules.h"
#include "tests/cluster/in_cell.h"
#include "tests/nemesis/network_ground.h"
#include "tests/nemesis/peer.h"
#include "tests/nemesis/stream.h"

namespace tribunal {
namespace {

using namespace std::chrono_literals;

void expect_heard(NetworkGround& ground, const Links& cut) {
  const auto names = ground.cluster().names();
  for (const auto& link : links_of(names, names, Towards::in, {})) {
    const bool silent = cut.contains(link);
    EXPECT_EQ(ground.hears(link.to, link.from, silent ? 150ms : 10s), !silent) << show(link);
  }
}

void expect_no_rules(Cluster& cluster) {
  for (const auto& name : cluster.names()) {
    const CommandResult rules = cluster.host(name).run({"iptables-save"}, 10s);
    EXPECT_TRUE(rules.ok());
    EXPECT_EQ(rules.out.find("TRIBUNAL"), std::string::npos) << rules.out;
  }
  if (find_program("nft")) {
    EXPECT_EQ(run_command({"nft", "list", "ruleset"}, 10s).out.find("tribunal"), std::string::npos);
  }
}

using Options = std::map<std::string, std::string>;

// With that partition of 3 peers, exactly those links are silent; afterwards none is.
void expect_partition(const std::string& shape, const std::vector<std::string>& order,
                      const Links& cut, const Options& options = {}) {
  in_cell(order.size(), [&](Cluster& cluster, const Folder&) {
    NetworkGround ground(cluster);
    PlannedFault plan = ground.plan("partition", options, "", shape);
    plan.order = order;
    Trial trial(ground, plan);
    trial.inject();
    expect_heard(ground, cut);
    trial.heal();
    expect_heard(ground, {});
    expect_no_rules(cluster);
  });
}

TEST(Partition, one_host_is_cut_off_both_ways) {
  expect_partition("one", {"n2", "n3", "n1"},
                   {{"n2", "n1"}, {"n2", "n3"}, {"n1", "n2"}, {"n3", "n2"}});
}

TEST(Partition, one_way_cuts_one_direction_only) {
  expect_partition("one-way", {"n1", "n2", "n3"}, {{"n2", "n1"}, {"n3", "n1"}});
  expect_partition("one-way", {"n1", "n3", "n2"}, {{"n1", "n2"}, {"n1", "n3"}});
}

TEST(Partition, halves_meet_over_a_bridge_only) {
  expect_partition("bridge", {"n1", "n2", "n3"}, {{"n1", "n3"}, {"n3", "n1"}});
}

TEST(Partition, the_leader_is_alone) {
  expect_partition("primaries", {"n1", "n2", "n3"},
                   {{"n2", "n1"}, {"n2", "n3"}, {"n1", "n2"}, {"n3", "n2"}});
}

TEST(Partition, a_grudge_is_what_it_says) {
  expect_partition("", {"n1", "n2", "n3"}, {{"n2", "n1"}, {"n3", "n2"}},
                   {{"grudge", "n1<n2,n2<n3"}});
}

TEST(Partition, by_rules_where_packets_arrive) {
  expect_partition("one", {"n1", "n2", "n3"},
                   {{"n2", "n1"}, {"n1", "n2"}, {"n3", "n1"}, {"n1", "n3"}}, {{"by", "reject"}});
}

TEST(Partition, by_holding_what_passes) {
  expect_partition("one", {"n1", "n2", "n3"},
                   {{"n2", "n1"}, {"n1", "n2"}, {"n3", "n1"}, {"n1", "n3"}}, {{"by", "hold"}});
}

// Where there is no switch to speak to, the same is done on each host.
TEST(Partition, each_way_of_cutting_cuts_the_same) {
  in_cell(3, [](Cluster& cluster, const Folder&) {
    NetworkGround ground(cluster);
    const Links links{{"n1", "n2"}, {"n3", "n1"}, {"clients", "n3"}, {"n3", "clients"}};
    std::vector<std::unique_ptr<Cut>> ways;
    ways.push_back(std::make_unique<PacketRules>(cluster, 5, CutBy::drop));
    if (SwitchRules::work(cluster)) ways.push_back(std::make_unique<SwitchRules>(cluster, 5));
    for (const auto& way : ways) {
      way->install(links);
      EXPECT_FALSE(ground.hears("n2", "n1", 150ms)) << way->means();
      EXPECT_TRUE(ground.hears("n1", "n2", 10s));
      EXPECT_FALSE(ground.answers("n3"));
      const auto counters = way->counters();
      EXPECT_EQ(counters.size(), links.size());
      for (const auto& link : links)
        if (link.from != "n3") {  // it was asked, and could not answer
          EXPECT_GT(counters.at(link).packets, 0u) << show(link) << way->means();
        }
      way->remove();
      way->remove();
      expect_heard(ground, {});
      EXPECT_TRUE(ground.answers("n3"));
    }
    expect_no_rules(cluster);
  });
}

TEST(Partition, clients_are_cut_off_and_the_hosts_go_on) {
  in_cell(2, [](Cluster& cluster, const Folder&) {
    NetworkGround ground(cluster);
    Trial trial(ground, ground.plan("partition", {{"clients", "leader"}}, "", "clients"));
    trial.inject();
    EXPECT_EQ(trial.receipt.detail, "n2 | clients");
    EXPECT_FALSE(ground.answers("n2"));
    EXPECT_TRUE(ground.answers("n1"));
    EXPECT_TRUE(ground.hears("n1", "n2", 10s));
    trial.heal();
    EXPECT_TRUE(ground.answers("n2"));
  });
}

TEST(Partition, who_is_rejected_is_told_so_and_who_is_dropped_waits) {
  in_cell(2, [](Cluster& cluster, const Folder&) {
    NetworkGround ground(cluster);
    Host &n1 = cluster.host("n1"), &n2 = cluster.host("n2");
    start_sink(n1);
    start_sink(n2);
    {
      Trial trial(ground, ground.plan("partition", {{"by", "reject"}}, "", "halves"));
      trial.inject();
      EXPECT_EQ(pour(n1, n2, 0ms).failure, "connect: Connection refused\n");
      EXPECT_EQ(pour(n2, n1, 0ms).failure, "connect: Connection refused\n");
      trial.heal();
    }
    EXPECT_EQ(pour(n1, n2, 0ms).failure, "");
    Trial trial(ground, ground.plan("partition", {}, "", "halves"));
    trial.inject();
    Stream stream;
    std::jthread pouring([&] { stream = pour(n1, n2, 0ms); });
    std::this_thread::sleep_for(200ms);
    trial.heal();
    pouring.join();
    EXPECT_EQ(stream.failure, "");  // it was not told, and came through in the end
  });
}

TEST(Partition, a_connection_that_stands_is_reset_where_it_is_rejected) {
  in_cell(2, [](Cluster& cluster, const Folder&) {
    NetworkGround ground(cluster);
    Host &n1 = cluster.host("n1"), &n2 = cluster.host("n2");
    start_sink(n2);
    Stream stream;
    std::jthread pouring([&] { stream = pour(n1, n2, 20s); });
    std::this_thread::sleep_for(300ms);
    Trial trial(ground, ground.plan("partition", {{"by", "reject"}}, "", "halves"));
    trial.inject();
    pouring.join();
    EXPECT_EQ(stream.failure, "send: Connection reset by peer\n");
    trial.heal();
  });
}

long heard_by_first(Cluster& cluster) {
  const auto counts = ask_peer(cluster.host("n1").address());
  return counts ? counts->at(cluster.host("n2").address()) : -1;
}

TEST(Partition, what_was_held_is_delivered_afterwards) {
  in_cell(2, [](Cluster& cluster, const Folder&) {
    NetworkGround ground(cluster);
    Trial trial(ground, ground.plan("partition", {{"by", "hold"}}, "", "halves"));
    trial.inject();
    const long before = heard_by_first(cluster);
    std::this_thread::sleep_for(300ms);
    EXPECT_EQ(heard_by_first(cluster), before);
    trial.heal();
    std::int64_t held = 0;
    for (const auto& [name, count] : trial.receipt.counters)
      if (name == "n1 held from n2") held = count;
    EXPECT_GT(held, 0);
    EXPECT_GE(heard_by_first(cluster) - before, held);
  });
}

TEST(Partition, rules_of_others_are_left_alone) {
  in_cell(2, [](Cluster& cluster, const Folder&) {
    NetworkGround ground(cluster);
    const auto rule = [&](const std::string& verb) {
      return cluster.host(0)
          .run({"iptables", verb, "INPUT", "-s", "192.0.2.1", "-j", "DROP"}, 10s)
          .status;
    };
    EXPECT_EQ(rule("-A"), 0);
    for (const char* by : {"drop", "reject", "hold"}) {
      Trial trial(ground, ground.plan("partition", {{"by", by}}, "", "halves"));
      trial.inject();
      EXPECT_FALSE(ground.hears("n1", "n2", 100ms));
      trial.heal();
      EXPECT_EQ(rule("-C"), 0) << by;
    }
  });
}

TEST(Partition, is_seen_while_the_database_is_dead_or_stands_still_and_while_packets_are_lost) {
  in_cell(3, [](Cluster& cluster, const Folder&) {
    NetworkGround ground(cluster);
    Trial loss(ground, ground.plan("loss", {}));
    loss.inject();
    loss.await_exercise();
    cluster.host("n2").signal_all(SIGSTOP);
    cluster.host("n3").signal_all(SIGKILL);
    auto plan = ground.plan("partition", {}, "", "bridge");
    plan.id = 4;
    Trial partition(ground, plan);
    partition.inject();
    EXPECT_EQ(partition.receipt.observed_by.find("probe n1 -> n3, n3 -> n1 lost; "), 0u)
        << partition.receipt.observed_by;
    loss.heal();  // its links are measured past the partition
    partition.fault().heal(ground.ground(), partition.receipt);
    EXPECT_TRUE(partition.receipt.heal_verified) << partition.receipt.failure;
  });
}

TEST(Partition, a_partition_that_no_packet_met_was_not_exercised) {
  in_cell(2, [](Cluster& cluster, const Folder&) {
    NetworkGround ground(cluster);
    for (const auto& name : cluster.names()) cluster.host(name).signal_all(SIGKILL);
    for (const char* by : {"drop", "reject", "hold"}) {
      Trial trial(ground, ground.plan("partition", {{"by", by}}, "", "halves"));
      trial.inject();
      trial.fault().exercise(ground.ground(), trial.receipt);
      EXPECT_FALSE(trial.receipt.exercised) << trial.receipt.exercised_by;
      trial.fault().heal(ground.ground(), trial.receipt);
      EXPECT_TRUE(trial.receipt.heal_verified);
      EXPECT_FALSE(trial.receipt.complete());
    }
  });
}

// A heal that leaves a direction cut must not be called verified.
TEST(Partition, a_heal_that_does_not_heal_is_a_failure) {
  in_cell(2, [](Cluster& cluster, const Folder&) {
    NetworkGround ground(cluster);
    Trial trial(ground, ground.plan("partition", {}, "", "halves"));
    trial.inject();
    EXPECT_TRUE(cluster.host(0)
                    .run({"iptables", "-A", "INPUT", "-s", "10.77.0.2", "-j", "DROP"}, 10s)
                    .ok());
    trial.fault().heal(ground.ground(), trial.receipt);
    EXPECT_FALSE(trial.receipt.heal_verified);
    EXPECT_NE(trial.receipt.failure.find("n2 -> n1 lost"), std::string::npos)
        << trial.receipt.failure;
  });
}

// Nor must one that somebody undid be called exercised.
TEST(Partition, a_cut_that_vanished_is_a_failure) {
  in_cell(2, [](Cluster& cluster, const Folder&) {
    NetworkGround ground(cluster);
    Trial trial(ground, ground.plan("partition", {{"by", "hold"}}, "", "halves"));
    trial.inject();
    trial.await_exercise();
    ground.kill_queue("n1");
    trial.fault().exercise(ground.ground(), trial.receipt);
    EXPECT_FALSE(trial.receipt.exercised);
    EXPECT_NE(trial.receipt.failure, "");
    trial.fault().heal(ground.ground(), trial.receipt);
    EXPECT_FALSE(trial.receipt.complete());
  });
}

TEST(Partition, the_table_of_the_switch_counts_probes_apart_and_lets_measurements_pass) {
  const std::string table =
      switch_table("t", {{"n1", "n2"}}, {{"n1", "10.0.0.1"}, {"n2", "10.0.0.2"}});
  const auto place = [&](const std::string& text) {
    const auto found = table.find(text);
    EXPECT_NE(found, std::string::npos) << text << " in\n" << table;
    return found;
  };
  const auto meter = place("udp dport 48 return\n");
  const auto probe =
      place("ip saddr 10.0.0.1 ip daddr 10.0.0.2 udp dport 47 counter name probes_n1_n2 drop\n");
  const auto rest = place("ip saddr 10.0.0.1 ip daddr 10.0.0.2 counter name packets_n1_n2 drop\n");
  EXPECT_LT(meter, probe);
  EXPECT_LT(probe, rest);
  EXPECT_EQ(table.find("table bridge"), table.rfind("table bridge"));  // one transaction
}

}  // namespace
}  // namespace tribunal
