// A moved clock read back through real servers and run times, within 5 ms: by what they say, not by
// what was written into them.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmath>
#include <fstream>
#include <regex>
#include <thread>

#include "nemesis/clock/clock_questions.h"
#include "nemesis/clock/clock_tool.h"
#include "nemesis/tool_question.h"
#include "tests/cluster/in_cell.h"
#include "tests/nemesis/clock_teller.h"
#include "tests/nemesis/clock_units.h"

namespace tribunal {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

std::string found_in(const std::vector<std::string>& folders, const std::string& program) {
  for (const auto& folder : folders)
    if (::access((folder + "/" + program).c_str(), X_OK) == 0) return folder + "/" + program;
  return {};
}
const std::vector<std::string> usual = {"/usr/bin", "/usr/local/bin", "/usr/sbin", "/bin"};

// Sends a request over TCP once somebody listens, and reads until the answer holds `wanted`; throws
// after 30 s.
std::string converse(const std::string& address, int port, const std::string& request,
                     const std::string& wanted) {
  sockaddr_in there{};
  there.sin_family = AF_INET;
  there.sin_port = htons(static_cast<std::uint16_t>(port));
  ::inet_pton(AF_INET, address.c_str(), &there.sin_addr);
  const auto until = std::chrono::steady_clock::now() + 30s;
  while (std::chrono::steady_clock::now() < until) {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    std::string answer;
    if (::connect(socket, reinterpret_cast<const sockaddr*>(&there), sizeof there) == 0) {
      ::send(socket, request.data(), request.size(), MSG_NOSIGNAL);
      char part[4096];
      pollfd ready{socket, POLLIN, 0};
      while (answer.find(wanted) == std::string::npos && ::poll(&ready, 1, 5000) == 1) {
        const ssize_t got = ::recv(socket, part, sizeof part, 0);
        if (got <= 0) break;
        answer.append(part, static_cast<std::size_t>(got));
      }
    }
    ::close(socket);
    if (answer.find(wanted) != std::string::npos) return answer;
    std::this_thread::sleep_for(20ms);
  }
  throw std::runtime_error("no answer on port " + std::to_string(port));
}

void move_clocks(Host& host, std::int64_t wall, std::int64_t monotonic = 0) {
  HostMotion motion;
  motion.wall.offset = wall;
  motion.monotonic.offset = monotonic;
  ask_tool(host, clock_verb, motion_question(motion), 20s);
  for (const auto& process : reading_of(ask_tool(host, clock_verb, {{"do", "read"}})).processes)
    EXPECT_LE(process.error, near_enough) << process.command;
}

// What a server says its wall clock is, in nanoseconds.
using WallClock = std::function<std::int64_t(Host&)>;

void expect_wall_ahead(Host& host, const WallClock& wall_clock, std::int64_t by) {
  const std::int64_t earlier = true_clocks()[slot_realtime], said = wall_clock(host),
                     later = true_clocks()[slot_realtime];
  EXPECT_GE(said, earlier + by - near_enough);
  EXPECT_LE(said, later + by + near_enough);
}

// Ahead, behind, and true again; the processes go on as they were.
void expect_to_follow(Host& host, const WallClock& wall_clock) {
  expect_wall_ahead(host, wall_clock, 0);
  for (const std::int64_t by : {3600 * one_second, -40 * one_second}) {
    move_clocks(host, by);
    expect_wall_ahead(host, wall_clock, by);
  }
  const auto clocks = reading_of(ask_tool(host, clock_verb, {{"do", "read"}})).processes;
  ASSERT_FALSE(clocks.empty());
  std::uint64_t calls = 0;
  for (const auto& process : clocks) calls += process.calls.wall;
  EXPECT_GT(calls, 0U);
  const auto outcome = ask_tool(host, clock_verb, {{"do", "restore"}}, 20s);
  EXPECT_EQ(outcome["lead"], 0);
  EXPECT_GT(outcome["restored"], 0);
  expect_wall_ahead(host, wall_clock, 0);
}

std::int64_t told_wall(Host& host) { return ask_teller(host.address(), teller_port).wall; }

TEST(ClocksOfServers, Redis) {
  const std::string server = found_in(usual, "redis-server");
  if (server.empty()) GTEST_SKIP() << "no redis-server here: scripts/setup --tests installs it";
  in_cell(1, [&](Cluster& cluster, const Folder&) {
    Host& host = cluster.host("n1");
    host.start(
        {{server, "--bind", host.address(), "--protected-mode", "no", "--save", ""}, {}, false});
    expect_to_follow(host, [](Host& redis) -> std::int64_t {
      const std::string answer = converse(redis.address(), 6379, "TIME\r\n*1\r\n", "$6\r\n");
      std::smatch parts;
      static const std::regex form("\\$\\d+\r\n(\\d+)\r\n\\$\\d+\r\n(\\d*)");
      if (!std::regex_search(answer, parts, form)) return 0;
      return std::stoll(parts[1]) * one_second + std::stoll(parts[2]) * 1000;
    });
  });
}

std::string post(const std::string& path, const std::string& body) {
  return "POST " + path + " HTTP/1.1\r\nHost: etcd\r\nConnection: close\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

// The time of the last line of a log that speaks of a compaction, ns; 0: there is none.
std::int64_t last_compaction(const fs::path& log, std::size_t& lines) {
  static const std::regex form("(\\d{4}-\\d\\d-\\d\\d[ T]\\d\\d:\\d\\d:\\d\\d)\\.(\\d+).*ompact.*");
  std::ifstream file(log);
  std::int64_t time = 0;
  lines = 0;
  for (std::string line; std::getline(file, line);) {
    std::smatch parts;
    if (!std::regex_search(line, parts, form)) continue;
    std::string moment = parts[1], fraction = parts[2];
    moment[10] = ' ';
    fraction.resize(9, '0');
    tm broken{};
    ::strptime(moment.c_str(), "%Y-%m-%d %H:%M:%S", &broken);
    broken.tm_isdst = -1;
    time = ::mktime(&broken) * one_second + std::stoll(fraction);
    ++lines;
  }
  return time;
}

TEST(ClocksOfServers, EtcdByItsLog) {
  const std::string server = found_in(usual, "etcd");
  if (server.empty()) GTEST_SKIP() << "no etcd here: scripts/setup installs it";
  ::unsetenv("TZ");  // etcd has none either
  in_cell(1, [&](Cluster& cluster, const Folder& folder) {
    Host& host = cluster.host("n1");
    const std::string clients = "http://" + host.address() + ":2379";
    host.start({{server, "--data-dir", host.data() / "etcd", "--listen-client-urls", clients,
                 "--advertise-client-urls", clients},
                {},
                false});
    int revision = 1;
    expect_to_follow(host, [&](Host& etcd) -> std::int64_t {
      const fs::path log = folder.path() / "logs" / "n1" / "etcd.log";
      std::size_t before = 0, lines = 0;
      last_compaction(log, before);
      converse(etcd.address(), 2379, post("/v3/kv/put", R"({"key":"YQ==","value":"YQ=="})"),
               "revision");
      const std::string wanted = std::to_string(++revision);
      converse(etcd.address(), 2379, post("/v3/kv/compaction", "{\"revision\":\"" + wanted + "\"}"),
               "200 OK");
      const auto until = std::chrono::steady_clock::now() + 20s;
      std::int64_t time = 0;
      while (lines <= before && std::chrono::steady_clock::now() < until)
        time = last_compaction(log, lines);
      return time;
    });
  });
}

TEST(ClocksOfServers, AGoProgramWithoutACLibrary) {
  const std::string go = found_in({"/usr/bin", "/usr/local/go/bin", "/usr/local/bin"}, "go");
  if (go.empty()) GTEST_SKIP() << "no Go here: scripts/setup --tests installs it";
  const Folder built;
  const std::string program = built.path() / "probe";
  const std::string compile = "CGO_ENABLED=0 GO111MODULE=off HOME=" + built.path().string() +
                              " GOCACHE=" + built.path().string() + "/cache " + go + " build -o " +
                              program + " " + TRIBUNAL_SOURCE "/tests/nemesis/clock_probe.go";
  ASSERT_EQ(std::system(compile.c_str()), 0);
  in_cell(1, [&](Cluster& cluster, const Folder&) {
    Host& host = cluster.host("n1");
    host.start({{program, std::to_string(teller_port)}, {}, false});
    expect_to_follow(host, told_wall);
    const Told before = ask_teller(host.address(), teller_port);
    move_clocks(host, 0, 40 * one_second);
    EXPECT_GE(ask_teller(host.address(), teller_port).monotonic,
              before.monotonic + 40 * one_second);
    expect_wall_ahead(host, told_wall, 0);
  });
}

TEST(ClocksOfServers, AJavaVirtualMachine) {
  const std::string java = found_in(usual, "java"), javac = found_in(usual, "javac");
  if (javac.empty()) GTEST_SKIP() << "no javac here: scripts/setup --tests installs it";
  in_cell(1, [&](Cluster& cluster, const Folder& folder) {
    Host& host = cluster.host("n1");
    const std::string compile = javac + " -d " + (folder.path() / "data" / "n1").string() +
                                " " TRIBUNAL_SOURCE "/tests/nemesis/ClockProbe.java";
    ASSERT_EQ(std::system(compile.c_str()), 0);
    host.start({{java, "-Xmx64m", "-XX:+UseSerialGC", "-cp", host.data(), "ClockProbe",
                 std::to_string(teller_port)},
                {},
                false});
    expect_to_follow(host, told_wall);
    // Its threads sleep until absolute moments of the monotonic clock, so that one stays as it is.
    bool waits = false;
    for (const auto& wait :
         waits_of(ask_tool(host, clock_verb, {{"do", "waits"}, {"looks", 20}}, 20s))) {
      EXPECT_EQ(wait.clock, WaitClock::monotonic) << wait.thread;
      waits = true;
    }
    EXPECT_TRUE(waits);
  });
}

// Refuses to run as root, so it runs in a user namespace of its own, and each session is a fork.
TEST(ClocksOfServers, PostgresAsAnOrdinaryUser) {
  const std::vector<std::string> places = {
      "/usr/lib/postgresql/17/bin", "/usr/lib/postgresql/16/bin", "/usr/lib/postgresql/15/bin",
      "/usr/lib/postgresql/14/bin"};
  const std::string server = found_in(places, "postgres"), initdb = found_in(places, "initdb"),
                    psql = found_in(usual, "psql");
  if (server.empty() || psql.empty())
    GTEST_SKIP() << "no PostgreSQL here: scripts/setup --tests installs it";
  in_cell(1, [&](Cluster& cluster, const Folder&) {
    Host& host = cluster.host("n1");
    const std::string data = host.data() / "db";
    const int initialised =
        host.start({{initdb, "-N", "-A", "trust", "-U", "probe", "-D", data}, {}, true});
    ASSERT_EQ(host.ended(initialised, 60s).value_or(-1), 0);
    host.start({{server, "-D", data, "-c", "unix_socket_directories="}, {}, true});
    expect_to_follow(host, [&](Host& postgres) -> std::int64_t {
      const auto until = std::chrono::steady_clock::now() + 30s;
      while (std::chrono::steady_clock::now() < until) {
        const auto answer = postgres.run({psql, "-h", "127.0.0.1", "-U", "probe", "-At", "-c",
                                          "select (extract(epoch from clock_timestamp()) * "
                                          "1000000)::bigint",
                                          "postgres"},
                                         10s);
        if (answer.ok()) return std::stoll(answer.out) * 1000;
        std::this_thread::sleep_for(50ms);
      }
      return 0;
    });
  });
}

}  // namespace
}  // namespace tribunal
