// What a cell promises of its hosts: each has its own name, processes, files and address, and
// reaches the others.
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <fstream>
#include <set>

#include "harness/record/error.h"
#include "tests/cluster/in_cell.h"

namespace tribunal {
namespace {

using namespace std::chrono_literals;

std::string shell(Host& host, const std::string& script) {
  const CommandResult result = host.run({"sh", "-c", script}, 20s);
  EXPECT_TRUE(result.ok()) << script << ": " << result.err;
  return result.out;
}

TEST(Cell, hosts_have_names_and_processes_of_their_own) {
  in_cell(3, [](Cluster& cluster, const Folder&) {
    EXPECT_EQ(cluster.names(), (std::vector<std::string>{"n1", "n2", "n3"}));
    EXPECT_EQ(shell(cluster.host(0), "hostname"), "n1\n");
    EXPECT_EQ(shell(cluster.host(2), "cat /proc/sys/kernel/hostname"), "n3\n");
    cluster.host(1).start({{"/bin/sleep", "100"}, {}, false});
    EXPECT_EQ(cluster.host(1).processes().size(), 1u);
    EXPECT_TRUE(cluster.host(0).processes().empty());
    EXPECT_EQ(shell(cluster.host(0), "for p in /proc/[0-9]*; do echo process; done"),
              "process\nprocess\n");  // the init and the shell
  });
}

TEST(Cell, hosts_have_folders_of_their_own_and_cannot_change_the_machine) {
  in_cell(2, [](Cluster& cluster, const Folder& folder) {
    for (const std::string where : {"/tmp", "/run", "/dev/shm", "/run/tribunal/data"}) {
      shell(cluster.host(0), "echo mine > " + where + "/mark");
      EXPECT_EQ(cluster.host(1).run({"cat", where + "/mark"}, 20s).status, 1) << where;
    }
    EXPECT_EQ(cluster.host(0).data(), "/run/tribunal/data");
    EXPECT_TRUE(std::filesystem::exists(folder.path() / "data/n1/mark"));
    EXPECT_NE(cluster.host(0).run({"touch", "/mark"}, 20s).status, 0);
    EXPECT_NE(cluster.host(0).run({"touch", "/var/tmp/mark"}, 20s).status, 0);
  });
}

TEST(Cell, hosts_reach_each_other_by_address_and_by_name) {
  in_cell(3, [](Cluster& cluster, const Folder&) {
    for (std::size_t from = 0; from < 3; ++from)
      for (std::size_t to = 0; to < 3; ++to)
        EXPECT_TRUE(cluster.host(from).probe(cluster.host(to), 1s)) << from << to;
    EXPECT_EQ(shell(cluster.host(0), "getent ahostsv4 n3 | head -1 | cut -d' ' -f1"),
              "10.77.0.3\n");
  });
}

}  // namespace
}  // namespace tribunal
