// What databases keep and lose at a power cut, by how they sync: a bare Redis and a bare PostgreSQL
// on a disk of ours, and on ext4. What a server has acknowledged and made durable must be there.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <thread>

#include "harness/cluster/loop_disks.h"
#include "nemesis/disk/host_disk.h"
#include "nemesis/process/live_processes.h"
#include "tests/nemesis/disk_means.h"

namespace tribunal {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using nlohmann::json;

constexpr const char* redis_server = "/usr/bin/redis-server";
constexpr const char* postgres_folder = "/usr/lib/postgresql/15/bin/";

// Skips where `program` or a disk cannot be had.
#define NEED_DISK_AND(program)                           \
  NEED_DISKS(GetParam());                                \
  if (::access(std::string(program).c_str(), X_OK) != 0) \
  GTEST_SKIP() << "there is no " << program << "; scripts/setup --tests installs it"

std::string shell(Host& host, const std::string& script) {
  const CommandResult result = host.run({"/bin/sh", "-c", script}, 120s);
  return result.out + result.err;
}

bool comes_true(const std::function<bool()>& done) {
  for (const auto until = Clock::now() + 60s; Clock::now() < until;
       std::this_thread::sleep_for(20ms))
    if (done()) return true;
  return false;
}

void cut_power(Cluster& cluster, Host& host) {
  end_database(host, SIGKILL);
  if (!cluster.loop_disks) {
    ask_disk(host, {{"do", "cut"}});
    return;
  }
  cluster.loop_disks->shut_down(host);
  cluster.loop_disks->mount_again(host);
}

void start_redis(Host& host, const std::string& sync) {
  host.start({{redis_server, "--port", "6379", "--dir", host.data(), "--appendonly", "yes",
               "--appendfsync", sync, "--save", "", "--auto-aof-rewrite-percentage", "0"},
              {},
              false});
  ASSERT_TRUE(comes_true([&] { return shell(host, "redis-cli ping") == "PONG\n"; }));
}

void push(Host& host, int count) {
  const std::string said = shell(
      host, fmt::format("for i in $(seq {}); do echo RPUSH l $i; done | redis-cli | wc -l", count));
  ASSERT_EQ(said, fmt::format("{}\n", count)) << "every one is acknowledged";
}

int length(Host& host) { return std::stoi(shell(host, "redis-cli llen l")); }

void on_redis(DiskMeans means, const std::string& sync,
              const std::function<void(Cluster&, Host&)>& body) {
  in_cell_by(means, 1, [&](Cluster& cluster, const Folder&) {
    Host& host = cluster.host(0);
    prepare_disks(cluster);
    start_redis(host, sync);
    body(cluster, host);
  });
}

class DiskUnderRedis : public ::testing::TestWithParam<DiskMeans> {};
class DiskUnderPostgres : public ::testing::TestWithParam<DiskMeans> {};

INSTANTIATE_TEST_SUITE_P(By, DiskUnderRedis, ::testing::Values(DiskMeans::fuse, DiskMeans::loop),
                         means_name);
INSTANTIATE_TEST_SUITE_P(By, DiskUnderPostgres, ::testing::Values(DiskMeans::fuse, DiskMeans::loop),
                         means_name);

TEST_P(DiskUnderRedis, that_syncs_always_loses_nothing_acknowledged) {
  NEED_DISK_AND(redis_server);
  on_redis(GetParam(), "always", [](Cluster& cluster, Host& host) {
    push(host, 500);
    cut_power(cluster, host);
    start_redis(host, "always");
    EXPECT_EQ(length(host), 500);
  });
}

TEST_P(DiskUnderRedis, that_never_syncs_loses_all) {
  NEED_DISK_AND(redis_server);
  on_redis(GetParam(), "no", [](Cluster& cluster, Host& host) {
    push(host, 500);
    cut_power(cluster, host);
    start_redis(host, "no");
    EXPECT_EQ(length(host), 0);
  });
}

// How often the disk was told to write what it has: by fsync, and on ext4 every 5 s besides.
int count_syncs(Cluster& cluster, Host& host) {
  if (!cluster.loop_disks)
    return ask_disk(host, {{"do", "counts"}, {"name", "count"}})["database"]["total"];
  return std::stoi(shell(host, "awk '{print $16}' /sys/dev/block/$(stat -c %Hd:%Ld " +
                                   host.data().string() + ")/stat"));
}

TEST_P(DiskUnderRedis, that_syncs_every_second_keeps_what_it_had_synced) {
  NEED_DISK_AND(redis_server);
  on_redis(GetParam(), "everysec", [](Cluster& cluster, Host& host) {
    const bool all_are_its_own = !cluster.loop_disks;
    if (all_are_its_own)
      ask_disk(host, {{"do", "rule"}, {"name", "count"}, {"effect", "slow"}, {"calls", {"fsync"}}});
    push(host, 500);
    const int wanted = count_syncs(cluster, host) + (all_are_its_own ? 1 : 10);
    int pushed = 500;
    // So that there is something to sync, if the first ones were.
    EXPECT_TRUE(comes_true([&] {
      push(host, 1);
      ++pushed;
      return count_syncs(cluster, host) >= wanted;
    }));
    push(host, 300);
    cut_power(cluster, host);
    start_redis(host, "everysec");
    EXPECT_GE(length(host), 500);
    EXPECT_LE(length(host), pushed + 300);
  });
}

// A PostgreSQL of one table, of an ordinary user, since it refuses to run as root.
class Postgres {
 public:
  Postgres(Host& host, std::string fsync) : host_(host), fsync_(std::move(fsync)) {
    const int made = host_.start({{std::string(postgres_folder) + "initdb", "-N", "-A", "trust",
                                   "-U", "tester", "-D", folder()},
                                  {},
                                  true});
    EXPECT_EQ(host_.ended(made, 100s), 0);
    shell(host_, "sync " + folder() + "/PG_VERSION");
  }
  void start() {
    shell(host_, "rm -f " + folder() + "/postmaster.pid");
    host_.start(
        {{std::string(postgres_folder) + "postgres", "-D", folder(), "-c", "fsync=" + fsync_, "-c",
          "listen_addresses=", "-c", "unix_socket_directories=/tmp", "-c", "autovacuum=off"},
         {},
         true});
  }
  bool serves() { return ask("select 1") == "1\n"; }
  std::string ask(const std::string& query) {
    return shell(host_,
                 fmt::format("psql -h /tmp -U tester -d postgres -At -c \"{}\" 2>&1", query));
  }

 private:
  std::string folder() const { return host_.data() / "pg"; }

  Host& host_;
  const std::string fsync_;
};

void on_postgres(DiskMeans means, const std::string& fsync,
                 const std::function<void(Cluster&, Host&, Postgres&)>& body) {
  in_cell_by(means, 1, [&](Cluster& cluster, const Folder&) {
    Host& host = cluster.host(0);
    prepare_disks(cluster);
    Postgres postgres(host, fsync);
    // What initdb -N left unsynced was written long ago.
    shell(host, fmt::format("find {} -type f -exec sync {{}} +", (host.data() / "pg").string()));
    postgres.start();
    ASSERT_TRUE(comes_true([&] { return postgres.serves(); }));
    postgres.ask("create table t(i int)");
    postgres.ask("checkpoint");
    body(cluster, host, postgres);
  });
}

void insert(Postgres& postgres, int from, int count) {
  for (int i = from; i < from + count; ++i)
    ASSERT_EQ(postgres.ask(fmt::format("insert into t values ({})", i)), "INSERT 0 1\n");
}

TEST_P(DiskUnderPostgres, with_fsync_loses_nothing_committed) {
  NEED_DISK_AND(std::string(postgres_folder) + "postgres");
  on_postgres(GetParam(), "on", [](Cluster& cluster, Host& host, Postgres& postgres) {
    insert(postgres, 0, 8);
    cut_power(cluster, host);
    postgres.start();
    EXPECT_TRUE(comes_true([&] { return postgres.serves(); }));
    EXPECT_EQ(postgres.ask("select count(*) from t"), "8\n");
    insert(postgres, 8, 1);
  });
}

TEST_P(DiskUnderPostgres, without_fsync_loses_what_was_committed) {
  NEED_DISK_AND(std::string(postgres_folder) + "postgres");
  on_postgres(GetParam(), "off", [](Cluster& cluster, Host& host, Postgres& postgres) {
    insert(postgres, 0, 8);
    cut_power(cluster, host);
    postgres.start();
    const auto dead_or_serving = [&] { return live_processes(host).empty() || postgres.serves(); };
    EXPECT_TRUE(comes_true(dead_or_serving));
    EXPECT_NE(postgres.ask("select count(*) from t"), "8\n");
  });
}

}  // namespace
}  // namespace tribunal
