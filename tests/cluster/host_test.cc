// What can be asked of a host: commands with a deadline, daemons with a log, signals to all of a
// daemon's descendants.
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <iterator>
#include <set>
#include <thread>

#include "harness/record/error.h"
#include "tests/cluster/in_cell.h"

namespace tribunal {
namespace {

using namespace std::chrono_literals;

std::string content(const std::filesystem::path& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Whether, within ten seconds, the host runs `count` sleeps, all as `wanted`, and nothing else.
bool comes_to(Host& host, long count, const std::function<bool(const Process&)>& wanted) {
  for (int i = 0; i < 1000; ++i) {
    const auto processes = host.processes();
    const auto sleeps = std::count_if(
        processes.begin(), processes.end(),
        [&](const Process& process) { return process.command == "sleep" && wanted(process); });
    if (sleeps == count && sleeps == static_cast<long>(processes.size())) return true;
    std::this_thread::sleep_for(10ms);
  }
  return false;
}

bool is_stopped(const Process& process) { return process.state == 'T'; }
bool goes_on(const Process& process) { return process.state != 'T'; }

TEST(Host, runs_a_command_and_gives_its_output_and_status) {
  in_cell(1, [](Cluster& cluster, const Folder&) {
    const auto result = cluster.host(0).run({"sh", "-c", "cat; echo bad >&2; exit 7"}, 20s, "in");
    EXPECT_EQ(result.out, "in");
    EXPECT_EQ(result.err, "bad\n");
    EXPECT_EQ(result.status, 7);
    EXPECT_TRUE(cluster.host(0).run({"iptables", "-w", "-L"}, 20s).ok());  // in sbin
    EXPECT_EQ(cluster.host(0).run({"id", "-u"}, 20s).out, "0\n");
    EXPECT_THROW(cluster.host(0).run({"no-such-program"}, 20s), Error);
  });
}

TEST(Host, kills_a_command_at_its_deadline_and_keeps_what_it_said) {
  in_cell(1, [](Cluster& cluster, const Folder&) {
    const auto result = cluster.host(0).run({"sh", "-c", "echo first; sleep 1000"}, 300ms);
    EXPECT_TRUE(result.timed_out);
    EXPECT_EQ(result.status, 128 + SIGKILL);
    EXPECT_EQ(result.out, "first\n");
    EXPECT_TRUE(comes_to(cluster.host(0), 0, goes_on));  // the sleep has gone, too
  });
}

TEST(Host, nothing_of_the_users_environment_reaches_a_host) {
  ::setenv("ETCD_NAME", "left in a shell", 1);
  in_cell(1, [](Cluster& cluster, const Folder&) {
    EXPECT_EQ(cluster.host(0).run({"printenv", "ETCD_NAME"}, 20s).status, 1);
    EXPECT_EQ(cluster.host(0).run({"printenv", "HOME"}, 20s).out, "/run/tribunal/data\n");
  });
}

TEST(Host, a_daemon_writes_a_log_that_a_second_start_appends_to) {
  in_cell(1, [](Cluster& cluster, const Folder& folder) {
    for (const std::string word : {"one", "two"}) {
      const int pid = cluster.host(0).start(
          {{"/bin/sh", "-c", "echo $WORD; echo err >&2"}, {{"WORD", word}}, false});
      EXPECT_EQ(cluster.host(0).ended(pid, 10s), 0);
    }
    EXPECT_EQ(content(folder.path() / "logs/n1/sh.log"), "one\nerr\ntwo\nerr\n");
  });
}

TEST(Host, the_log_of_a_script_has_the_scripts_name) {
  in_cell(1, [](Cluster& cluster, const Folder& folder) {
    Daemon daemon;
    daemon.command = {"/bin/sh", (cluster.host(0).data() / "server.sh").string()};
    daemon.files = {{"server.sh", "echo serves\n"}};
    EXPECT_EQ(cluster.host(0).ended(cluster.host(0).start(daemon), 10s), 0);
    EXPECT_EQ(content(folder.path() / "logs/n1/server.log"), "serves\n");
  });
}

TEST(Host, a_daemons_files_are_written_before_its_first_start_only_and_a_copy_is_kept) {
  in_cell(1, [](Cluster& cluster, const Folder& folder) {
    Daemon daemon;
    daemon.command = {"/bin/sh", "-c", "cd; cat etc/own.conf; echo more >> etc/own.conf"};
    daemon.files = {{"etc/own.conf", "port 1\n"}};
    for (int start = 0; start < 2; ++start)
      EXPECT_EQ(cluster.host(0).ended(cluster.host(0).start(daemon), 10s), 0);
    EXPECT_EQ(content(folder.path() / "logs/n1/sh.log"), "port 1\nport 1\nmore\n");
    EXPECT_EQ(content(folder.path() / "logs/n1/configuration/etc/own.conf"), "port 1\n");
  });
}

TEST(Host, tells_how_a_daemon_ended) {
  in_cell(1, [](Cluster& cluster, const Folder&) {
    Host& host = cluster.host(0);
    EXPECT_EQ(host.ended(host.start({{"/bin/sh", "-c", "exit 5"}, {}, false}), 10s), 5);
    const int pid = host.start({{"/bin/sleep", "1000"}, {}, false});
    EXPECT_EQ(host.ended(pid, 0ms), std::nullopt);
    host.signal_all(SIGTERM);
    EXPECT_EQ(host.ended(pid, 10s), 128 + SIGTERM);
    EXPECT_THROW(host.start({{"/no/such/daemon"}, {}, false}), Error);
  });
}

TEST(Host, signals_reach_descendants_that_left_their_session_and_parent) {
  in_cell(2, [](Cluster& cluster, const Folder&) {
    Host& host = cluster.host(0);
    host.start(
        {{"/bin/sh", "-c", "setsid sh -c 'sleep 1000 & setsid sleep 1000 &' & exit 0"}, {}, false});
    cluster.host(1).start({{"/bin/sleep", "1000"}, {}, false});
    EXPECT_TRUE(comes_to(host, 2, goes_on));
    host.signal_all(SIGSTOP);
    EXPECT_TRUE(comes_to(host, 2, is_stopped));
    EXPECT_TRUE(comes_to(cluster.host(1), 1, goes_on));
    host.signal_all(SIGCONT);
    EXPECT_TRUE(comes_to(host, 2, goes_on));
    host.signal_all(SIGKILL);
    EXPECT_TRUE(comes_to(host, 0, goes_on));
    EXPECT_TRUE(comes_to(cluster.host(1), 1, goes_on));
  });
}

TEST(Host, a_signal_to_daemons_spares_a_running_command) {
  in_cell(1, [](Cluster& cluster, const Folder&) {
    Host& host = cluster.host(0);
    host.start({{"/bin/sleep", "1000"}, {}, false});
    CommandResult result;
    std::jthread command([&] {
      result = host.run({"sh", "-c", "echo > started; sleep 1; echo done"}, 20s);
    });
    for (int i = 0; i < 1000 && !host.run({"test", "-e", "started"}, 20s).ok(); ++i)
      std::this_thread::sleep_for(5ms);
    host.signal_all(SIGKILL);
    command.join();
    EXPECT_EQ(result.out, "done\n");
    EXPECT_TRUE(host.processes().empty());
  });
}

TEST(Host, an_ordinary_user_is_1000_without_powers_and_owns_the_data) {
#ifdef __SANITIZE_THREAD__
  GTEST_SKIP() << "ThreadSanitizer keeps a second thread, and only a process of one may become an "
                  "ordinary user";
#endif
  in_cell(1, [](Cluster& cluster, const Folder& folder) {
    const std::string script =
        "id -u; grep CapEff /proc/self/status; hostname stolen 2>&1; touch mine && stat -c %u mine";
    Host& host = cluster.host(0);
    EXPECT_EQ(host.ended(host.start({{"/bin/sh", "-c", script}, {}, true}), 10s), 0);
    const std::string log = content(folder.path() / "logs/n1/sh.log");
    EXPECT_TRUE(log.starts_with("1000\nCapEff:\t0000000000000000\n")) << log;
    EXPECT_TRUE(log.ends_with("1000\n")) << log;
    EXPECT_EQ(host.run({"hostname"}, 20s).out, "n1\n");
  });
}

TEST(Host, a_program_that_a_folder_of_the_host_covers_can_be_started) {
  in_cell(1, [](Cluster& cluster, const Folder& folder) {
    const auto program = folder.path() / "database";
    std::ofstream(program) << "#!/bin/sh\nexit 6\n";
    std::filesystem::permissions(program, std::filesystem::perms(0755));
    ASSERT_TRUE(program.string().starts_with("/tmp/"));
    EXPECT_EQ(cluster.host(0).ended(cluster.host(0).start({{program}, {}, false}), 10s), 6);
  });
}

TEST(Host, a_host_that_dies_is_an_error_and_not_a_wait) {
  in_cell(2, [](Cluster& cluster, const Folder&) {
    std::set<int> inits;  // of n1 and n2, in this order
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
      std::ifstream command(entry.path() / "cmdline");
      std::string program, verb;
      std::getline(command, program, '\0');
      std::getline(command, verb, '\0');
      if (verb == cell_host_verb) inits.insert(std::stoi(entry.path().filename()));
    }
    ASSERT_EQ(inits.size(), 2u);
    ::kill(*inits.begin(), SIGKILL);
    EXPECT_THROW(
        {
          for (int i = 0; i < 1000; ++i) cluster.host(0).processes();
        },
        Error);
    EXPECT_TRUE(cluster.host(1).run({"true"}, 20s).ok());
  });
}

TEST(Host, a_cell_can_follow_a_cell_in_one_controller) {
  in_cell(2, [](Cluster&, const Folder& folder) {
    EXPECT_TRUE(std::filesystem::exists(folder.path() / "data/n1"));
  });
  const Folder folder;
  EXPECT_EQ(
      inside_cell([&] {
        for (int i = 0; i < 3; ++i) {
          const auto cluster = build_cell({2, folder.path() / "logs", folder.path() / "data"});
          EXPECT_TRUE(cluster->host(0).probe(cluster->host(1), 1s));
        }
        EXPECT_FALSE(std::filesystem::exists(folder.path() / "data/n1"));
        EXPECT_THROW(build_cell({0, folder.path(), {}}), Error);
        return ::testing::Test::HasFailure() ? 1 : 0;
      }),
      0);
}

TEST(Host, without_a_data_folder_data_is_in_memory) {
  const Folder folder;
  EXPECT_EQ(inside_cell([&] {
              const auto cluster = build_cell({1, folder.path() / "logs", {}});
              const auto type =
                  cluster->host(0).run({"stat", "-f", "-c", "%T", "/run/tribunal/data"}, 20s);
              EXPECT_EQ(type.out, "tmpfs\n");
              return ::testing::Test::HasFailure() ? 1 : 0;
            }),
            0);
}

TEST(Host, its_processes_are_known_here_by_other_numbers) {
  in_cell(2, [](Cluster& cluster, const Folder&) {
    EXPECT_TRUE(cluster.host(0).local_processes().empty());
    for (std::size_t i = 0; i < 2; ++i) cluster.host(i).start({{"/bin/sleep", "1000"}, {}, false});
    const auto first = cluster.host(0).local_processes();
    ASSERT_EQ(first.size(), 1u);
    EXPECT_EQ(content("/proc/" + std::to_string(first[0]) + "/comm"), "sleep\n");
    ::kill(first[0], SIGKILL);
    EXPECT_TRUE(comes_to(cluster.host(0), 0, goes_on));
    EXPECT_TRUE(comes_to(cluster.host(1), 1, goes_on));
  });
}

}  // namespace
}  // namespace tribunal
