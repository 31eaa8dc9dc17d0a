// What etcd is started with, how it is found, and what it says of itself.
#include "clients/etcd/deploy.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "clients/catalogue.h"
#include "harness/parts/catalogue.h"
#include "harness/record/error.h"
#include "tests/clients/misbehaving_server.h"
#include "tests/clients/real_etcd.h"

namespace tribunal {
namespace {

// A host that only remembers what it was told to start.
class NotingHost final : public Host {
 public:
  explicit NotingHost(std::string address) : address_(std::move(address)) {}
  const std::string& name() const override { return name_; }
  std::size_t index() const override { return 0; }
  const std::string& address() const override { return address_; }
  std::filesystem::path data() const override { return "/data/n1"; }
  CommandResult run(const std::vector<std::string>&, Milliseconds, const std::string&) override {
    return {};
  }
  int start(const Daemon& daemon) override {
    started.push_back(daemon);
    return 1;
  }
  Tool& tool(const std::string&) override { throw std::logic_error("no tools here"); }
  void signal_all(int) override {}
  std::vector<Process> processes() override { return {}; }
  std::optional<int> ended(int, Milliseconds) override { return std::nullopt; }
  bool probe(Host&, Milliseconds) override { return false; }

  std::vector<Daemon> started;

 private:
  std::string name_ = "n1", address_;
};

Deployment deployment() {
  Deployment result;
  result.binary = "/opt/etcd";
  result.hosts = {"n1", "n2"};
  result.addresses = {"10.0.0.1", "10.0.0.2"};
  for (const DatabaseOption& option : etcd().options)
    result.options[option.name] = option.values.front();
  return result;
}

// The value of a flag, or "" if it is not there.
std::string flag(const Daemon& daemon, const std::string& name) {
  for (const std::string& word : daemon.command) {
    if (word.starts_with(name + "=")) return word.substr(name.size() + 1);
  }
  return "";
}

// An executable script that answers --version with `text`.
class FakeBinary {
 public:
  explicit FakeBinary(const std::string& text) {
    std::string folder = (std::filesystem::temp_directory_path() / "tribunal-fake-XXXXXX").string();
    folder_ = mkdtemp(folder.data());
    std::ofstream(path()) << "#!/bin/sh\necho '" << text << "'\n";
    chmod(path().c_str(), 0755);
  }
  ~FakeBinary() { std::filesystem::remove_all(folder_); }
  std::string path() const { return (folder_ / "etcd").string(); }

 private:
  std::filesystem::path folder_;
};

void expect_refused(const std::string& binary, const std::string& words) {
  try {
    etcd().find(binary);
    FAIL() << binary << " was taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.blame(), Blame::environment);
    EXPECT_NE(std::string(error.what()).find(words), std::string::npos) << error.what();
    EXPECT_FALSE(error.fix().empty());
  }
}

TEST(Deploy, IsInTheCatalogue) {
  const Database& database = find(databases(), "database", "etcd");
  for (const char* served : {"register", "set", "sessions", "bank", "lock"}) {
    EXPECT_NE(std::find(database.workloads.begin(), database.workloads.end(), served),
              database.workloads.end())
        << served;
  }
}

TEST(Deploy, StartsAMemberOfTheWholeCluster) {
  NotingHost host("10.0.0.1");
  etcd().start(host, deployment());
  etcd().start(host, deployment());
  ASSERT_EQ(host.started.size(), 2u);
  const Daemon& daemon = host.started[0];
  EXPECT_EQ(daemon.command, host.started[1].command);  // after a kill, the same again
  EXPECT_EQ(daemon.command[0], "/opt/etcd");
  EXPECT_FALSE(daemon.as_ordinary_user);
  EXPECT_EQ(flag(daemon, "--name"), "n1");
  EXPECT_EQ(flag(daemon, "--data-dir"), "/data/n1/etcd");
  EXPECT_EQ(flag(daemon, "--listen-client-urls"), "http://10.0.0.1:2379,http://127.0.0.1:2379");
  EXPECT_EQ(flag(daemon, "--initial-cluster"), "n1=http://10.0.0.1:2380,n2=http://10.0.0.2:2380");
  EXPECT_EQ(flag(daemon, "--election-timeout"), "1000");
}

TEST(Deploy, HandsOnItsOptions) {
  NotingHost host("10.0.0.1");
  Deployment fast = deployment();
  fast.options["election-timeout"] = "500";
  fast.options["snapshot-count"] = "100";
  etcd().start(host, fast);
  EXPECT_EQ(flag(host.started[0], "--election-timeout"), "500");
  EXPECT_EQ(flag(host.started[0], "--snapshot-count"), "100");
}

TEST(Deploy, FindsWhatItIsGiven) {
  const FakeBinary fake("etcd Version: 3.5.21");
  EXPECT_EQ(etcd().find(fake.path()), std::make_pair(fake.path(), std::string("3.5.21")));
}

TEST(Deploy, FindsTheInstalledOne) {
  if (RealEtcd::binary().empty()) GTEST_SKIP() << "no etcd here: apt-get install etcd-server";
  const auto [path, version] = etcd().find("");
  EXPECT_EQ(path[0], '/');
  EXPECT_TRUE(version.starts_with("3.")) << version;
}

TEST(Deploy, RefusesWhatIsNoFittingEtcd) {
  expect_refused("/nowhere/etcd", "/nowhere/etcd is no program");
  expect_refused("/etc/passwd", "is no program");
  const FakeBinary old("etcd Version: 3.3.27"), other("Redis server v=7.0.15"),
      next("etcd Version: 33.4");
  expect_refused(old.path(), "3.3.27");
  expect_refused(other.path(), "does not answer as etcd does");
  expect_refused(next.path(), "33.4");
}

TEST(Deploy, ALoneMemberIsReadyAndLeads) {
  if (RealEtcd::binary().empty()) GTEST_SKIP() << "no etcd here: apt-get install etcd-server";
  RealEtcd server;
  NotingHost host(server.address());
  EXPECT_TRUE(etcd().ready(host, deployment(), Milliseconds(5000)));
  EXPECT_EQ(etcd().role(host, deployment()), "leader");
  server.kill();
  EXPECT_FALSE(etcd().ready(host, deployment(), Milliseconds(200)));
  EXPECT_EQ(etcd().role(host, deployment()), "");
}

TEST(Deploy, NobodyIsReadyWhoOnlyListens) {
  MisbehavingServer server([](std::size_t) { return Reply{""}; });
  NotingHost host(server.address());
  EXPECT_FALSE(etcd().ready(host, deployment(), Milliseconds(300)));
  EXPECT_EQ(etcd().role(host, deployment()), "");
}

}  // namespace
}  // namespace tribunal
