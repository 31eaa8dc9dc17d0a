// What etcd's client makes of watches: against a real server, and against one that speaks as it
// likes.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "clients/etcd/base64.h"
#include "clients/etcd/client.h"
#include "clients/etcd/gateway.h"
#include "tests/clients/attempt.h"
#include "tests/clients/misbehaving_server.h"
#include "tests/clients/real_etcd.h"

namespace tribunal {
namespace {

constexpr Outcome ok = Outcome::ok, failed = Outcome::failed;
constexpr Milliseconds patient{10000};

std::unique_ptr<Client> watcher_of(const std::string& address, Milliseconds timeout = patient,
                                   const std::string& bookmark = "marker") {
  Deployment deployment;
  deployment.call_timeout = timeout;
  deployment.options["bookmark"] = bookmark;
  return connect_etcd(address, deployment);
}

using Seen = std::vector<std::tuple<Int, Key, std::optional<Int>>>;
Seen seen_in(const WatchGroup& watch) {
  Seen seen;
  for (const GroupChange& one : watch.changes) seen.emplace_back(one.version, one.which, one.value);
  return seen;
}

class EtcdWatches : public testing::Test {
 protected:
  void SetUp() override {
    if (RealEtcd::binary().empty()) GTEST_SKIP() << "no etcd here: apt-get install etcd-server";
    etcd_ = std::make_unique<RealEtcd>();
    client_ = watcher_of(etcd_->address());
    other_ = watcher_of(etcd_->address());
  }

  template <class One>
  One done(Client& client, const One& call) {
    const Attempt result = attempt(client, call);
    EXPECT_EQ(result, (Attempt{ok, ""}));
    return std::get<One>(result.call);
  }
  Int write(Key key, std::vector<Key> which, Int value) {
    return *done(*client_, WriteAll{key, std::move(which), value, {}}).version;
  }
  WatchGroup watch(Client& client, Key key) { return done(client, WatchGroup{key, 0, {}, {}}); }

  std::unique_ptr<RealEtcd> etcd_;
  std::unique_ptr<Client> client_, other_;
};

TEST_F(EtcdWatches, AWatchShowsEachWriteWholeAtTheRevisionThatItsWriterWasTold) {
  const Int first = write(1, {0, 2}, 5), second = write(1, {3}, 6);
  write(10, {0}, 7);  // a neighbour by its letters
  const WatchGroup all = watch(*other_, 1);
  EXPECT_EQ(all.from, 0);
  EXPECT_EQ(seen_in(all), (Seen{{first, 0, 5}, {first, 2, 5}, {second, 3, 6}}));
  EXPECT_GT(*all.version, second);
}

TEST_F(EtcdWatches, AWatchGoesOnWhereItsClientsLastOneEnded) {
  write(1, {0}, 5);
  const WatchGroup first = watch(*other_, 1);
  const Int second = write(1, {1}, 6);
  const WatchGroup next = watch(*other_, 1);
  EXPECT_EQ(next.from, first.version);
  EXPECT_EQ(seen_in(next), (Seen{{second, 1, 6}}));
  EXPECT_TRUE(watch(*other_, 1).changes.empty());
  EXPECT_EQ(watch(*client_, 1).changes.size(), 2u);  // its first
  watch(*other_, 2);
  EXPECT_EQ(watch(*other_, 1).from, 0);  // it has watched another since
}

TEST_F(EtcdWatches, ASessionGoesOnThroughAnotherClient) {
  write(1, {0}, 5);
  EXPECT_EQ(client_->token(), "");
  const WatchGroup first = watch(*client_, 1);
  other_->carry(client_->token());
  EXPECT_EQ(watch(*other_, 1).from, first.version);
  other_->carry("");
  EXPECT_EQ(watch(*other_, 1).from, 0);
}

TEST_F(EtcdWatches, WhereRevisionsWereCompactedItGoesOnFromTheFirstThatIsLeft) {
  write(1, {0, 1}, 5);
  const Int second = write(1, {1}, 6), third = write(1, {0}, 7);
  ask_etcd(etcd_->address(), "/v3/kv/compaction", fmt::format(R"({{"revision":"{}"}})", second),
           patient);
  const WatchGroup left = watch(*other_, 1);
  EXPECT_EQ(left.from, second - 1);
  EXPECT_EQ(seen_in(left), (Seen{{second, 1, 6}, {third, 0, 7}}));
}

TEST_F(EtcdWatches, WatchesInARowMissNothingOfWhatIsWrittenMeanwhile) {
  constexpr int writes = 200;
  Seen written, seen;
  std::atomic<bool> all_written{false};
  std::thread writer([&] {
    for (Int value = 1; value <= writes; ++value) {
      const std::vector<Key> which = {value % 4, 4};
      const Int version = write(1, which, value);
      for (const Key one : which) written.emplace_back(version, one, value);
    }
    all_written = true;
  });
  for (bool last = false; !last;) {
    last = all_written;
    const Seen more = seen_in(watch(*other_, 1));
    seen.insert(seen.end(), more.begin(), more.end());
  }
  writer.join();
  EXPECT_EQ(seen, written);
}

TEST_F(EtcdWatches, ByItsOwnWordOfProgressItEndsToo) {
  write(1, {0}, 5);
  const auto client = watcher_of(etcd_->address(), patient, "progress");
  const WatchGroup first = watch(*client, 1);
  EXPECT_GT(*first.version, 0);
  EXPECT_EQ(watch(*client, 1).from, first.version);
}

TEST_F(EtcdWatches, AServerThatStandsStillFailsIt) {
  const auto hasty = watcher_of(etcd_->address(), Milliseconds(300));
  watch(*client_, 1);
  etcd_->freeze();
  EXPECT_EQ(attempt(*hasty, WatchGroup{1, 0, {}, {}}), (Attempt{failed, "timed out after 300 ms"}));
  etcd_->thaw();
}

// Messages of a stream.
const std::string created = R"({"result":{"header":{"revision":"8"},"created":true}})";
std::string event(const std::string& key, const std::string& value, Int revision) {
  std::string text = R"({"kv":{"key":")";
  append_base64(text, key);
  text += R"(","value":")";
  append_base64(text, value);
  return text + fmt::format(R"(","mod_revision":"{}"}}}})", revision);
}
std::string message(const std::string& events) {
  return R"({"result":{"header":{"revision":"9"},"events":[)" + events + "]}}";
}
std::string stream(const std::vector<std::string>& lines) {
  std::string bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const std::string& line : lines)
    bytes += fmt::format("{:x}\r\n{}\n\r\n", line.size() + 1, line);
  return bytes;
}
const Reply marked{http("200 OK", R"({"header":{"revision":"9"}})")};

// What comes of a watch of group 1 that is answered by this stream, and whose marker is written at
// revision 9.
Attempt watched(const Reply& reply, const Reply& marker = marked, std::size_t requests = 2,
                Milliseconds timeout = patient) {
  MisbehavingServer server([&](std::size_t request) { return request == 0 ? reply : marker; });
  const Attempt result = attempt(*watcher_of(server.address(), timeout), WatchGroup{1, 0, {}, {}});
  EXPECT_EQ(server.requests().size(), requests);
  return result;
}

TEST(AWatch, EndsWithItsOwnMarkerAndShowsAllThatCameBefore) {
  const auto result = watched(
      {stream({created, message(event("group/1/0", "5", 3)),
               message(event("group/1/marker", "", 4) + "," + event("group/1/2", "6", 7)),
               message(event("group/1/marker", "", 9) + "," + event("group/1/2", "8", 10))})});
  ASSERT_EQ(result, (Attempt{ok, ""}));
  const auto& watch = std::get<WatchGroup>(result.call);
  EXPECT_EQ(watch.version, 9);
  EXPECT_EQ(seen_in(watch), (Seen{{3, 0, 5}, {7, 2, 6}}));
}

// For the checker to see, as are changes out of order and those that nobody made.
TEST(AWatch, HidesNothingThatIsAmiss) {
  const auto result = watched(
      {stream({created, message(event("group/12/3", "77", 6)),
               message(R"({"type":"DELETE","kv":{"key":"Z3JvdXAvMS8w","mod_revision":"5"}})"),
               message(event("group/1/x", "y", 5)), message(event("group/1/marker", "", 9))})});
  ASSERT_EQ(result, (Attempt{ok, ""}));
  EXPECT_EQ(seen_in(std::get<WatchGroup>(result.call)),
            (Seen{{6, 3, 77}, {5, 0, std::nullopt}, {5, -1, std::nullopt}}));
}

TEST(AWatch, HadNoEffectHoweverItEnded) {
  const std::vector<std::string> good = {created, message(event("group/1/marker", "", 9))};
  EXPECT_EQ(watched({stream({created})}, marked, 2, Milliseconds(1500)),
            (Attempt{failed, "timed out after 1500 ms"}));
  EXPECT_EQ(watched({stream({created}), Then::close}).outcome, failed);
  EXPECT_EQ(watched({stream({created}) + "0\r\n\r\n", Then::close}),
            (Attempt{failed, "the watch ended"}));
  EXPECT_EQ(watched({stream({"x"})}, marked, 1), (Attempt{failed, "a message is no JSON object"}));
  EXPECT_EQ(watched({stream({R"({"result":{"created":true}})"})}, marked, 1),
            (Attempt{failed, "answer without a header"}));
  EXPECT_EQ(watched({stream({created, message(R"({"kv":{"key":"Z3JvdXAvMS8w"}})")})}),
            (Attempt{failed, "a watch's event without a revision"}));
  EXPECT_EQ(watched({stream({R"({"error":{"grpc_code":14,"message":"going away"}})"})}, marked, 1),
            (Attempt{failed, "broken off: going away"}));
  EXPECT_EQ(watched({http("503 Service Unavailable", R"({"error":"x","code":14})")}, marked, 1),
            (Attempt{failed, "x"}));
  EXPECT_EQ(watched({"", Then::close}, marked, 1),
            (Attempt{failed, "connection closed without an answer"}));
  // The marker's own answer is lost.
  EXPECT_EQ(watched({stream(good)}, {"", Then::close}),
            (Attempt{failed, "connection closed without an answer"}));
  EXPECT_EQ(watched({stream(good)}, {http("200 OK", "{}")}),
            (Attempt{failed, "answer without a header"}));
  EXPECT_EQ(watched({stream({R"({"result":{"header":{},"canceled":true}})"})}, marked, 1),
            (Attempt{failed, "the watch was canceled"}));
}

}  // namespace
}  // namespace tribunal
