// How Redis is found, and what its configuration says under each option.
#include <gtest/gtest.h>

#include <fstream>

#include "clients/redis/deploy.h"
#include "clients/redis/options.h"
#include "harness/record/error.h"
#include "tests/clients/named_host.h"
#include "tests/run/scratch.h"

namespace tribunal {
namespace {

NamedHost host_number(std::size_t index) {
  return NamedHost(index, "10.0.0." + std::to_string(index + 1));
}

Deployment three(std::map<std::string, std::string> options) {
  Deployment deployment;
  deployment.binary = "/usr/bin/redis-server";
  deployment.addresses = {"10.0.0.1", "10.0.0.2", "10.0.0.3"};
  deployment.options = std::move(options);
  return deployment;
}

std::string server_file(std::size_t host, const Deployment& deployment) {
  return redis_server_daemon(host_number(host), deployment).files.at("redis/redis.conf");
}

bool has(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

TEST(RedisFiles, TheFirstIsPrimaryAndTheOthersFollowIt) {
  const Deployment deployment = three({});
  EXPECT_EQ(server_file(0, deployment).find("replicaof"), std::string::npos);
  EXPECT_TRUE(has(server_file(1, deployment), "replicaof 10.0.0.1 6379"));
  EXPECT_TRUE(has(server_file(1, deployment), "replica-announce-ip 10.0.0.2"));
}

TEST(RedisFiles, SayWhatTheOptionsSay) {
  const std::string usual = server_file(0, three({}));
  EXPECT_TRUE(has(usual, "appendonly yes"));
  EXPECT_TRUE(has(usual, "appendfsync always"));
  EXPECT_TRUE(has(usual, "min-replicas-to-write 0"));
  const std::string other = server_file(0, three({{"appendonly", "no"},
                                                  {"appendfsync", "everysec"},
                                                  {"min-replicas-to-write", "1"},
                                                  {"min-replicas-max-lag", "1"}}));
  EXPECT_TRUE(has(other, "appendonly no"));
  EXPECT_TRUE(has(other, "appendfsync everysec"));
  EXPECT_TRUE(has(other, "min-replicas-to-write 1"));
  EXPECT_TRUE(has(other, "min-replicas-max-lag 1"));
}

TEST(RedisFiles, ANodeOfAClusterFollowsNobodyYet) {
  const std::string text = server_file(1, three({{"layout", "cluster"}, {"node-timeout", "500"}}));
  EXPECT_TRUE(has(text, "cluster-enabled yes"));
  EXPECT_TRUE(has(text, "cluster-node-timeout 500"));
  EXPECT_EQ(text.find("replicaof"), std::string::npos);
}

TEST(RedisFiles, AMajorityOfSentinelsIsTheQuorum) {
  Deployment deployment = three({{"down-after", "500"}});
  const auto file = [&] {
    return sentinel_daemon(host_number(1), deployment).files.at("sentinel/sentinel.conf");
  };
  EXPECT_TRUE(has(file(), "sentinel monitor tribunal 10.0.0.1 6379 2"));
  EXPECT_TRUE(has(file(), "sentinel down-after-milliseconds tribunal 500"));
  deployment.addresses.insert(deployment.addresses.end(), {"10.0.0.4", "10.0.0.5"});
  EXPECT_TRUE(has(file(), "sentinel monitor tribunal 10.0.0.1 6379 3"));
}

TEST(RedisNodes, DependOnTheLayout) {
  const auto counts = [](const char* layout) { return redis_nodes({{"layout", layout}}); };
  EXPECT_EQ(counts("sentinel").usual, 3u);
  EXPECT_EQ(counts("sentinel").least, 3u);
  EXPECT_EQ(counts("cluster").usual, 6u);
  EXPECT_EQ(counts("cluster").least, 6u);
  EXPECT_EQ(counts("primary").least, 1u);
}

class FindRedis : public testing::Test {
 protected:
  std::string pretender(const std::string& says) {
    const auto path = scratch_.path() / "redis-server";
    std::ofstream(path) << "#!/bin/sh\necho '" << says << "'\n";
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    return path;
  }
  std::string complaint(const std::string& binary) {
    try {
      redis().find(binary);
      return "none";
    } catch (const Error& error) {
      EXPECT_EQ(error.blame(), Blame::environment);
      return error.what();
    }
  }
  Scratch scratch_;
};

TEST_F(FindRedis, TakesASevenOrLater) {
  const std::string path = pretender("Redis server v=7.2.4 sha=00000000:0 malloc=libc bits=64");
  EXPECT_EQ(redis().find(path), (std::pair<std::string, std::string>{path, "7.2.4"}));
}

TEST_F(FindRedis, RefusesWhatIsNone) {
  EXPECT_NE(complaint(pretender("Redis server v=6.2.1 sha=0")).find("is Redis 6.2.1"),
            std::string::npos);
  EXPECT_NE(complaint(pretender("etcd Version: 3.4.23")).find("does not answer as redis-server"),
            std::string::npos);
  EXPECT_NE(complaint("/no/such").find("no program"), std::string::npos);
}

}  // namespace
}  // namespace tribunal
