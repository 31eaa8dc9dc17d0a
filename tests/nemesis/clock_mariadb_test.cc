// A moved clock read back through MariaDB, which waits until moments of the wall clock, so that it
// is moved by libfaketime: what it says, and how long it sleeps.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <thread>

#include "nemesis/clock/faketime_library.h"
#include "tests/cluster/in_cell.h"
#include "tests/nemesis/clock_ground.h"

namespace tribunal {
namespace {

using namespace std::chrono_literals;

constexpr const char* mariadb_server = "/usr/sbin/mariadbd";
constexpr const char* mariadb_client = "/usr/bin/mariadb";
constexpr const char* mariadb_maker = "/usr/bin/mariadb-install-db";

class MariaDb {
 public:
  explicit MariaDb(Host& host) : host_(host) {}

  void make() {
    const auto made = host_.run(
        {mariadb_maker, "--no-defaults", "--user=root", "--auth-root-authentication-method=normal",
         "--skip-test-db", "--skip-name-resolve", "--datadir=" + data()},
        120s);
    ASSERT_TRUE(made.ok()) << made.out << made.err;
  }
  void start(Host& host) {
    host.start({{mariadb_server, "--no-defaults", "--user=root", "--datadir=" + data(),
                 "--skip-networking", "--socket=/tmp/mariadb.sock"},
                {},
                false});
  }
  // Its answer in one line; throws when it gives none within a minute.
  std::string ask(const std::string& query) {
    const auto until = std::chrono::steady_clock::now() + 60s;
    CommandResult answer;
    while (std::chrono::steady_clock::now() < until) {
      answer = host_.run({mariadb_client, "--no-defaults", "--socket=/tmp/mariadb.sock",
                          "--user=root", "--batch", "--skip-column-names", "-e", query},
                         30s);
      if (answer.ok()) return answer.out;
      std::this_thread::sleep_for(50ms);
    }
    throw std::runtime_error("MariaDB does not answer: " + answer.err);
  }
  std::int64_t now() {
    const std::string answer = ask("select cast(unix_timestamp(now(6)) * 1000000 as integer)");
    return std::stoll(answer) * 1000;
  }

 private:
  std::string data() const { return host_.data() / "db"; }

  Host& host_;
};

void expect_now_ahead(MariaDb& database, std::int64_t by) {
  const std::int64_t earlier = true_clocks()[slot_realtime], said = database.now(),
                     later = true_clocks()[slot_realtime];
  EXPECT_GE(said, earlier + by - near_enough);
  EXPECT_LE(said, later + by + near_enough);
}

// It answers at all, which it would not for an hour if its clock alone were moved, and not too
// early.
void expect_to_sleep(MariaDb& database) {
  const std::int64_t begun = true_clocks()[slot_monotonic];
  EXPECT_EQ(database.ask("select now(6) is not null, sleep(0.5)"), "1\t0\n");
  EXPECT_GE(true_clocks()[slot_monotonic] - begun, one_second / 2);
}

class ClocksOfMariaDb : public ::testing::Test {
 protected:
  void SetUp() override {
    if (faketime_path().empty()) GTEST_SKIP() << "no libfaketime here: " << faketime_install;
    for (const char* program : {mariadb_server, mariadb_client, mariadb_maker})
      if (::access(program, X_OK) != 0)
        GTEST_SKIP() << program << " is not here: scripts/setup --tests installs it";
  }
};

TEST_F(ClocksOfMariaDb, AreMovedWithItsWaits) {
  in_cell(1, [](Cluster& cluster, const Folder&) {
    MariaDb database(cluster.host("n1"));
    database.make();
    cluster.start_database = [&](Host& host) { database.start(host); };
    for (const auto& kind : {"clock-offset", "clock-drift"})
      find(faults(), "fault", kind).prepare(cluster);
    cluster.start_database(cluster.host("n1"));
    expect_now_ahead(database, 0);
    Activity activity(1);
    const auto origin = std::chrono::steady_clock::now();
    cluster.database_ready = [&](Host&, Milliseconds) { return database.now() > 0; };
    cluster.database_role = [](Host&) { return ""; };
    Ground ground{
        cluster, activity, [&] { return (std::chrono::steady_clock::now() - origin) / 1ns; },
        {},      {},       {}};
    for (const auto& [offset, by] : std::map<std::string, std::int64_t>{
             {"+1h", 3600 * one_second}, {"-1h", -3600 * one_second}}) {
      PlannedFault plan;
      plan.fault = "clock-offset";
      plan.target = "one";
      plan.order = {"n1"};
      plan.options = {{"offset", offset}, {"clock", "wall"}};
      const auto fault = find(faults(), "fault", plan.fault).make(plan);
      Receipt receipt;
      fault->inject(ground, receipt);
      EXPECT_EQ(receipt.failure, "");
      EXPECT_EQ(receipt.means, "libfaketime");
      expect_now_ahead(database, by);
      expect_to_sleep(database);
      fault->exercise(ground, receipt);
      fault->heal(ground, receipt);
      EXPECT_TRUE(receipt.complete()) << receipt.failure << receipt.exercised_by;
      expect_now_ahead(database, 0);
      expect_to_sleep(database);
    }
  });
}

}  // namespace
}  // namespace tribunal
