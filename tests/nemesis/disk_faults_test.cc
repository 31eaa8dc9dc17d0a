// Each fault of a disk in a cell: what the program that uses it meets, and that it is over.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

#include "harness/cluster/cell.h"
#include "harness/cluster/loop_disks.h"
#include "harness/parts/catalogue.h"
#include "nemesis/disk/faults.h"
#include "nemesis/disk/host_disk.h"
#include "nemesis/process/live_processes.h"
#include "tests/nemesis/disk_exercise.h"
#include "tests/nemesis/disk_means.h"
#include "tests/nemesis/peer.h"

namespace tribunal {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

// On every host a peer that answers, and a worker that writes, syncs and reads a file.
class Workers {
 public:
  explicit Workers(Cluster& cluster) : cluster_(cluster), activity_(cluster.size()) {
    cluster.start_database = [this](Host& host) { start(host); };
    cluster.database_ready = [this](Host& host, Milliseconds patience) {
      const auto until = Clock::now() + patience;
      while (Clock::now() < until)
        if (works(host) && ask_peer(host.address())) return true;
      return false;
    };
    cluster.database_role = [](Host& host) { return host.name() == "n2" ? "leader" : "follower"; };
    prepare_disks(cluster);
    for (std::size_t i = 0; i < cluster.size(); ++i) start(cluster.host(i));
    for (std::size_t i = 0; i < cluster.size(); ++i)
      EXPECT_TRUE(cluster.database_ready(cluster.host(i), 10s));
  }

  Ground ground() {
    return {cluster_, activity_, [this] { return (Clock::now() - began_) / 1ns; }, {}, {}, {}};
  }
  void fail_a_call(Host& host) { ++activity_.host(host.index()).failed; }
  bool works(Host& host) { return live_processes(host).size() >= 2; }
  std::uint64_t written(Host& host) {
    std::error_code none;
    const CommandResult size = host.run({"/usr/bin/stat", "-c", "%s", host.data() / "log"}, 10s);
    return size.ok() ? std::stoull(size.out) : 0;
  }
  void await_bytes(Host& host, std::uint64_t more) {
    const std::uint64_t goal = written(host) + more;
    for (const auto until = Clock::now() + 20s; Clock::now() < until && written(host) < goal;)
      std::this_thread::sleep_for(5ms);
    EXPECT_GE(written(host), goal);
  }

 private:
  void start(Host& host) {
    const std::string self = std::filesystem::read_symlink("/proc/self/exe");
    if (live_processes(host).empty()) {
      std::vector<std::string> peer{self, peer_verb, host.address()};
      for (std::size_t i = 0; i < cluster_.size(); ++i)
        if (i != host.index()) peer.push_back(cluster_.host(i).address());
      host.start({peer, {}, false});
    }
    host.start({{self, disk_exercise_verb, "work", host.data()}, {}, false});
  }

  Cluster& cluster_;
  Activity activity_;
  const Clock::time_point began_ = Clock::now();
};

const FaultKind& kind_of(const std::string& name) { return find(disk_faults(), "fault", name); }

PlannedFault plan_of(const std::string& name, std::map<std::string, std::string> options,
                     const std::string& target) {
  PlannedFault plan;
  plan.id = 3;
  plan.fault = name;
  plan.target = target;
  plan.order = {"n1", "n2", "n3"};
  plan.seed = 11;
  for (const auto& option : kind_of(name).options)
    plan.options[option.name] =
        options.contains(option.name) ? options[option.name] : option.values.front();
  return plan;
}

// One fault from its injection to its heal; `during` looks while it is in force.
Receipt try_fault(
    Workers& workers, const PlannedFault& plan, const std::function<void()>& during = [] {}) {
  Ground ground = workers.ground();
  const auto fault = kind_of(plan.fault).make(plan);
  Receipt receipt;
  receipt.planned = plan;
  fault->inject(ground, receipt);
  EXPECT_TRUE(receipt.observed) << receipt.failure;
  EXPECT_EQ(receipt.means, ground.cluster.loop_disks ? "loop-mounted ext4" : "FUSE");
  if (ground.cluster.loop_disks) {  // the kernel does not count, so calls of clients have to tell
    fault->exercise(ground, receipt);
    workers.fail_a_call(ground.cluster.host(0));
  }
  for (const auto until = Clock::now() + 10s; !receipt.exercised && Clock::now() < until;) {
    fault->exercise(ground, receipt);
    std::this_thread::sleep_for(10ms);
  }
  during();
  fault->heal(ground, receipt);
  EXPECT_TRUE(receipt.heal_verified) << receipt.failure;
  EXPECT_EQ(receipt.failure, "");
  return receipt;
}

std::int64_t counter(const Receipt& receipt, const std::string& name) {
  for (const auto& [what, figure] : receipt.counters)
    if (what == name) return figure;
  ADD_FAILURE() << "there is no counter " << name;
  return -1;
}

void on_workers(const std::function<void(Workers&, Cluster&)>& body,
                DiskMeans means = DiskMeans::fuse) {
  in_cell_by(means, 3, [&](Cluster& cluster, const Folder&) {
    Workers workers(cluster);
    body(workers, cluster);
  });
}

#define NEED_FUSE_HERE() NEED_DISKS(DiskMeans::fuse)

class EitherDisk : public ::testing::TestWithParam<DiskMeans> {
 protected:
  static bool is_ours() { return GetParam() == DiskMeans::fuse; }
};

INSTANTIATE_TEST_SUITE_P(By, EitherDisk, ::testing::Values(DiskMeans::fuse, DiskMeans::loop),
                         means_name);

TEST_P(EitherDisk, a_power_cut_leaves_the_synced_part_of_a_log) {
  NEED_DISKS(GetParam());
  const auto body = [](Workers& workers, Cluster& cluster) {
    Host& host = cluster.host(0);
    workers.await_bytes(host, 20'000);
    std::uint64_t after = 0;
    const Receipt receipt = try_fault(workers, plan_of("power-cut", {}, "one"), [&] {
      after = workers.written(host);
      EXPECT_TRUE(live_processes(host).empty());
    });
    EXPECT_GE(after, 20'000U - 1000);
    if (is_ours()) {  // ext4 may have written the rest by itself
      EXPECT_EQ(after % 2000, 0U) << "it syncs every second write";
      EXPECT_EQ(counter(receipt, "n1 bytes lost") % 1000, 0);
    }
    EXPECT_EQ(receipt.counters.empty(), false);
    workers.await_bytes(host, 5'000);
    EXPECT_TRUE(workers.works(host)) << "the log is whole";
  };
  on_workers(body, GetParam());
}

TEST_P(EitherDisk, that_is_full_or_read_only_ends_the_worker_who_is_started_again) {
  NEED_DISKS(GetParam());
  const auto body = [](Workers& workers, Cluster& cluster) {
    std::vector<std::string> names{"disk-full", "disk-read-only"};
    if (is_ours()) names.emplace_back("disk-error");
    for (const std::string& name : names) {
      const Receipt receipt = try_fault(workers, plan_of(name, {}, "one"), [&] {
        for (const auto until = Clock::now() + 10s;
             workers.works(cluster.host(0)) && Clock::now() < until;)
          std::this_thread::sleep_for(5ms);
        EXPECT_FALSE(workers.works(cluster.host(0))) << name;
        EXPECT_TRUE(workers.works(cluster.host(1))) << name;
        cluster.host(0).signal_all(SIGKILL);  // the peer, so that the database is down
      });
      EXPECT_TRUE(receipt.exercised) << name;
      workers.await_bytes(cluster.host(0), 5'000);
    }
  };
  on_workers(body, GetParam());
}

// What the faults see must be seen, not believed: the disk of n1 is none that can be shut down.
TEST(LoopFaults, of_a_disk_that_is_something_else_are_failures) {
  NEED_DISKS(DiskMeans::loop);
  const auto body = [](Workers& workers, Cluster& cluster) {
    Host& host = cluster.host(0);
    workers.await_bytes(host, 2'000);
    end_database(host, SIGKILL);
    const std::string data = host.data(), disk = loop_disk_folder;
    const CommandResult swapped =
        host.run({"/bin/sh", "-c",
                  "cd /; umount " + data + " && umount " + disk + " && mount -t tmpfs none " +
                      disk + " && mkdir " + disk + "/probes " + disk + "/data && mount --bind " +
                      disk + "/data " + data},
                 10s);
    ASSERT_TRUE(swapped.ok()) << swapped.err;
    for (const std::string name : {"power-cut", "disk-read-only"}) {
      if (live_processes(host).empty()) cluster.start_database(host);
      Ground ground = workers.ground();
      const auto fault = kind_of(name).make(plan_of(name, {}, "one"));
      Receipt receipt;
      fault->inject(ground, receipt);
      fault->exercise(ground, receipt);
      EXPECT_NE(receipt.failure, "") << name;
      EXPECT_FALSE(receipt.observed || receipt.exercised) << name;
    }
  };
  on_workers(body, DiskMeans::loop);
}

TEST(LoopFaults, that_only_fuse_can_have_are_refused_before_anything_runs) {
  NEED_DISKS(DiskMeans::loop);
  in_cell_by(DiskMeans::loop, 1, [](Cluster& cluster, const Folder&) {
    for (const auto& kind : disk_faults()) {
      const bool either =
          kind.name == "power-cut" || kind.name == "disk-full" || kind.name == "disk-read-only";
      if (either) {
        EXPECT_NO_THROW(kind.prepare(cluster)) << kind.name;
      } else {
        EXPECT_THROW(kind.prepare(cluster), Error) << kind.name;
      }
    }
  });
}

TEST(DiskFaults, a_slow_disk_is_felt_and_over) {
  NEED_FUSE_HERE();
  on_workers([](Workers& workers, Cluster& cluster) {
    const Receipt receipt =
        try_fault(workers, plan_of("disk-slow", {{"delay", "300ms"}}, "majority"));
    EXPECT_TRUE(receipt.exercised);
    EXPECT_GE(counter(receipt, "n1 ms delayed"), 300);
    EXPECT_GE(counter(receipt, "n2 fsync calls met"), 0);
    workers.await_bytes(cluster.host(0), 5'000);
  });
}

TEST(DiskFaults, a_lying_disk_is_caught_by_who_looks) {
  NEED_FUSE_HERE();
  on_workers([](Workers& workers, Cluster& cluster) {
    workers.await_bytes(cluster.host(0), 5'000);
    const Receipt receipt =
        try_fault(workers, plan_of("disk-lying", {{"probability", "100%"}}, "one"), [&] {
          for (const auto until = Clock::now() + 10s;
               workers.works(cluster.host(0)) && Clock::now() < until;)
            std::this_thread::sleep_for(5ms);
          EXPECT_FALSE(workers.works(cluster.host(0)));
          cluster.host(0).signal_all(SIGKILL);
        });
    EXPECT_GE(counter(receipt, "n1 bits flipped"), 1);
    workers.await_bytes(cluster.host(0), 5'000);
  });
}

TEST(DiskFaults, damaged_files_are_met_and_whole_again) {
  NEED_FUSE_HERE();
  on_workers([](Workers& workers, Cluster& cluster) {
    Host& host = cluster.host(0);
    for (const auto& plan : {plan_of("bit-flip", {{"probability", "0.001"}}, "one"),
                             plan_of("misdirected-write", {{"share", "100%"}}, "one"),
                             plan_of("helix", {{"chunk", "4096"}}, "all")}) {
      workers.await_bytes(host, 60'000);
      const Receipt receipt = try_fault(workers, plan, [&] {
        for (const auto until = Clock::now() + 10s; workers.works(host) && Clock::now() < until;)
          std::this_thread::sleep_for(5ms);
        EXPECT_FALSE(workers.works(host)) << plan.fault << " was not noticed";
      });
      EXPECT_TRUE(receipt.exercised) << plan.fault;
      EXPECT_NE(
          receipt.heal_verified_by.find(fmt::format("n1: {} bytes put back, 0 had been written",
                                                    counter(receipt, "n1 bytes damaged"))),
          std::string::npos)
          << receipt.heal_verified_by;
      workers.await_bytes(host, 5'000);  // it has read and found right what was there before
    }
  });
}

TEST(DiskFaults, a_truncated_log_gets_its_end_back_unless_it_was_written_on) {
  NEED_FUSE_HERE();
  on_workers([](Workers& workers, Cluster& cluster) {
    workers.await_bytes(cluster.host(0), 60'000);
    const Receipt receipt = try_fault(workers, plan_of("truncate-file", {{"drop", "500"}}, "one"));
    EXPECT_GE(counter(receipt, "n1 bytes damaged"), 500);
    workers.await_bytes(cluster.host(0), 5'000);
  });
}

TEST(DiskFaults, a_lost_write_is_met_and_put_right) {
  NEED_FUSE_HERE();
  on_workers([](Workers& workers, Cluster& cluster) {
    Host& host = cluster.host(0);
    workers.await_bytes(host, 20'000);
    // Long enough ago that the worker has written on in a chunk that there was.
    const auto plan =
        plan_of("lost-write", {{"age", "3s"}, {"share", "100%"}, {"chunk", "4096"}}, "one");
    const Receipt receipt = try_fault(workers, plan, [&] {
      for (const auto until = Clock::now() + 10s; workers.works(host) && Clock::now() < until;)
        std::this_thread::sleep_for(5ms);
      EXPECT_FALSE(workers.works(host)) << "it was not noticed";
      host.signal_all(SIGKILL);  // the peer, so that the database is down
    });
    EXPECT_TRUE(receipt.exercised);
    EXPECT_GE(counter(receipt, "n1 bytes damaged"), 1);
    workers.await_bytes(host, 5'000);  // it has read and found right what was there before
  });
}

TEST(DiskFaults, a_rollback_loses_what_was_synced) {
  NEED_FUSE_HERE();
  on_workers([](Workers& workers, Cluster& cluster) {
    Host& host = cluster.host(0);
    workers.await_bytes(host, 20'000);
    const Receipt receipt = try_fault(workers, plan_of("rollback", {{"age", "1s"}}, "majority"));
    EXPECT_EQ(receipt.targets.size(), 2U);
    EXPECT_NE(receipt.observed_by.find("lost the 4096 bytes"), std::string::npos);
    EXPECT_GE(counter(receipt, "n1 bytes in the snapshot"), 20'000);
    workers.await_bytes(host, 5'000);
  });
}

TEST_P(EitherDisk, that_was_not_mounted_counts_for_nothing) {
  in_cell_by(GetParam(), 3, [&](Cluster& cluster, const Folder&) {
    for (const std::string name : {"disk-full", "power-cut", "rollback", "bit-flip"}) {
      Activity activity(cluster.size());
      Ground ground{cluster, activity, [] { return 1; }, {}, {}, {}};
      const auto fault = kind_of(name).make(plan_of(name, {}, "one"));
      Receipt receipt;
      fault->inject(ground, receipt);
      fault->exercise(ground, receipt);
      EXPECT_NE(receipt.failure, "") << name;
      EXPECT_FALSE(receipt.observed || receipt.exercised) << name;
    }
  });
}

TEST(DiskFaults, a_tool_that_dies_meanwhile_is_a_failure_of_the_heal) {
  NEED_FUSE_HERE();
  on_workers([](Workers& workers, Cluster& cluster) {
    Host& host = cluster.host(0);
    Ground ground = workers.ground();
    const auto plan = plan_of("disk-slow", {}, "one");
    const auto fault = kind_of("disk-slow").make(plan);
    Receipt receipt;
    fault->inject(ground, receipt);
    ASSERT_TRUE(receipt.observed) << receipt.failure;
    host.run({"/bin/sh", "-c",
              "for p in /proc/[0-9]*; do tr '\\0' ' ' < $p/cmdline | grep -q ' disk $' && "
              "kill -9 ${p#/proc/}; done"},
             10s);
    fault->exercise(ground, receipt);
    EXPECT_FALSE(receipt.exercised);
    fault->heal(ground, receipt);
    EXPECT_FALSE(receipt.healed);
    EXPECT_NE(receipt.failure, "");
  });
}

}  // namespace
}  // namespace tribunal
