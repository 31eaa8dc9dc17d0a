// What runs already is spoken to on fresh keys, and nothing of it is touched but by its clients.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "clients/endpoints/access.h"
#include "clients/endpoints/fresh_keys.h"
#include "clients/endpoints/running.h"
#include "harness/record/error.h"
#include "tests/run/scratch.h"

namespace tribunal {
namespace {

// Answers every read with the key that it was asked for.
class Echo final : public Client {
 public:
  Call invoke(const Call& call) override {
    auto read = std::get<Read>(call);
    read.value = read.key;
    return read;
  }
};

TEST(FreshKeys, AreOnlySeenByTheDatabase) {
  const auto client = with_keys_from(5000, std::make_unique<Echo>());
  const auto answer = std::get<Read>(client->invoke(Read{3, {}, {}}));
  EXPECT_EQ(answer.key, 3);
  EXPECT_EQ(answer.value, 5003);
}

TEST(FreshKeys, OfTwoSecondsAreFarApartAndExactAsDoubles) {
  const Key now = fresh_keys_at(1'790'000'000);
  EXPECT_EQ(fresh_keys_at(1'790'000'001) - now, 1 << 24);
  EXPECT_LT(fresh_keys_at(2'000'000'000), Key{1} << 53);
}

class AccessTest : public ::testing::Test {
 protected:
  Access read(const std::string& yaml) {
    std::ofstream(scratch_.path() / "access.yaml") << yaml;
    return read_access(scratch_.path() / "access.yaml");
  }
  std::string complaint(const std::string& yaml) {
    try {
      read(yaml);
    } catch (const Error& error) {
      EXPECT_EQ(std::string(error.what()).find("moon1"), std::string::npos) << error.what();
      return error.what();
    }
    return "nothing";
  }
  Scratch scratch_;
};

TEST_F(AccessTest, AFileSaysWhoAndByWhatCertificate) {
  std::ofstream(scratch_.path() / "me.pem") << "x";
  const auto access = read("user: anna\npassword: moon1\ncertificate: me.pem\nkey: me.pem\n");
  EXPECT_EQ(access.user, "anna");
  EXPECT_EQ(access.password, "moon1");
  EXPECT_TRUE(access.tls);
  EXPECT_EQ(access.key, (scratch_.path() / "me.pem").string());
}

TEST_F(AccessTest, MistakesAreNamedAndNoPasswordIs) {
  EXPECT_NE(complaint("pasword: moon1\n").find("access.yaml:1:1: an access file has no 'pasword'"),
            std::string::npos);
  EXPECT_NE(complaint("password: moon1\nauthority: nowhere.pem\n").find("there is no file"),
            std::string::npos);
  EXPECT_NE(complaint("password: [moon1]\n").find("is no text"), std::string::npos);
  EXPECT_NE(complaint("tls: perhaps\n").find("cannot be 'perhaps'"), std::string::npos);
  std::ofstream(scratch_.path() / "me.pem") << "x";
  EXPECT_NE(complaint("certificate: me.pem\n").find("goes with its key"), std::string::npos);
}

TEST_F(AccessTest, TheEnvironmentSaysWhoWithoutAFile) {
  setenv("TRIBUNAL_USER", "anna", 1);
  setenv("TRIBUNAL_PASSWORD", "moon1", 1);
  const auto access = read_access({});
  unsetenv("TRIBUNAL_USER");
  unsetenv("TRIBUNAL_PASSWORD");
  EXPECT_EQ(access.user, "anna");
  EXPECT_EQ(access.password, "moon1");
  EXPECT_FALSE(access.tls);
}

TEST(Endpoints, AreHostsOfWhichOnlyTheAddressIsInReach) {
  const auto cluster = endpoints_cluster({"10.0.0.1:5", "10.0.0.2:5"});
  EXPECT_EQ(cluster->names(), (std::vector<std::string>{"n1", "n2"}));
  Host& host = cluster->host("n2");
  EXPECT_EQ(host.address(), "10.0.0.2:5");
  EXPECT_THROW(host.run({"true"}, Milliseconds(10)), Error);
  EXPECT_THROW(host.signal_all(9), Error);
  EXPECT_THROW(host.start({}), Error);
}

std::string refusal(const std::string& database, const Access& access,
                    const std::map<std::string, std::string>& options) {
  try {
    check_endpoints(database, access, options);
  } catch (const Error& error) {
    EXPECT_EQ(error.blame(), Blame::usage);
    return error.what();
  }
  return "";
}

TEST(Endpoints, WhatABuiltInClientCannotIsRefusedByName) {
  EXPECT_EQ(refusal("etcd", {}, {{"reads", "serializable"}}), "");
  Access tls;
  tls.tls = true;
  EXPECT_EQ(refusal("etcd", tls, {}), "");
  EXPECT_NE(refusal("quorum", {}, {}).find("only speaks to what Tribunal has started"),
            std::string::npos);
  Access user;
  user.user = "anna";
  EXPECT_NE(refusal("etcd", user, {}).find("does not log in"), std::string::npos);
  EXPECT_NE(refusal("etcd", {}, {{"snapshot-count", "100"}}).find("it runs already"),
            std::string::npos);
}

}  // namespace
}  // namespace tribunal
