// Every way in which a server may fail its client, and what the client must make of it. A write
// whose answer is lost is unknown, a read is failed, and no request ever arrives twice.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <chrono>

#include "clients/etcd/client.h"
#include "tests/clients/attempt.h"
#include "tests/clients/misbehaving_server.h"

namespace tribunal {
namespace {

// Short where it is meant to run out; long enough for a busy machine where it is not.
constexpr Milliseconds hasty{300}, patient{10000};
// Only so that a call which never ends fails the test instead of stopping it.
constexpr std::chrono::seconds hang{20};

const std::string put_ok =
    R"({"header":{"cluster_id":"1","member_id":"2","revision":"7","raft_term":"2"}})";

std::unique_ptr<Client> client_of(const std::string& address, Milliseconds timeout = patient) {
  Deployment deployment;
  deployment.call_timeout = timeout;
  return connect_etcd(address, deployment);
}

std::string etcd_error(int code, const std::string& message) {
  return R"({"error":")" + message + R"(","message":")" + message + R"(","code":)" +
         std::to_string(code) + "}";
}

struct Misbehaviour {
  std::string name;
  Reply reply;
  Outcome write;
  std::string error;  // the same for a write and for a read
};

Milliseconds timeout_of(const Misbehaviour& row) {
  return row.error.starts_with("timed out") ? hasty : patient;
}

void PrintTo(const Misbehaviour& row, std::ostream* out) { *out << row.name; }

constexpr Outcome ok = Outcome::ok, failed = Outcome::failed, unknown = Outcome::unknown;

const std::vector<Misbehaviour> misbehaviours = {
    {"NeverAnswers", {""}, unknown, "timed out after 300 ms"},
    {"ClosesWithoutAnswer", {"", Then::close}, unknown, "connection closed without an answer"},
    {"ResetsWithoutAnswer", {"", Then::reset}, unknown, "connection closed without an answer"},
    {"ClosesWithinStatusLine",
     {"HTTP/1.1 20", Then::close},
     unknown,
     "connection closed without an answer"},
    {"ClosesWithinHeaders",
     {"HTTP/1.1 200 OK\r\nContent-Le", Then::close},
     unknown,
     "answer cut short"},
    {"ClosesWithinTheHeadersOfARefusal",
     {"HTTP/1.1 404 Not Found\r\nContent-Le", Then::close},
     unknown,
     "answer cut short"},
    {"ClosesWithinHeadersAfterAContinue",
     {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 404 Not Found\r\nContent-Le", Then::close},
     unknown,
     "answer cut short"},
    {"ClosesWithinChunks",
     {"HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nNot\r\n", Then::close},
     unknown,
     "answer cut short"},
    {"ClosesWithinBody",
     {http("200 OK", put_ok).substr(0, 110), Then::close},
     unknown,
     "answer cut short"},
    {"ResetsWithinBody",
     {http("200 OK", put_ok).substr(0, 110), Then::reset},
     unknown,
     "connection reset"},
    {"ClosesWithinARefusal",
     {http("400 Bad Request", etcd_error(3, "etcdserver: key is not provided")).substr(0, 110),
      Then::close},
     unknown,
     "answer cut short"},
    {"StopsWithinBody", {http("200 OK", put_ok).substr(0, 110)}, unknown, "timed out after 300 ms"},
    {"DripsABodyForEver",
     {"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", Then::close, " "},
     unknown,
     "timed out after 300 ms"},
    {"DripsHeadersForEver",
     {"HTTP/1.1 200 OK\r\n", Then::close, "X-More: 1\r\n"},
     unknown,
     "timed out after 300 ms"},
    {"DripsContinuesForEver",
     {"", Then::close, "HTTP/1.1 100 Continue\r\n\r\n"},
     unknown,
     "timed out after 300 ms"},
    {"SendsGarbage", {"\x16\x03\x01 what is this", Then::close}, unknown, "answer is no HTTP"},
    {"SendsHugeHeaders",
     {"HTTP/1.1 200 OK\r\nX-Huge: " + std::string(90000, 'x') + "\r\nContent-Length: 2\r\n\r\n{}",
      Then::close},
     unknown,
     "answer too large"},
    {"SendsManyHeaders",
     {"HTTP/1.1 200 OK\r\n", Then::close, "X-Huge: " + std::string(8000, 'x') + "\r\n"},
     unknown,
     "answer too large"},
    {"BodyIsEmpty", {http("200 OK", "")}, unknown, "answer is no JSON object"},
    {"BodyIsNoJson", {http("200 OK", "<html>hello</html>")}, unknown, "answer is no JSON object"},
    {"BodyIsAList", {http("200 OK", "[" + put_ok + "]")}, unknown, "answer is no JSON object"},
    {"BodyIsAnEmptyObject", {http("200 OK", "{}")}, unknown, "answer without a header"},
    {"HeaderHasNoRevision",
     {http("200 OK", R"({"header":{"member_id":"2"}})")},
     unknown,
     "answer without a revision"},
    {"RevisionIsNoNumber",
     {http("200 OK", R"({"header":{"revision":"7x"}})")},
     unknown,
     "the answer's revision is no number"},
    {"LengthTooLong",
     {"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + put_ok, Then::close},
     unknown,
     "answer cut short"},
    {"LengthTooShort",
     {"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n" + put_ok},
     unknown,
     "answer is no JSON object"},
    {"ErrorInsideA200",
     {http("200 OK", etcd_error(14, "etcdserver: leader changed"))},
     unknown,
     "etcdserver: leader changed"},
    {"RefusalInsideA200",
     {http("200 OK", etcd_error(3, "etcdserver: key is not provided"))},
     unknown,
     "etcdserver: key is not provided"},
    {"LeaderChanged",
     {http("503 Service Unavailable", etcd_error(14, "etcdserver: leader changed"))},
     unknown,
     "etcdserver: leader changed"},
    {"RequestTimedOut",
     {http("503 Service Unavailable", etcd_error(14, "etcdserver: request timed out"))},
     unknown,
     "etcdserver: request timed out"},
    {"ServerStopped",
     {http("503 Service Unavailable", etcd_error(14, "etcdserver: server stopped"))},
     unknown,
     "etcdserver: server stopped"},
    {"NoLeader",
     {http("503 Service Unavailable", etcd_error(14, "etcdserver: no leader"))},
     unknown,
     "etcdserver: no leader"},
    {"NotCapable",
     {http("503 Service Unavailable", etcd_error(14, "etcdserver: not capable"))},
     failed,
     "etcdserver: not capable"},
    {"ContextDeadline",
     {http("504 Gateway Timeout", etcd_error(4, "context deadline exceeded"))},
     unknown,
     "context deadline exceeded"},
    {"Cancelled",
     {http("408 Request Timeout", etcd_error(1, "context canceled"))},
     unknown,
     "context canceled"},
    {"Corrupt",
     {http("500 Internal Server Error", etcd_error(15, "etcdserver: corrupt cluster"))},
     unknown,
     "etcdserver: corrupt cluster"},
    {"InternalError", {http("500 Internal Server Error", "oops")}, unknown, "HTTP 500"},
    {"Unavailable", {http("503 Service Unavailable", "")}, unknown, "HTTP 503"},
    {"NoContent", {"HTTP/1.1 204 No Content\r\n\r\n"}, unknown, "HTTP 204"},
    {"Redirect",
     {"HTTP/1.1 307 Temporary Redirect\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n"},
     unknown,
     "HTTP 307"},
    {"ExpectationFailed",
     {"HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n"},
     unknown,
     "HTTP 417"},
    {"WantsAPassword",
     {"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"x\"\r\nContent-Length: "
      "0\r\n\r\n"},
     unknown,
     "HTTP 401"},
    {"TooManyRequests",
     {http("429 Too Many Requests", etcd_error(8, "etcdserver: too many requests"))},
     failed,
     "etcdserver: too many requests"},
    {"TooManyRequestsAs403",
     {http("403 Forbidden", etcd_error(8, "etcdserver: too many requests"))},
     failed,
     "etcdserver: too many requests"},
    {"SpaceExceeded",
     {http("429 Too Many Requests", etcd_error(8, "etcdserver: mvcc: database space exceeded"))},
     unknown,
     "etcdserver: mvcc: database space exceeded"},
    {"SpaceExceededAs403",
     {http("403 Forbidden", etcd_error(8, "etcdserver: mvcc: database space exceeded"))},
     unknown,
     "etcdserver: mvcc: database space exceeded"},
    {"KeyNotProvided",
     {http("400 Bad Request", etcd_error(3, "etcdserver: key is not provided"))},
     failed,
     "etcdserver: key is not provided"},
    {"RequestTooLarge",
     {http("400 Bad Request", etcd_error(3, "etcdserver: request is too large"))},
     failed,
     "etcdserver: request is too large"},
    {"BadRequestWithoutWords", {http("400 Bad Request", "400 Bad Request")}, unknown, "HTTP 400"},
    {"BadRequestForAnotherReason",
     {http("400 Bad Request", etcd_error(9, "etcdserver: not leader"))},
     unknown,
     "etcdserver: not leader"},
    {"BadToken",
     {http("401 Unauthorized", etcd_error(16, "etcdserver: invalid auth token"))},
     failed,
     "etcdserver: invalid auth token"},
    {"PermissionDenied",
     {http("403 Forbidden", etcd_error(7, "etcdserver: permission denied"))},
     failed,
     "etcdserver: permission denied"},
    {"NotFound", {http("404 Not Found", "Not Found\n")}, failed, "HTTP 404"},
    {"ErrorWithoutMessage",
     {http("500 Internal Server Error", R"({"code":13})")},
     unknown,
     "HTTP 500 with gRPC code 13"},
    {"ErrorOfSeveralLines",
     {http("500 Internal Server Error", R"({"code":13,"message":"a\nb"})")},
     unknown,
     "a b"},
};

class Misbehaves : public testing::TestWithParam<Misbehaviour> {};
INSTANTIATE_TEST_SUITE_P(Server, Misbehaves, testing::ValuesIn(misbehaviours),
                         [](const auto& row) { return row.param.name; });

TEST_P(Misbehaves, AWriteArrivesOnceAndIsJudged) {
  MisbehavingServer server([this](std::size_t) { return GetParam().reply; });
  const auto client = client_of(server.address(), timeout_of(GetParam()));
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(attempt(*client, Write{1, 5}), (Attempt{GetParam().write, GetParam().error}));
  EXPECT_LT(std::chrono::steady_clock::now() - began, timeout_of(GetParam()) + hang);
  EXPECT_EQ(server.requests().size(), 1u);
}

TEST_P(Misbehaves, ACasArrivesOnceAndIsJudged) {
  MisbehavingServer server([this](std::size_t) { return GetParam().reply; });
  const auto client = client_of(server.address(), timeout_of(GetParam()));
  EXPECT_EQ(attempt(*client, Cas{1, 4, 5}), (Attempt{GetParam().write, GetParam().error}));
  EXPECT_EQ(server.requests().size(), 1u);
}

TEST_P(Misbehaves, AReadHasNoEffectWhateverHappened) {
  MisbehavingServer server([this](std::size_t) { return GetParam().reply; });
  const auto client = client_of(server.address(), timeout_of(GetParam()));
  EXPECT_EQ(attempt(*client, Read{1}), (Attempt{failed, GetParam().error}));
  EXPECT_EQ(attempt(*client, ReadSet{1}).outcome, failed);
}

// The same on a connection that has served a call before: here libcurl by itself would send the
// request again.
TEST_P(Misbehaves, AWriteOnAReusedConnectionArrivesOnceAndIsJudged) {
  MisbehavingServer server([this](std::size_t request) {
    return request == 0 ? Reply{http("200 OK", put_ok)} : GetParam().reply;
  });
  const auto client = client_of(server.address(), timeout_of(GetParam()));
  ASSERT_EQ(attempt(*client, Write{1, 4}), (Attempt{ok, ""}));
  EXPECT_EQ(attempt(*client, Write{1, 5}), (Attempt{GetParam().write, GetParam().error}));
  EXPECT_EQ(server.requests().size(), 2u);
  EXPECT_EQ(server.connections(), 1u);
}

TEST_P(Misbehaves, TheNextCallGetsItsOwnAnswer) {
  MisbehavingServer server([this](std::size_t request) {
    return request == 0 ? GetParam().reply : Reply{http("200 OK", put_ok)};
  });
  const auto client = client_of(server.address(), timeout_of(GetParam()));
  attempt(*client, Write{1, 4});
  EXPECT_EQ(attempt(*client, Write{1, 5}), (Attempt{ok, ""}));
  EXPECT_EQ(server.requests().size(), 2u);
}

TEST(Server, RefusesTheConnection) {
  const Socket closed = bound_socket();
  const auto client = client_of(address_of(closed));
  EXPECT_EQ(attempt(*client, Write{1, 5}), (Attempt{failed, "connection refused"}));
  EXPECT_EQ(attempt(*client, Read{1}), (Attempt{failed, "connection refused"}));
}

// A listener whose queue is full lets further connects wait.
TEST(Server, NeverAcceptsTheConnection) {
  const Socket listener = bound_socket();
  ASSERT_EQ(listen(listener.get(), 0), 0);
  std::vector<Socket> queue;
  sockaddr_in address{};
  socklen_t size = sizeof address;
  getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &size);
  for (int i = 0; i < 4; ++i) {
    queue.emplace_back(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
    connect(queue.back().get(), reinterpret_cast<const sockaddr*>(&address), size);
  }
  const auto client = client_of(address_of(listener), hasty);
  EXPECT_EQ(attempt(*client, Write{1, 5}), (Attempt{failed, "no connection in 300 ms"}));
}

TEST(Server, AcceptsButNeverReads) {
  const Socket listener = bound_socket();
  ASSERT_EQ(listen(listener.get(), 16), 0);
  const auto client = client_of(address_of(listener), hasty);
  EXPECT_EQ(attempt(*client, Write{1, 5}), (Attempt{unknown, "timed out after 300 ms"}));
}

// As etcd sends its errors.
TEST(Server, AnswersInChunksWithATrailer) {
  const std::string error = etcd_error(3, "etcdserver: key is not provided");
  MisbehavingServer server([&](std::size_t) {
    return Reply{fmt::format(
        "HTTP/1.1 400 Bad Request\r\nTrailer: Grpc\r\nTransfer-Encoding: chunked\r\n\r\n"
        "{:x}\r\n{}\r\n0\r\nGrpc: x\r\n\r\n",
        error.size(), error)};
  });
  EXPECT_EQ(attempt(*client_of(server.address()), Write{1, 5}),
            (Attempt{failed, "etcdserver: key is not provided"}));
}

TEST(Server, ContinuesAndThenAnswers) {
  MisbehavingServer server(
      [](std::size_t) { return Reply{"HTTP/1.1 100 Continue\r\n\r\n" + http("200 OK", put_ok)}; });
  EXPECT_EQ(attempt(*client_of(server.address()), Write{1, 5}), (Attempt{ok, ""}));
}

// One answer too many must never pass for the answer to the next call.
TEST(Server, AnswersTwice) {
  const std::string stale =
      R"({"header":{"revision":"7"},"kvs":[{"key":"cmVnaXN0ZXIvMQ==","value":"OQ=="}],"count":"1"})";
  const std::string fresh = R"({"header":{"revision":"8"}})";
  MisbehavingServer server([&](std::size_t request) {
    return request == 0 ? Reply{http("200 OK", put_ok) + http("200 OK", stale)}
                        : Reply{http("200 OK", fresh)};
  });
  const auto client = client_of(server.address());
  ASSERT_EQ(attempt(*client, Write{1, 5}), (Attempt{ok, ""}));
  const Attempt read = attempt(*client, Read{1});
  ASSERT_EQ(read, (Attempt{ok, ""}));
  EXPECT_EQ(std::get<Read>(read.call).value, std::nullopt);
}

// Closed between two calls, before the second was sent: a new connection, and no harm done.
TEST(Server, ClosesBetweenCalls) {
  MisbehavingServer server([](std::size_t) { return Reply{http("200 OK", put_ok), Then::close}; });
  const auto client = client_of(server.address());
  for (int i = 0; i < 5; ++i) {
    // The close may cross with the next request, which is then lost; what counts is that it is sent
    // once.
    const Attempt write = attempt(*client, Write{1, i});
    EXPECT_NE(write.outcome, failed) << write;
  }
  EXPECT_LE(server.requests().size(), 5u);
}

TEST(Server, IsUsedWhateverProxyTheEnvironmentNames) {
  const Socket closed = bound_socket();
  const std::string proxy = "http://" + address_of(closed);
  for (const char* name : {"http_proxy", "ALL_PROXY", "all_proxy"}) setenv(name, proxy.c_str(), 1);
  MisbehavingServer server([](std::size_t) { return Reply{http("200 OK", put_ok)}; });
  EXPECT_EQ(attempt(*client_of(server.address()), Write{1, 5}), (Attempt{ok, ""}));
  for (const char* name : {"http_proxy", "ALL_PROXY", "all_proxy"}) unsetenv(name);
}

TEST(Server, GetsAHundredCallsOnOneConnection) {
  MisbehavingServer server([](std::size_t) { return Reply{http("200 OK", put_ok)}; });
  const auto client = client_of(server.address());
  for (int i = 0; i < 100; ++i) ASSERT_EQ(attempt(*client, Write{1, i}), (Attempt{ok, ""}));
  EXPECT_EQ(server.connections(), 1u);
  EXPECT_EQ(server.requests().size(), 100u);
}

}  // namespace
}  // namespace tribunal
