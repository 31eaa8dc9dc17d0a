// Every way in which a Redis server may fail its client, and what the client must make of it. A
// write whose answer is lost is unknown, a read is failed, and no command ever arrives twice.
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <algorithm>

#include "clients/redis/client.h"
#include "tests/clients/attempt.h"
#include "tests/clients/redis_impostor.h"

namespace tribunal {
namespace {

constexpr Outcome ok = Outcome::ok, failed = Outcome::failed, unknown = Outcome::unknown;
// Short where it is meant to run out; long enough for a busy machine where it is not.
constexpr Milliseconds hasty{300}, patient{10000};

std::unique_ptr<Client> client_of(const std::string& address, Milliseconds timeout = patient,
                                  const std::string& wait = "0") {
  Deployment deployment;
  deployment.call_timeout = timeout;
  deployment.options = {{"route", "node"}, {"wait", wait}};
  return connect_redis(address, deployment);
}

struct Answered {
  std::string bytes;
  Outcome write;
  std::string error;  // the same for a write and for a read
};

class RedisAnswers : public testing::TestWithParam<Answered> {};

INSTANTIATE_TEST_SUITE_P(
    Errors, RedisAnswers,
    testing::Values(
        Answered{"-NOAUTH Authentication required.", failed, "NOAUTH Authentication required."},
        Answered{"-WRONGPASS invalid pair", failed, "WRONGPASS invalid pair"},
        Answered{"-NOPERM this user has no permissions", failed,
                 "NOPERM this user has no permissions"},
        Answered{"-DENIED Redis is running in protected mode because", failed, "protected mode"},
        Answered{"-ERR max number of clients reached", failed, "ERR max number of clients reached"},
        Answered{"-ERR unknown command 'SET', with args", failed, "unknown command"},
        Answered{"-ERR wrong number of arguments for 'set' command", failed,
                 "ERR wrong number of arguments for 'set' command"},
        Answered{"-MOVED 3999 127.0.0.1:6381", failed, "moved to another node"},
        Answered{"-ASK 3999 127.0.0.1:6381", failed, "moving to another node"},
        Answered{"-TRYAGAIN Multiple keys request during rehashing of slot", failed, "TRYAGAIN"},
        Answered{"-CROSSSLOT Keys in request don't hash to the same slot", failed, "CROSSSLOT"},
        Answered{"-CLUSTERDOWN The cluster is down", failed, "CLUSTERDOWN"},
        Answered{"-READONLY You can't write against a read only replica.", failed, "READONLY"},
        Answered{"-READONLY You can't write script: 7f92, on @user_script:1.", failed, "READONLY"},
        Answered{"-NOREPLICAS Not enough good replicas to write.", failed, "NOREPLICAS"},
        Answered{"-MISCONF Redis is configured to save RDB snapshots", failed, "MISCONF"},
        Answered{"-OOM command not allowed when used memory > 'maxmemory'.", failed, "OOM"},
        Answered{"-LOADING Redis is loading the dataset in memory", failed, "LOADING"},
        Answered{"-MASTERDOWN Link with MASTER is down", failed, "MASTERDOWN"},
        Answered{"-BUSY Redis is busy running a script.", failed, "BUSY"},
        Answered{"-WRONGTYPE Operation against a key", failed, "WRONGTYPE"},
        Answered{"-ERR value is not an integer or out of range", failed, "the value is no number"},
        Answered{"-ERR increment or decrement would overflow", failed, "the counter is full"},
        // May have come after the first half of a script, or from whoever it was.
        Answered{"-ERR Error running script", unknown, "ERR Error running script"},
        Answered{"-UNBLOCKED force unblock from blocking operation", unknown,
                 "UNBLOCKED force unblock from blocking operation"},
        Answered{"-READONLYISH", unknown, "READONLYISH"}, Answered{"-", unknown, ""}));

TEST_P(RedisAnswers, AWriteIsFailedOnlyWhereItCertainlyHadNoEffectAndAReadAlways) {
  RedisImpostor server(
      [](std::size_t, const RedisCommand&) { return Reply{GetParam().bytes + "\r\n"}; });
  const auto client = client_of(server.address());
  EXPECT_EQ(attempt(*client, Write{1, 5}), (Attempt{GetParam().write, GetParam().error}));
  EXPECT_EQ(attempt(*client, Read{1}), (Attempt{failed, GetParam().error}));
  EXPECT_EQ(server.commands().size(), 2u);
}

struct Lost {
  std::string name;
  Reply reply;
  std::string error;
};
void PrintTo(const Lost& row, std::ostream* out) { *out << row.name; }

class RedisLoses : public testing::TestWithParam<Lost> {
 protected:
  Milliseconds timeout() const {
    return GetParam().error.starts_with("timed out") ? hasty : patient;
  }
};

const std::string late = "timed out after 300 ms", shut = "connection closed without an answer",
                  nonsense = "answer is no Redis protocol";

INSTANTIATE_TEST_SUITE_P(
    Answers, RedisLoses,
    testing::Values(Lost{"silent", {""}, late}, Lost{"half", {"+O"}, late},
                    Lost{"half a list", {"*2\r\n$1\r\n1\r\n"}, late},
                    Lost{"dripping", {"$1000000\r\n", Then::keep_open, "x"}, late},
                    Lost{"closed", {"", Then::close}, shut},
                    Lost{"closed after half", {"$5\r\nhel", Then::close}, shut},
                    Lost{"reset", {"", Then::reset}, "connection reset"},
                    Lost{"HTTP", {"HTTP/1.1 400 Bad Request\r\n\r\n"}, nonsense}),
    [](const auto& row) {
      std::string name = row.param.name;
      std::replace(name.begin(), name.end(), ' ', '_');
      return name;
    });

TEST_P(RedisLoses, AWriteIsUnknownAReadIsFailedAndNothingIsSentAgain) {
  for (const bool kept : {false, true}) {  // the first command of a connection, or the second
    RedisImpostor server([&](std::size_t, const RedisCommand& command) {
      return command.back() == "4" ? Reply{"+OK\r\n"} : GetParam().reply;
    });
    const auto client = client_of(server.address(), timeout());
    if (kept) {
      ASSERT_EQ(attempt(*client, Write{1, 4}), (Attempt{ok, ""}));
    }
    EXPECT_EQ(attempt(*client, Write{1, 5}), (Attempt{unknown, GetParam().error}));
    EXPECT_EQ(attempt(*client, Read{1}), (Attempt{failed, GetParam().error}));
    EXPECT_EQ(server.await(kept ? 3u : 2u), kept ? 3u : 2u);
    EXPECT_EQ(server.count("GET"), 1u);
  }
}

TEST_P(RedisLoses, TheNextCallGetsItsOwnAnswer) {
  RedisImpostor server([](std::size_t, const RedisCommand& command) {
    return command[0] == "SET" ? GetParam().reply : Reply{bulk("7")};
  });
  const auto client = client_of(server.address(), timeout());
  attempt(*client, Write{1, 4});
  Attempt read = attempt(*client, Read{1});
  for (int again = 0; read.error == late && again < 60; ++again) read = attempt(*client, Read{1});
  ASSERT_EQ(read, (Attempt{ok, ""}));
  EXPECT_EQ(std::get<Read>(read.call).value, 7);
}

// A whole answer, but not to what was asked.
TEST(RedisServer, AnswersSomethingElse) {
  for (const char* answer : {"+PONG\r\n", ":1\r\n", "$-1\r\n", "*0\r\n", "$2\r\nOK\r\n"}) {
    RedisImpostor server([&](std::size_t, const RedisCommand&) { return Reply{answer}; });
    EXPECT_EQ(attempt(*client_of(server.address()), Write{1, 5}),
              (Attempt{unknown, "the answer is not OK"}))
        << answer;
  }
  for (const char* answer : {"+OK\r\n", ":1\r\n", "$3\r\n1x2\r\n", "$0\r\n\r\n", "*0\r\n"}) {
    RedisImpostor server([&](std::size_t, const RedisCommand&) { return Reply{answer}; });
    EXPECT_EQ(attempt(*client_of(server.address()), Read{1}).outcome, failed) << answer;
    EXPECT_EQ(attempt(*client_of(server.address()), Dequeue{1, {}}).outcome, unknown) << answer;
  }
}

TEST(RedisServer, RefusesTheConnection) {
  const Socket closed = bound_socket();
  const auto client = client_of(address_of(closed));
  EXPECT_EQ(attempt(*client, Write{1, 5}), (Attempt{failed, "connection refused"}));
  EXPECT_EQ(attempt(*client, Read{1}), (Attempt{failed, "connection refused"}));
}

TEST(RedisServer, AcceptsButNeverReads) {
  const Socket listener = bound_socket();
  ASSERT_EQ(listen(listener.get(), 16), 0);
  const auto client = client_of(address_of(listener), hasty);
  EXPECT_EQ(attempt(*client, Write{1, 5}), (Attempt{unknown, late}));
}

// One answer too many must never pass for the answer to the next call.
TEST(RedisServer, AnswersTwice) {
  RedisImpostor server([](std::size_t, const RedisCommand& command) {
    return command[0] == "SET" ? Reply{"+OK\r\n" + bulk("9")} : Reply{bulk("7")};
  });
  const auto client = client_of(server.address());
  ASSERT_EQ(attempt(*client, Write{1, 5}), (Attempt{ok, ""}));
  const Attempt read = attempt(*client, Read{1});
  ASSERT_EQ(read, (Attempt{ok, ""}));
  EXPECT_EQ(std::get<Read>(read.call).value, 7);
  EXPECT_EQ(server.connections(), 2u);
}

TEST(RedisServer, GetsAHundredCallsOnOneConnection) {
  RedisImpostor server([](std::size_t, const RedisCommand&) { return Reply{"+OK\r\n"}; });
  const auto client = client_of(server.address());
  for (int i = 0; i < 100; ++i) ASSERT_EQ(attempt(*client, Write{1, i}), (Attempt{ok, ""}));
  EXPECT_EQ(server.connections(), 1u);
  EXPECT_EQ(server.commands().size(), 100u);
}

// What was written stands, whatever the replicas say of it.
TEST(RedisServer, WaitsForReplicas) {
  const std::vector<std::pair<Reply, Attempt>> rows = {
      {{":2\r\n"}, {ok, ""}},
      {{":3\r\n"}, {ok, ""}},
      {{":1\r\n"}, {unknown, "written; 1 of 2 replicas acknowledged it"}},
      {{"-UNBLOCKED force unblock\r\n"}, {unknown, "written; WAIT: UNBLOCKED force unblock"}},
      {{"+OK\r\n"}, {unknown, "written; WAIT: the answer is no integer"}},
      {{"", Then::close}, {unknown, "written; WAIT: " + shut}},
  };
  for (const auto& [reply, wanted] : rows) {
    RedisImpostor server([&answer = reply](std::size_t, const RedisCommand& command) {
      return command[0] == "WAIT" ? answer : Reply{"+OK\r\n"};
    });
    EXPECT_EQ(attempt(*client_of(server.address(), patient, "2"), Write{1, 5}), wanted);
    EXPECT_EQ(server.count("SET"), 1u);
    EXPECT_EQ(server.count("WAIT"), 1u);
  }
}

TEST(RedisServer, IsNotAskedToWaitForWhatWasRefusedOrRead) {
  RedisImpostor server([](std::size_t, const RedisCommand& command) {
    if (command[0] == "GET" || command[0] == "LPOP") return Reply{"$-1\r\n"};
    return command[0] == "EVAL" ? Reply{":0\r\n"} : Reply{"-READONLY x\r\n"};
  });
  const auto client = client_of(server.address(), patient, "2");
  EXPECT_EQ(attempt(*client, Write{1, 5}), (Attempt{failed, "READONLY"}));
  EXPECT_EQ(attempt(*client, Cas{1, 5, 6, {}}), (Attempt{failed, "value did not match"}));
  EXPECT_EQ(attempt(*client, Read{1}), (Attempt{ok, ""}));
  EXPECT_EQ(attempt(*client, Dequeue{1, {}}), (Attempt{ok, ""}));
  EXPECT_EQ(server.count("WAIT"), 0u);
}

}  // namespace
}  // namespace tribunal
