// Locks of etcd that go with their holder's lease.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "clients/etcd/client.h"
#include "clients/etcd/options.h"
#include "tests/clients/attempt.h"
#include "tests/clients/misbehaving_server.h"
#include "tests/clients/real_etcd.h"

namespace tribunal {
namespace {

constexpr Outcome ok = Outcome::ok, failed = Outcome::failed, unknown = Outcome::unknown;
// Only so that what never happens fails the test instead of stopping it.
constexpr std::chrono::seconds hang{60};

std::unique_ptr<Client> holder_at(const std::string& address, const std::string& seconds) {
  Deployment deployment;
  deployment.call_timeout = Milliseconds(10000);
  deployment.options = {{"lock", "lease"}, {"lease-ttl", seconds}};
  return connect_etcd(address, deployment);
}

bool comes_true(const std::function<bool()>& what) {
  const auto until = std::chrono::steady_clock::now() + hang;
  while (std::chrono::steady_clock::now() < until) {
    if (what()) return true;
    std::this_thread::sleep_for(Milliseconds(20));
  }
  return false;
}

class EtcdLeaseLocks : public testing::Test {
 protected:
  void SetUp() override {
    if (RealEtcd::binary().empty()) GTEST_SKIP() << "no etcd here: apt-get install etcd-server";
    etcd_ = std::make_unique<RealEtcd>();
  }
  std::unique_ptr<RealEtcd> etcd_;
};

TEST_F(EtcdLeaseLocks, ALockIsItsHoldersUntilReleased) {
  const auto one = holder_at(etcd_->address(), "60"), other = holder_at(etcd_->address(), "60");
  EXPECT_EQ(attempt(*one, Release{1}), (Attempt{failed, "it does not hold it"}));
  ASSERT_EQ(attempt(*one, Acquire{1}), (Attempt{ok, ""}));
  EXPECT_EQ(attempt(*one, Acquire{1}), (Attempt{failed, "it holds it already"}));
  EXPECT_EQ(attempt(*other, Acquire{1}), (Attempt{failed, "another holds it"}));
  ASSERT_EQ(attempt(*one, Release{1}), (Attempt{ok, ""}));
  EXPECT_EQ(attempt(*other, Acquire{1}), (Attempt{ok, ""}));
}

TEST_F(EtcdLeaseLocks, ALockGoesSomeTimeAfterItsHolder) {
  auto one = holder_at(etcd_->address(), "2");
  const Attempt first = attempt(*one, Acquire{1});
  ASSERT_EQ(first, (Attempt{ok, ""}));
  one.reset();
  const auto other = holder_at(etcd_->address(), "2");
  Attempt second;
  ASSERT_TRUE(comes_true([&] { return (second = attempt(*other, Acquire{1})).outcome == ok; }));
  EXPECT_GT(*std::get<Acquire>(second.call).fence, *std::get<Acquire>(first.call).fence);
}

const std::string granted = R"({"header":{"revision":"7"},"ID":"5","TTL":"1"})";
const std::string created =
    R"({"header":{"revision":"8"},"succeeded":true,"responses":[{"response_put":{}}]})";
const std::string refused = R"({"header":{"revision":"8"}})";
const std::string kept = R"({"result":{"header":{"revision":"8"},"ID":"5","TTL":"1"}})"
                         "\n";
const std::string gone = R"({"result":{"header":{"revision":"8"},"ID":"5"}})"
                         "\n";

const std::string beat = R"({"ID":"5"})", grant = R"({"TTL":"2"})";

// A server that has one lease and, asked for a lock, gives it; a release finds nothing.
class LeaseServer {
 public:
  explicit LeaseServer(Reply to_beats) : to_beats_(std::move(to_beats)) {}
  const std::string& address() const { return server_.address(); }
  std::size_t count(const std::string& body) const {
    const auto all = server_.requests();
    return static_cast<std::size_t>(std::count(all.begin(), all.end(), body));
  }

 private:
  Reply answer(std::size_t request) const {
    const std::string body = server_.requests().at(request);
    if (body == beat) return to_beats_;
    if (body == grant) return {http("200 OK", granted)};
    const bool acquires = body.find("request_put") != std::string::npos;
    return {http("200 OK", acquires ? created : refused)};
  }

  Reply to_beats_;
  MisbehavingServer server_{[this](std::size_t request) { return answer(request); }};
};

TEST(ALease, IsKeptAliveAsLongAsItsClientLives) {
  const LeaseServer server({http("200 OK", kept)});
  const auto client = holder_at(server.address(), "2");
  ASSERT_EQ(attempt(*client, Acquire{1}), (Attempt{ok, ""}));
  EXPECT_TRUE(comes_true([&] { return server.count(beat) >= 3; }));
  EXPECT_EQ(server.count(grant), 1u);
}

TEST(ALease, IsAskedForAgainWhenAnAnswerIsLost) {
  const LeaseServer server({"", Then::close});
  const auto client = holder_at(server.address(), "2");
  ASSERT_EQ(attempt(*client, Acquire{1}), (Attempt{ok, ""}));
  EXPECT_TRUE(comes_true([&] { return server.count(beat) >= 3; }));
}

// Its locks are gone, which releases them, and the next one is got on a lease of its own.
TEST(ALease, ThatIsGoneIsReplacedByTheNextAcquisition) {
  const LeaseServer server({http("200 OK", gone)});
  const auto client = holder_at(server.address(), "2");
  EXPECT_TRUE(comes_true([&] {
    EXPECT_EQ(attempt(*client, Acquire{1}), (Attempt{ok, ""}));
    EXPECT_EQ(attempt(*client, Release{1}), (Attempt{ok, ""}));
    EXPECT_EQ(attempt(*client, Release{1}), (Attempt{failed, "it does not hold it"}));
    return server.count(grant) >= 2;
  }));
  EXPECT_GE(server.count(beat), 1u);
}

// Without a lease there is nothing to lock with; with one, the lock decides.
TEST(ALease, ThatIsNotGrantedHadNoEffect) {
  const auto between = [](const Reply& first, const Reply& second) {
    MisbehavingServer server([&](std::size_t request) { return request == 0 ? first : second; });
    return attempt(*holder_at(server.address(), "2"), Acquire{1}).outcome;
  };
  const Reply good{http("200 OK", granted)}, lost{"", Then::close}, empty{http("200 OK", "{}")};
  EXPECT_EQ(between(lost, good), failed);
  EXPECT_EQ(between(empty, good), failed);
  EXPECT_EQ(between({http("200 OK", refused)}, good), failed);
  EXPECT_EQ(between(good, lost), unknown);
  EXPECT_EQ(between(good, {http("200 OK", refused)}), failed);
}

TEST(EtcdPromises, OfALockOnALeaseNothingIsClaimedButThatItServes) {
  const auto promised = [](const std::string& lock, const std::string& workload) {
    return etcd_promises({{"lock", lock}}, workload);
  };
  EXPECT_EQ(promised("lease", "lock"), std::vector<std::string>{"progress"});
  EXPECT_TRUE(promised("plain", "lock").empty());
  EXPECT_TRUE(promised("lease", "register").empty());
}

}  // namespace
}  // namespace tribunal
