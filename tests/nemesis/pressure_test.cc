// Pressure on processor and memory, measured from outside: by the time that a program gets, by the
// group it is in, and by what is left when the harness dies.
#include <grp.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include "harness/record/error.h"
#include "nemesis/process/control_group.h"
#include "tests/cluster/in_cell.h"
#include "tests/nemesis/process_ground.h"

namespace tribunal {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

const std::vector<std::string> spinner{"/bin/sh", "-c", "while :; do :; done"};
// Each round fills 40 MB of the kernel's memory of files.
const std::vector<std::string> writer{"/bin/sh", "-c",
                                      "while :; do head -c 40000000 /dev/zero > file; done"};
// Each round wants 100 MB of its own.
const std::vector<std::string> hoarder{
    "/bin/sh", "-c", "while :; do head -c 100000000 /dev/zero | tail > /dev/null; done"};

std::string why_no_group(const std::string& controller) {
  try {
    find_group_place(controller);
    return {};
  } catch (const Error& error) {
    return error.what();
  }
}

std::string group_of_program(ProcessGround& ground, const std::string& host) {
  const auto pids = ground.cluster().host(host).local_processes();
  if (pids.empty()) return {};
  std::ifstream file("/proc/" + std::to_string(pids.front()) + "/cgroup");
  return {std::istreambuf_iterator<char>(file), {}};
}

double seconds_since(Clock::time_point when) {
  return std::chrono::duration<double>(Clock::now() - when).count();
}

// The share of a processor that it gets in the next while.
double share_of(ProcessGround& ground, const std::string& host, Milliseconds window) {
  const double before = ground.seconds_used(host);
  const auto began = Clock::now();
  std::this_thread::sleep_for(window);
  return (ground.seconds_used(host) - before) / seconds_since(began);
}

// Runs it as somebody who is not root, in a process of its own.
void as_ordinary_user(const std::function<void()>& body) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::geteuid() == 0) {
      const bool became =
          ::setgroups(0, nullptr) == 0 && ::setgid(65534) == 0 && ::setuid(65534) == 0;
      if (!became || ::access("/proc/self/exe", R_OK | X_OK) != 0) ::_exit(77);
      ::prctl(PR_SET_DUMPABLE, 1);  // or its files in /proc are root's
    }
    body();
    ::_exit(::testing::Test::HasFailure() ? 1 : 0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
    GTEST_SKIP() << "an ordinary user may not read this program";
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST(CpuPressure, a_program_gets_no_more_than_its_share_and_all_of_it_again) {
  if (const auto why = why_no_group("cpu"); !why.empty()) GTEST_SKIP() << why;
  in_cell(2, [](Cluster& cluster, const Folder&) {
    ProcessGround ground(cluster, spinner);
    const std::string home = group_of_program(ground, "n1");
    ProcessTrial trial(ground, process_plan("cpu-pressure", "one", {"n1", "n2"}));
    trial.inject();
    EXPECT_TRUE(trial.receipt.means.starts_with("cgroup v")) << trial.receipt.means;
    EXPECT_NE(group_of_program(ground, "n1"), home);
    EXPECT_EQ(group_of_program(ground, "n2"), home);
    EXPECT_LT(share_of(ground, "n1", 2s), 0.15);
    EXPECT_TRUE(trial.exercised_within(30s));
    trial.heal();
    EXPECT_EQ(group_of_program(ground, "n1"), home);
    double best = 0;
    const auto until = Clock::now() + 30s;
    while (best < 0.25 && Clock::now() < until)
      best = std::max(best, share_of(ground, "n1", 500ms));
    EXPECT_GE(best, 0.25);
  });
}

TEST(CpuPressure, a_program_that_wants_no_time_does_not_meet_it) {
  if (const auto why = why_no_group("cpu"); !why.empty()) GTEST_SKIP() << why;
  in_cell(1, [](Cluster& cluster, const Folder&) {
    ProcessGround ground(cluster, {"/bin/sleep", "1000"});
    ProcessTrial trial(ground, process_plan("cpu-pressure", "one", {"n1"}));
    trial.inject();
    std::this_thread::sleep_for(300ms);
    EXPECT_FALSE(trial.exercised());
    trial.heal();
  });
}

TEST(CpuPressure, what_is_started_meanwhile_is_under_it_too) {
  if (const auto why = why_no_group("cpu"); !why.empty()) GTEST_SKIP() << why;
  in_cell(1, [](Cluster& cluster, const Folder&) {
    ProcessGround ground(cluster, spinner);
    const std::string home = group_of_program(ground, "n1");
    ProcessTrial trial(ground, process_plan("cpu-pressure", "one", {"n1"}));
    trial.inject();
    const int before = ground.pid("n1");
    cluster.host(0).signal_all(SIGKILL);
    while (ground.pid("n1") != 0) std::this_thread::sleep_for(5ms);
    cluster.start_database(cluster.host(0));
    EXPECT_NE(ground.pid("n1"), before);
    trial.exercised();
    EXPECT_NE(group_of_program(ground, "n1"), home);
    trial.heal();
    EXPECT_EQ(group_of_program(ground, "n1"), home);
  });
}

TEST(CpuPressure, without_privileges_it_stands_still_by_turns) {
  as_ordinary_user([] {
    if (why_no_group("cpu").empty()) return;  // this user has groups
    in_cell(1, [](Cluster& cluster, const Folder&) {
      ProcessGround ground(cluster, spinner);
      const int pid = ground.pid("n1");
      ProcessTrial trial(ground, process_plan("cpu-pressure", "one", {"n1"}));
      trial.inject();
      EXPECT_EQ(trial.receipt.means, "SIGSTOP by turns");
      const auto standing_still = [&](Milliseconds window) {
        int looks = 0, still = 0;
        for (const auto until = Clock::now() + window; Clock::now() < until; ++looks) {
          for (const auto& process : cluster.host(0).processes()) still += process.state == 'T';
          std::this_thread::sleep_for(5ms);
        }
        return static_cast<double>(still) / looks;
      };
      EXPECT_GT(standing_still(3s), 0.5);
      EXPECT_FALSE(trial.exercised());
      ground.activity("n1").stalled += 1;
      EXPECT_TRUE(trial.exercised());
      trial.heal();
      EXPECT_EQ(standing_still(500ms), 0);
      EXPECT_EQ(ground.pid("n1"), pid);
    });
  });
}

TEST(MemoryPressure, a_program_that_fills_files_meets_the_limit_and_lives) {
  if (const auto why = why_no_group("memory"); !why.empty()) GTEST_SKIP() << why;
  in_cell(1, [](Cluster& cluster, const Folder&) {
    ProcessGround ground(cluster, writer);
    const std::string home = group_of_program(ground, "n1");
    ProcessTrial trial(ground, process_plan("memory-pressure", "one", {"n1"}, {{"room", "8MiB"}}));
    trial.inject();
    EXPECT_NE(trial.receipt.observed_by.find("8MiB"), std::string::npos)
        << trial.receipt.observed_by;
    EXPECT_NE(group_of_program(ground, "n1"), home);
    EXPECT_TRUE(trial.exercised_within(60s));
    trial.heal();
    EXPECT_EQ(group_of_program(ground, "n1"), home);
  });
}

TEST(MemoryPressure, a_program_that_wants_little_may_take_less_and_less_until_it_meets_that) {
  if (const auto why = why_no_group("memory"); !why.empty()) GTEST_SKIP() << why;
  in_cell(1, [](Cluster& cluster, const Folder&) {
    const std::vector<std::string> modest{
        "/bin/sh", "-c", "while :; do head -c 1000000 /dev/zero > file; sleep 0.01; done"};
    ProcessGround ground(cluster, modest);
    ProcessTrial trial(ground,
                       process_plan("memory-pressure", "one", {"n1"}, {{"room", "1024MiB"}}));
    trial.inject();
    EXPECT_FALSE(trial.exercised());
    EXPECT_TRUE(trial.exercised_within(60s));
    EXPECT_EQ(trial.receipt.counters.front().first, "n1 bytes that it may take");
    EXPECT_LE(trial.receipt.counters.front().second, 64 << 20);
    trial.heal();
    EXPECT_TRUE(ground.answers("n1"));
  });
}

TEST(MemoryPressure, a_program_that_wants_too_much_is_killed_and_the_receipt_says_so) {
  if (const auto why = why_no_group("memory"); !why.empty()) GTEST_SKIP() << why;
  if (find_group_place("memory").version != 1) GTEST_SKIP() << "this limit kills nobody";
  in_cell(1, [](Cluster& cluster, const Folder&) {
    ProcessGround ground(cluster, hoarder);
    ProcessTrial trial(ground, process_plan("memory-pressure", "one", {"n1"}));
    trial.inject();
    const auto until = Clock::now() + 60s;
    std::int64_t killed = 0;
    while (killed == 0 && Clock::now() < until) {
      trial.exercised();
      killed = trial.receipt.counters.back().second;
      std::this_thread::sleep_for(20ms);
    }
    EXPECT_EQ(trial.receipt.counters.back().first, "n1 killed for want of memory");
    EXPECT_GT(killed, 0);
    EXPECT_TRUE(trial.receipt.exercised);
    trial.heal();
    EXPECT_TRUE(ground.answers("n1"));
  });
}

TEST(MemoryPressure, without_privileges_it_is_refused_before_anything_runs) {
  as_ordinary_user([] {
    if (why_no_group("memory").empty()) return;  // this user has groups
    in_cell(1, [](Cluster& cluster, const Folder&) {
      const auto& kind = find(faults(), "fault", "memory-pressure");
      try {
        kind.prepare(cluster);
        ADD_FAILURE() << "it was not refused";
      } catch (const Error& error) {
        EXPECT_EQ(error.blame(), Blame::environment);
        EXPECT_NE(error.fix().find("root"), std::string::npos) << error.fix();
      }
      ProcessGround ground(cluster, spinner);
      ProcessTrial trial(ground, process_plan("memory-pressure", "one", {"n1"}));
      trial.inject_in_vain("control groups");
    });
  });
}

// A run that is under pressure and then dies by SIGKILL, journal in `state`.
void die_under_pressure(const std::string& fault, const fs::path& state) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const pid_t outer = ::fork();
  if (outer == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::setenv("TRIBUNAL_STATE", state.c_str(), 1);
    in_cell(1, [&](Cluster& cluster, const Folder&) {
      ProcessGround ground(cluster, spinner);
      ProcessTrial trial(ground, process_plan(fault, "one", {"n1"}));
      trial.inject();
      [[maybe_unused]] const auto told = ::write(ends[1], "i", 1);
      std::this_thread::sleep_for(10min);
    });
    ::_exit(0);
  }
  ::close(ends[1]);
  char injected = 0;
  EXPECT_EQ(::read(ends[0], &injected, 1), 1);
  ::close(ends[0]);
  const auto living = recover(state / "journal");
  ASSERT_EQ(living.size(), 1u);
  EXPECT_EQ(living[0].outcome, Recovery::Outcome::still_runs);
  ::kill(outer, SIGKILL);
  ::waitpid(outer, nullptr, 0);
}

TEST(Pressure, what_a_run_that_died_left_is_removed_by_a_recovery) {
  for (const std::string controller : {"cpu", "memory"}) {
    if (const auto why = why_no_group(controller); !why.empty()) GTEST_SKIP() << why;
    const Folder state;
    ASSERT_NO_FATAL_FAILURE(die_under_pressure(controller + "-pressure", state.path()));
    // The last of the dead run lets go of the journal soon.
    std::vector<Recovery> done;
    const auto until = Clock::now() + 30s;
    do {
      done = recover(state.path() / "journal");
      ASSERT_EQ(done.size(), 1u);
    } while (done[0].outcome == Recovery::Outcome::still_runs && Clock::now() < until);
    EXPECT_EQ(done[0].outcome, Recovery::Outcome::undone) << done[0].text;
    ASSERT_TRUE(done[0].text.starts_with("cgroup /")) << done[0].text;
    EXPECT_FALSE(fs::exists(done[0].text.substr(7)));
    EXPECT_TRUE(recover(state.path() / "journal").empty());
  }
}

// A file tree as the kernel shows it, and the two tables that lead to it.
class GroupTree {
 public:
  fs::path add(const std::string& group, const std::string& handed_on) {
    const fs::path path = group.empty() ? folder_.path() : folder_.path() / group;
    fs::create_directories(path);
    std::ofstream(path / "cgroup.procs");
    std::ofstream(path / "cgroup.subtree_control") << handed_on << "\n";
    return path;
  }
  std::string mounts(const std::string& type, const std::string& root) const {
    return "1 0 0:1 / / rw - ext4 /dev/sda rw\n30 1 0:9 " + root + " " + folder_.path().string() +
           " rw,nosuid shared:7 - " + type + " none rw,cpu,cpuacct\n";
  }
  const fs::path& root() const { return folder_.path(); }

 private:
  const Folder folder_;
};

TEST(GroupPlace, in_the_older_interface_it_is_below_our_own_group) {
  GroupTree tree;
  const auto own = tree.add("a/b", "");
  const auto place =
      find_group_place("cpu", tree.mounts("cgroup", "/"), "3:cpu,cpuacct:/a/b\n0::/\n");
  EXPECT_EQ(place.version, 1);
  EXPECT_EQ(place.parent, own);
  EXPECT_EQ(place.home, own);
}

TEST(GroupPlace, in_a_container_the_path_begins_at_what_is_mounted) {
  GroupTree tree;
  const auto own = tree.add("b", "");
  const auto place = find_group_place("cpu", tree.mounts("cgroup", "/a"), "3:cpu,cpuacct:/a/b\n");
  EXPECT_EQ(place.parent, own);
}

TEST(GroupPlace, in_the_newer_one_it_is_below_the_nearest_that_hands_the_controller_on) {
  GroupTree tree;
  tree.add("", "cpu memory");
  const auto slice = tree.add("slice", "io cpu");
  const auto own = tree.add("slice/scope", "");
  const auto cpu = find_group_place("cpu", tree.mounts("cgroup2", "/"), "0::/slice/scope\n");
  EXPECT_EQ(cpu.version, 2);
  EXPECT_EQ(cpu.parent, slice);
  EXPECT_EQ(cpu.home, own);
  EXPECT_EQ(find_group_place("memory", tree.mounts("cgroup2", "/"), "0::/slice/scope\n").parent,
            tree.root());
}

TEST(GroupPlace, where_there_is_none_it_says_how_to_get_one) {
  GroupTree tree;
  tree.add("slice", "io");
  for (const auto& mounts : {tree.mounts("cgroup2", "/"), std::string()}) try {
      find_group_place("cpu", mounts, "0::/slice\n");
      ADD_FAILURE() << "there is a place in\n" << mounts;
    } catch (const Error& error) {
      EXPECT_EQ(error.blame(), Blame::environment);
      EXPECT_NE(error.fix().find("systemd-run"), std::string::npos) << error.fix();
    }
}

}  // namespace
}  // namespace tribunal
