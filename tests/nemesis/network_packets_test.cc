// Each fault that shapes packets, seen by what comes of datagrams and connections, never by its own
// counters; and gone when it is healed.
#include <gtest/gtest.h>
#include <signal.h>

#include <thread>

#include "harness/parts/catalogue.h"
#include "harness/record/error.h"
#include "nemesis/catalogue.h"
#include "nemesis/network/netem.h"
#include "tests/cluster/in_cell.h"
#include "tests/nemesis/network_ground.h"
#include "tests/nemesis/stream.h"

namespace tribunal {
namespace {

using namespace std::chrono_literals;
using Options = std::map<std::string, std::string>;

const Link to_first{"n2", "n1"}, from_first{"n1", "n2"};

LinkMeasurement round_trips() {
  LinkMeasurement measurement;
  measurement.count = 100;
  measurement.gap = 2ms;
  measurement.patience = 2s;
  measurement.answers = LinkMeasurement::Answers::wanted;
  return measurement;
}

LinkMeasurement many(std::uint32_t count) {
  LinkMeasurement measurement;
  measurement.count = count;
  measurement.gap = 400us;
  measurement.patience = 300ms;
  return measurement;
}

double in_milliseconds(std::chrono::nanoseconds time) {
  return static_cast<double>(time.count()) / 1e6;
}

// With the fault in force on n1 of `hosts`, what `see` expects; then the heal.
void try_packets(std::size_t hosts, const std::string& fault, const Options& options,
                 const std::function<void(NetworkGround&, Trial&)>& see) {
  in_cell(hosts, [&](Cluster& cluster, const Folder&) {
    NetworkGround ground(cluster);
    Trial trial(ground, ground.plan(fault, options));
    trial.inject();
    EXPECT_EQ(trial.receipt.means, Netem::works(cluster) ? "netem" : "NFQUEUE");
    see(ground, trial);
    trial.heal();
    EXPECT_EQ(ground.measure(to_first, many(200)).lost(), 0);
    const CommandResult rules = cluster.host("n1").run({"iptables-save"}, 10s);
    EXPECT_EQ(rules.out.find("TRIBUNAL"), std::string::npos) << rules.out;
  });
}

TEST(Packets, a_delay_of_50_ms_one_way_makes_round_trips_50_ms_longer) {
  try_packets(2, "delay", {{"jitter", "0ms"}, {"direction", "in"}},
              [](NetworkGround& ground, Trial&) {
                const LinkReading reading = ground.measure(to_first, round_trips());
                EXPECT_EQ(reading.answered, 100U);
                EXPECT_GE(in_milliseconds(reading.least), 50);
                EXPECT_LE(in_milliseconds(reading.least), 55);
              });
}

TEST(Packets, a_delay_both_ways_counts_twice_and_only_for_the_target) {
  try_packets(3, "delay", {{"jitter", "0ms"}}, [](NetworkGround& ground, Trial&) {
    const LinkReading target = ground.measure(to_first, round_trips()),
                      others = ground.measure({"n2", "n3"}, round_trips());
    EXPECT_GE(in_milliseconds(target.least), 100);
    EXPECT_LE(in_milliseconds(target.least), 110);
    EXPECT_LE(in_milliseconds(others.least), 20);
  });
}

TEST(Packets, jitter_makes_delays_differ) {
  try_packets(
      2, "delay",
      {{"delay", "60ms"}, {"jitter", "20ms"}, {"distribution", "uniform"}, {"direction", "out"}},
      [](NetworkGround& ground, Trial&) {
        const LinkReading reading = ground.measure(from_first, round_trips());
        EXPECT_GE(in_milliseconds(reading.least), 40);
        EXPECT_LE(in_milliseconds(reading.least), 50);
        EXPECT_GE(in_milliseconds(reading.deviation), 8);  // 11.5 is the figure
      });
}

TEST(Packets, a_jitter_larger_than_the_delay_is_seen_by_its_spread) {
  for (const char* distribution : {"normal", "uniform", "pareto"})
    try_packets(2, "delay", {{"delay", "10ms"}, {"jitter", "80ms"}, {"distribution", distribution}},
                [](NetworkGround& ground, Trial&) {
                  const LinkReading reading = ground.measure(to_first, round_trips());
                  EXPECT_GE(in_milliseconds(reading.deviation), 20);
                });
}

TEST(Packets, at_least_100_megabits_flow_through_a_link_of_50_ms) {
  try_packets(
      2, "delay", {{"jitter", "0ms"}, {"direction", "in"}}, [](NetworkGround& ground, Trial&) {
        start_sink(ground.cluster().host("n1"));
        Stream best;
        for (int i = 0; i < 4 && best.megabits < 100; ++i) {
          const Stream stream = pour(ground.cluster().host("n2"), ground.cluster().host("n1"), 3s);
          EXPECT_EQ(stream.failure, "");
          EXPECT_TRUE(stream.whole);
          if (stream.megabits > best.megabits) best = stream;
        }
        EXPECT_GE(best.megabits, 100);
        ::testing::Test::RecordProperty("megabits", std::to_string(best.megabits));
      });
}

TEST(Packets, a_loss_of_10_percent_is_8_to_12_percent_of_many) {
  try_packets(2, "loss", {{"share", "10%"}, {"direction", "in"}},
              [](NetworkGround& ground, Trial&) {
                const LinkReading reading = ground.measure(to_first, many(6000));
                EXPECT_GE(reading.lost(), 0.08);
                EXPECT_LE(reading.lost(), 0.12);
                EXPECT_EQ(ground.measure(from_first, many(500)).lost(), 0);  // the other way
              });
}

TEST(Packets, duplicates_come_twice) {
  try_packets(2, "duplicate", {{"direction", "in"}}, [](NetworkGround& ground, Trial&) {
    const LinkReading reading = ground.measure(to_first, many(2000));
    EXPECT_EQ(reading.lost(), 0);
    EXPECT_GE(reading.twice, 200U);
    EXPECT_LE(reading.twice, 500U);
  });
}

TEST(Packets, reordered_datagrams_come_late_and_all_come) {
  try_packets(2, "reorder", {{"direction", "in"}}, [](NetworkGround& ground, Trial&) {
    const LinkReading reading = ground.measure(to_first, many(1000));
    EXPECT_EQ(reading.lost(), 0);
    EXPECT_GE(reading.late, 300U);
  });
}

TEST(Packets, corruption_is_seen_by_datagrams_and_never_by_connections) {
  try_packets(
      2, "corrupt", {{"share", "5%"}, {"direction", "in"}}, [](NetworkGround& ground, Trial&) {
        const LinkReading reading = ground.measure(to_first, many(4000));
        EXPECT_GE(reading.corrupted, 100U);
        EXPECT_LE(reading.corrupted, 300U);
        start_sink(ground.cluster().host("n1"));
        const Stream stream = pour(ground.cluster().host("n2"), ground.cluster().host("n1"), 500ms);
        EXPECT_EQ(stream.failure, "");
        EXPECT_TRUE(stream.whole);
      });
}

TEST(Packets, a_rate_is_kept_within_15_percent) {
  try_packets(
      2, "rate", {{"rate", "10mbit"}, {"direction", "in"}}, [](NetworkGround& ground, Trial&) {
        start_sink(ground.cluster().host("n1"));
        const Stream stream = pour(ground.cluster().host("n2"), ground.cluster().host("n1"), 2s);
        EXPECT_EQ(stream.failure, "");
        EXPECT_LE(stream.megabits, 10 * 1.15);
        EXPECT_GE(stream.megabits, 10 * 0.85);
      });
}

TEST(Packets, what_is_held_is_delivered_afterwards) {
  in_cell(2, [](Cluster& cluster, const Folder&) {
    NetworkGround ground(cluster);
    start_sink(cluster.host("n1"));
    Trial trial(ground, ground.plan("hold", {{"direction", "in"}}));
    trial.inject();
    EXPECT_FALSE(ground.hears("n1", "n2", 200ms));
    EXPECT_TRUE(ground.hears("n2", "n1", 10s));
    Stream stream;
    std::jthread pouring([&] { stream = pour(cluster.host("n2"), cluster.host("n1"), 0ms); });
    std::this_thread::sleep_for(300ms);
    trial.heal();
    pouring.join();
    EXPECT_EQ(stream.failure, "");  // the connection was begun while the link was held
    EXPECT_TRUE(ground.hears("n1", "n2", 10s));
  });
}

TEST(Packets, connections_that_were_closed_linger) {
  in_cell(2, [](Cluster& cluster, const Folder&) {
    NetworkGround ground(cluster);
    Host &from = cluster.host("n2"), &to = cluster.host("n1");
    start_sink(to);
    Trial trial(ground, ground.plan("slow-close", {{"delay", "1500ms"}, {"direction", "in"}}));
    trial.inject();
    const auto began = std::chrono::steady_clock::now();
    EXPECT_EQ(pour(from, to, 0ms).failure, "");  // ends when the sink has seen the end
    EXPECT_GE(std::chrono::steady_clock::now() - began, 1500ms);
    trial.heal();
  });
}

TEST(Packets, links_with_clients_are_shaped_where_they_are_asked_for) {
  in_cell(2, [](Cluster& cluster, const Folder&) {
    NetworkGround ground(cluster);
    Trial trial(ground, ground.plan("hold", {{"links", "clients"}, {"direction", "in"}}));
    trial.inject();
    EXPECT_FALSE(ground.answers("n1"));
    EXPECT_TRUE(ground.answers("n2"));
    trial.heal();
    EXPECT_TRUE(ground.answers("n1"));
    Trial out(ground, ground.plan("hold", {{"links", "clients"}, {"direction", "out"}}));
    out.inject();
    EXPECT_FALSE(ground.answers("n1"));
    out.heal();
    EXPECT_TRUE(ground.answers("n1"));
  });
}

TEST(Packets, two_faults_at_once_leave_each_others_links_alone) {
  in_cell(3, [](Cluster& cluster, const Folder&) {
    NetworkGround ground(cluster);
    Trial first(ground, ground.plan("delay", {{"jitter", "0ms"}}));
    first.inject();
    ground.ground().held = [] { return std::set<std::string>{"n1"}; };
    auto plan = ground.plan("loss", {{"share", "50%"}}, "n2");
    plan.id = 4;
    Trial second(ground, plan);
    second.inject();
    EXPECT_EQ(ground.measure(to_first, many(500)).lost(), 0);
    EXPECT_GE(ground.measure({"n3", "n2"}, many(500)).lost(), 0.3);
    second.heal();
    first.heal();
  });
}

// A rule without a daemon behind it lets everything pass.
TEST(Packets, a_queue_that_died_is_a_failure_and_was_not_exercised) {
  in_cell(2, [](Cluster& cluster, const Folder&) {
    NetworkGround ground(cluster);
    Trial trial(ground, ground.plan("hold", {}));  // which is never left to netem
    trial.inject();
    trial.await_exercise();
    ground.kill_queue("n1");
    trial.fault().exercise(ground.ground(), trial.receipt);
    EXPECT_FALSE(trial.receipt.exercised);
    EXPECT_NE(trial.receipt.failure.find("packet-queue"), std::string::npos)
        << trial.receipt.failure;
    trial.fault().heal(ground.ground(), trial.receipt);
    EXPECT_FALSE(trial.receipt.complete());
    EXPECT_TRUE(ground.hears("n1", "n2", 10s));  // the link is well, though
  });
}

TEST(Packets, a_queue_that_was_never_there_is_a_failure_and_leaves_nothing) {
  in_cell(2, [](Cluster& cluster, const Folder&) {
    NetworkGround ground(cluster);
    Trial trial(ground, ground.plan("hold", {}));
    ground.kill_queue("n1");
    trial.fault().inject(ground.ground(), trial.receipt);
    EXPECT_FALSE(trial.receipt.installed);
    EXPECT_FALSE(trial.receipt.observed);
    EXPECT_EQ(trial.receipt.failure.find("install: "), 0u) << trial.receipt.failure;
    trial.fault().exercise(ground.ground(), trial.receipt);
    EXPECT_FALSE(trial.receipt.exercised);
    trial.fault().heal(ground.ground(), trial.receipt);
    EXPECT_FALSE(trial.receipt.complete());
    for (const auto& name : cluster.names())
      EXPECT_EQ(cluster.host(name).run({"iptables-save"}, 10s).out.find("TRIBUNAL"),
                std::string::npos);
    EXPECT_TRUE(ground.hears("n1", "n2", 10s));
    EXPECT_TRUE(ground.hears("n2", "n1", 10s));
  });
}

TEST(Packets, where_nobody_speaks_nothing_was_exercised) {
  in_cell(2, [](Cluster& cluster, const Folder&) {
    Activity activity(2);
    NetworkGround ground(cluster);
    cluster.host(0).signal_all(SIGKILL);
    cluster.host(1).signal_all(SIGKILL);
    Trial trial(ground, ground.plan("delay", {}));
    trial.inject();
    trial.fault().exercise(ground.ground(), trial.receipt);
    EXPECT_FALSE(trial.receipt.exercised) << trial.receipt.exercised_by;
    trial.fault().heal(ground.ground(), trial.receipt);
    EXPECT_TRUE(trial.receipt.heal_verified) << trial.receipt.failure;
    EXPECT_FALSE(trial.receipt.complete());
  });
}

TEST(Packets, an_option_that_makes_no_sense_is_refused) {
  const auto refuses = [](const std::string& fault, const Options& options) {
    PlannedFault planned;
    planned.fault = fault;
    planned.options = options;
    const FaultKind& kind = find(faults(), "fault", fault);
    for (const auto& option : kind.options)
      planned.options.emplace(option.name, option.values.front());
    EXPECT_THROW(kind.make(planned), Error) << fault;
  };
  refuses("delay", {{"delay", "soon"}});
  refuses("delay", {{"distribution", "flat"}});
  refuses("loss", {{"share", "0%"}});
  refuses("rate", {{"rate", "fast"}});
  refuses("hold", {{"links", "all of them"}});
  refuses("slow-close", {{"direction", "up"}});
}

}  // namespace
}  // namespace tribunal
