// Every way in which a server of quorum may fail its client, and what the client must make of it.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "clients/quorum/client.h"
#include "tests/clients/attempt.h"
#include "tests/clients/misbehaving_server.h"

namespace tribunal {
namespace {

constexpr Milliseconds hasty{300}, patient{10000};
constexpr Outcome ok = Outcome::ok, failed = Outcome::failed, unknown = Outcome::unknown;

std::unique_ptr<Client> client_of(const std::string& address, Milliseconds timeout = patient) {
  Deployment deployment;
  deployment.call_timeout = timeout;
  return connect_quorum(address, deployment);
}

std::string error(const std::string& words) { return R"({"error":")" + words + R"("})"; }

struct Misbehaviour {
  std::string name;
  Reply reply;
  Outcome write;
  std::string error;  // the same for a write and for a read
};
void PrintTo(const Misbehaviour& row, std::ostream* out) { *out << row.name; }

Milliseconds timeout_of(const Misbehaviour& row) {
  return row.error.starts_with("timed out") ? hasty : patient;
}

const std::vector<Misbehaviour> misbehaviours = {
    {"NeverAnswers", {""}, unknown, "timed out after 300 ms"},
    {"ClosesWithoutAnswer", {"", Then::close}, unknown, "connection closed without an answer"},
    {"ResetsWithoutAnswer", {"", Then::reset}, unknown, "connection closed without an answer"},
    {"ClosesWithinHeaders",
     {"HTTP/1.1 200 OK\r\nContent-Le", Then::close},
     unknown,
     "answer cut short"},
    {"ClosesWithinBody",
     {http("200 OK", R"({"value":5})").substr(0, 45), Then::close},
     unknown,
     "answer cut short"},
    {"ClosesWithinARefusal",
     {http("503 Service Unavailable", error("no quorum")).substr(0, 60), Then::close},
     unknown,
     "answer cut short"},
    {"SendsGarbage", {"\x16\x03\x01 what is this", Then::close}, unknown, "answer is no HTTP"},
    {"AnswersNoJson", {http("200 OK", "hello")}, unknown, "answer is no JSON object"},
    {"AnswersAList", {http("200 OK", "[1]")}, unknown, "answer is no JSON object"},
    {"NotUnderstood", {http("400 Bad Request", error("no such call"))}, failed, "no such call"},
    {"NoSuchPath", {http("404 Not Found", "")}, failed, "HTTP 404"},
    {"Refused",
     {http("409 Conflict", error("value did not match"))},
     failed,
     "value did not match"},
    {"NothingDone", {http("503 Service Unavailable", error("behind"))}, failed, "behind"},
    {"NobodyKnows", {http("504 Gateway Timeout", error("too few"))}, unknown, "too few"},
    {"Failed", {http("500 Internal Server Error", "")}, unknown, "HTTP 500"},
    {"Redirected", {http("307 Temporary Redirect", "")}, unknown, "HTTP 307"},
    {"ErrorOfSeveralLines", {http("504 Gateway Timeout", error("a\\nb"))}, unknown, "a b"},
};

class QuorumMisbehaves : public testing::TestWithParam<Misbehaviour> {};
INSTANTIATE_TEST_SUITE_P(Server, QuorumMisbehaves, testing::ValuesIn(misbehaviours),
                         [](const auto& row) { return row.param.name; });

TEST_P(QuorumMisbehaves, AWriteArrivesOnceAndIsJudged) {
  for (const Call& call : {Call{Write{1, 5}}, Call{Add{1, 5}}, Call{Append{1, 5}},
                           Call{Increment{1, 5}}, Call{Delete{1}}}) {
    MisbehavingServer server([this](std::size_t) { return GetParam().reply; });
    const auto client = client_of(server.address(), timeout_of(GetParam()));
    EXPECT_EQ(attempt(*client, call), (Attempt{GetParam().write, GetParam().error}));
    EXPECT_EQ(server.requests().size(), 1u);
  }
}

TEST_P(QuorumMisbehaves, AReadHasNoEffectWhateverHappened) {
  MisbehavingServer server([this](std::size_t) { return GetParam().reply; });
  const auto client = client_of(server.address(), timeout_of(GetParam()));
  EXPECT_EQ(attempt(*client, Read{1}), (Attempt{failed, GetParam().error}));
  EXPECT_EQ(attempt(*client, ReadList{1}).outcome, failed);
}

TEST_P(QuorumMisbehaves, AWriteOnAReusedConnectionArrivesOnceAndIsJudged) {
  MisbehavingServer server([this](std::size_t request) {
    return request == 0 ? Reply{http("200 OK", "{}")} : GetParam().reply;
  });
  const auto client = client_of(server.address(), timeout_of(GetParam()));
  ASSERT_EQ(attempt(*client, Write{1, 4}), (Attempt{ok, ""}));
  EXPECT_EQ(attempt(*client, Write{1, 5}), (Attempt{GetParam().write, GetParam().error}));
  EXPECT_EQ(server.requests().size(), 2u);
}

TEST(QuorumAnswer, OfTheWrongShapeIsNotBelieved) {
  for (const char* body : {"{}", R"({"value":"5"})", R"({"value":1.5})", R"({"elements":[1]})",
                           R"({"value":5,"version":"x"})"}) {
    MisbehavingServer server([&](std::size_t) { return Reply{http("200 OK", body)}; });
    EXPECT_EQ(attempt(*client_of(server.address()), Read{1}).outcome, failed) << body;
  }
  for (const char* body : {"{}", R"({"elements":null})", R"({"elements":["1"]})"}) {
    MisbehavingServer server([&](std::size_t) { return Reply{http("200 OK", body)}; });
    EXPECT_EQ(attempt(*client_of(server.address()), ReadSet{1}).outcome, failed) << body;
  }
  MisbehavingServer server([](std::size_t) { return Reply{http("200 OK", R"({"version":[]})")}; });
  EXPECT_EQ(attempt(*client_of(server.address()), Write{1, 5}).outcome, unknown);
}

TEST(QuorumToken, GoesWithEveryCallAndOnToTheNextNode) {
  MisbehavingServer server([](std::size_t request) {
    return Reply{http("200 OK", fmt::format(R"({{"value":5,"token":{{"at":{}}}}})", request))};
  });
  const auto client = client_of(server.address()), next = client_of(server.address());
  EXPECT_EQ(client->token(), "");
  client->invoke(Read{1});
  EXPECT_EQ(client->token(), R"({"at":0})");
  client->invoke(Write{1, 2});
  next->carry(client->token());
  next->invoke(Read{1});
  ASSERT_EQ(server.requests().size(), 3u);
  EXPECT_EQ(server.requests()[0].find("token"), std::string::npos);
  EXPECT_NE(server.requests()[1].find(R"("token":{"at":0})"), std::string::npos);
  EXPECT_NE(server.requests()[2].find(R"("token":{"at":1})"), std::string::npos);
}

}  // namespace
}  // namespace tribunal
