// What an operator does to a real Redis: it is done, and what was there is there.
#include "clients/redis/chores.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "clients/redis/client.h"
#include "tests/clients/attempt.h"
#include "tests/clients/named_host.h"
#include "tests/clients/real_redis.h"

namespace tribunal {
namespace {

class RedisChores : public testing::Test {
 protected:
  void SetUp() override {
    if (RealRedis::binary().empty()) GTEST_SKIP() << "no Redis here: apt-get install redis-server";
    server_ = std::make_unique<RealRedis>();
    deployment_.binary = RealRedis::binary();
    deployment_.call_timeout = Milliseconds(10000);
    deployment_.options = {{"layout", "primary"}, {"route", "node"}};
    client_ = connect_redis(server_->address(), deployment_);
    for (Int value = 0; value <= 300; ++value) client_->invoke(Write{1, value});
  }

  std::string have_done(const std::string& name) {
    const auto chores = redis_chores();
    const auto chore = std::find_if(chores.begin(), chores.end(),
                                    [&](const Chore& one) { return one.name == name; });
    NamedHost host(0, server_->address(), server_->folder());
    return chore == chores.end() ? "no such chore" : chore->act(host, deployment_);
  }

  std::unique_ptr<RealRedis> server_;
  Deployment deployment_;
  std::unique_ptr<Client> client_;
};

TEST_F(RedisChores, ALogIsWrittenAnewAndKeepsWhatItSays) {
  const std::string seen = have_done("compact");
  EXPECT_TRUE(seen.starts_with("its append-only file ")) << seen;
  server_->kill();
  server_->start();
  EXPECT_EQ(std::get<Read>(client_->invoke(Read{1})).value, 300);
}

TEST_F(RedisChores, ASnapshotIsSavedWhole) {
  EXPECT_EQ(have_done("snapshot"), "saved, and its checksum is OK");
}

TEST_F(RedisChores, NobodyTakesOverFromAPrimaryThatIsAlone) {
  EXPECT_THROW(have_done("move-leader"), std::runtime_error);
  deployment_.options["layout"] = "cluster";
  EXPECT_THROW(have_done("move-leader"), std::runtime_error);
}

}  // namespace
}  // namespace tribunal
