// Every way in which a NATS server may fail its client, and what the client must make of it. A
// write whose answer is lost is unknown, a read is failed, and no request ever arrives twice.
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <algorithm>

#include "clients/nats/client.h"
#include "tests/clients/attempt.h"
#include "tests/clients/nats_impostor.h"

namespace tribunal {
namespace {

constexpr Outcome ok = Outcome::ok, failed = Outcome::failed, unknown = Outcome::unknown;
// Short where it is meant to run out; long enough for a busy machine where it is not.
constexpr Milliseconds hasty{300}, patient{10000};

const std::string get = "$JS.API.STREAM.MSG.GET.tribunal";
const std::string ack = R"({"stream":"tribunal", "seq":17})";

std::unique_ptr<Client> nats_client(const std::string& address, Milliseconds timeout = patient,
                                    std::map<std::string, std::string> options = {}) {
  Deployment deployment;
  deployment.call_timeout = timeout;
  deployment.options = std::move(options);
  deployment.options.try_emplace("reads", "leader");
  return connect_nats(address, deployment);
}

std::string refusal(int number, const std::string& words) {
  return R"({"error":{"code":400,"err_code":)" + std::to_string(number) + R"(,"description":")" +
         words + R"("},"stream":"tribunal","seq":0})";
}

// A register of value 5 under the sequence 17, as STREAM.MSG.GET gives it.
std::string stored(const std::string& subject, const std::string& base64 = "NQ==") {
  return R"({"type":"x","message":{"subject":")" + subject + R"(","seq":17,"data":")" + base64 +
         R"(","time":"2026-11-22T04:31:08Z"}})";
}

struct Row {
  std::string name;
  std::string payload;  // what is answered; or
  std::string status;   // in headers
  Outcome write, create, cas, cas_alone;
  std::string error;  // of the write
};
void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }

class NatsAnswers : public testing::TestWithParam<Row> {
 protected:
  Reply answer(const NatsPublished& one) const {
    return {GetParam().status.empty() ? nats_answer(one, GetParam().payload)
                                      : nats_status(one, GetParam().status)};
  }
};

INSTANTIATE_TEST_SUITE_P(
    Refusals, NatsAnswers,
    testing::Values(
        Row{"no_responders", "", "503", failed, failed, failed, failed, "no responders"},
        Row{"another_status", "", "408 Request Timeout", unknown, unknown, unknown, unknown,
            "the answer is no JSON object"},
        Row{"wrong_sequence", refusal(10071, "wrong last sequence: 4"), "", unknown, failed,
            unknown, failed, "JetStream 10071: wrong last sequence: 4"},
        Row{"not_now", refusal(10008, "JetStream system temporarily unavailable"), "", unknown,
            unknown, unknown, unknown, "JetStream 10008: JetStream system temporarily unavailable"},
        Row{"not_stored", refusal(10077, "maximum bytes exceeded"), "", unknown, unknown, unknown,
            unknown, "JetStream 10077: maximum bytes exceeded"},
        Row{"no_json", "OK", "", unknown, unknown, unknown, unknown,
            "the answer is no JSON object"},
        Row{"empty", "", "", unknown, unknown, unknown, unknown, "the answer is no JSON object"},
        Row{"no_sequence", R"({"stream":"tribunal"})", "", unknown, unknown, unknown, unknown,
            "the answer has no seq"},
        Row{"sequence_of_nothing", R"({"stream":"tribunal","seq":0})", "", unknown, unknown,
            unknown, unknown, "an acknowledgement of nothing"},
        Row{"error_that_is_none", R"({"error":7,"seq":3})", "", unknown, unknown, unknown, unknown,
            "the answer is no refusal of JetStream"}),
    [](const auto& row) { return row.param.name; });

TEST_P(NatsAnswers, AWriteIsFailedOnlyWhereItCertainlyHadNoEffect) {
  NatsImpostor server([this](const NatsPublished& one) { return answer(one); });
  const auto client = nats_client(server.address());
  EXPECT_EQ(attempt(*client, Write{1, 5, {}}), (Attempt{GetParam().write, GetParam().error}));
  EXPECT_EQ(attempt(*client, Acquire{1, {}}).outcome, GetParam().create);
  EXPECT_EQ(attempt(*client, Read{1}).outcome, failed);
  EXPECT_EQ(server.published().size(), 3u);
}

TEST_P(NatsAnswers, AConditionOnARevisionIsDecidedOnlyByAServerThatIsAlone) {
  NatsImpostor server([this](const NatsPublished& one) {
    return one.subject == get ? Reply{nats_answer(one, stored("tribunal.register.1"))}
                              : answer(one);
  });
  EXPECT_EQ(attempt(*nats_client(server.address()), Cas{1, 5, 6, {}}).outcome, GetParam().cas);
  EXPECT_EQ(attempt(*nats_client(server.address(), patient, {{"replicas", "1"}}), Cas{1, 5, 6, {}})
                .outcome,
            GetParam().cas_alone);
  const auto all = server.published();
  ASSERT_EQ(all.size(), 4u);
  EXPECT_EQ(all[1].headers, "NATS/1.0\r\nNats-Expected-Last-Subject-Sequence: 17\r\n\r\n");
}

TEST_P(NatsAnswers, AReadThatMarksTheLogHadNoEffect) {
  NatsImpostor server([this](const NatsPublished& one) { return answer(one); });
  const auto client = nats_client(server.address(), hasty, {{"reads", "quorum"}});
  for (const Call& read :
       {Call{Read{1}}, Call{ReadSet{1, {}}}, Call{ReadList{1, {}}}, Call{ReadCounter{1, {}}}})
    EXPECT_EQ(attempt(*client, read).outcome, failed);
}

struct Gone {
  std::string name;
  Reply reply;
  std::string error;
};
void PrintTo(const Gone& row, std::ostream* out) { *out << row.name; }

class NatsLoses : public testing::TestWithParam<Gone> {
 protected:
  Milliseconds timeout() const {
    return GetParam().error.starts_with("timed out") ? hasty : patient;
  }
};

const std::string too_late = "timed out after 300 ms",
                  hung_up = "connection closed without an answer",
                  babble = "answer is no NATS protocol";

INSTANTIATE_TEST_SUITE_P(
    Answers, NatsLoses,
    testing::Values(Gone{"silent", {""}, too_late}, Gone{"half", {"MSG _INBOX"}, too_late},
                    Gone{"to_somebody_else", {"MSG _INBOX.x.1 1 2\r\n{}\r\n"}, too_late},
                    Gone{"half_a_message", {"MSG a 1 100\r\n{"}, too_late},
                    Gone{"dripping", {"MSG a 1 1000000\r\n", Then::keep_open, "x"}, too_late},
                    Gone{"pinging", {"", Then::keep_open, "PING\r\n"}, too_late},
                    Gone{"closed", {"", Then::close}, hung_up},
                    Gone{"closed_with_reason",
                         {"-ERR 'Stale Connection'\r\n", Then::close},
                         "the server closed: 'Stale Connection'"},
                    Gone{"reset", {"", Then::reset}, "connection reset"},
                    Gone{"http", {"HTTP/1.1 400 Bad Request\r\n\r\n"}, babble}),
    [](const auto& row) { return row.param.name; });

TEST_P(NatsLoses, AWriteIsUnknownAReadIsFailedAndNothingIsSentAgain) {
  for (const bool kept : {false, true}) {  // the first request of a connection, or the second
    NatsImpostor server([&](const NatsPublished& one) {
      return one.payload == "4" ? Reply{nats_answer(one, ack)} : GetParam().reply;
    });
    const auto client = nats_client(server.address(), timeout());
    if (kept) {
      ASSERT_EQ(attempt(*client, Write{1, 4, {}}), (Attempt{ok, ""}));
    }
    EXPECT_EQ(attempt(*client, Write{1, 5, {}}), (Attempt{unknown, GetParam().error}));
    EXPECT_EQ(attempt(*client, Read{1}), (Attempt{failed, GetParam().error}));
    EXPECT_EQ(server.await(get, 1), 1u);
    EXPECT_EQ(server.await("tribunal.register.1", 1), kept ? 2u : 1u);
  }
}

TEST_P(NatsLoses, TheNextCallGetsItsOwnAnswer) {
  NatsImpostor server([&](const NatsPublished& one) {
    return one.subject == get ? Reply{nats_answer(one, stored("tribunal.register.1"))}
                              : GetParam().reply;
  });
  const auto client = nats_client(server.address(), timeout());
  attempt(*client, Write{1, 4, {}});
  Attempt read = attempt(*client, Read{1});
  for (int again = 0; read.error == too_late && again < 60; ++again)
    read = attempt(*client, Read{1});
  ASSERT_EQ(read, (Attempt{ok, ""}));
  EXPECT_EQ(std::get<Read>(read.call).value, 5);
  EXPECT_EQ(std::get<Read>(read.call).version, 17);
}

// Whole answers, but not to what was asked: none of them is "no such key".
TEST(NatsServer, AnswersAReadWithSomethingElse) {
  for (const std::string& payload :
       {std::string("{}"), std::string("[]"), ack, stored("tribunal.register.2"),
        stored("tribunal.register.1", "NQ"), stored("tribunal.register.1", "eA=="),
        refusal(10059, "stream not found"), std::string(R"({"message":5})"),
        std::string(R"({"message":{"subject":"tribunal.register.1","data":"NQ=="}})")}) {
    NatsImpostor server([&](const NatsPublished& one) { return Reply{nats_answer(one, payload)}; });
    EXPECT_EQ(attempt(*nats_client(server.address()), Read{1}).outcome, failed) << payload;
  }
}

TEST(NatsServer, HasNoSuchKey) {
  NatsImpostor server([](const NatsPublished& one) {
    return one.subject == get ? Reply{nats_answer(one, refusal(10037, "no message found"))}
                              : Reply{nats_status(one, "404 Message Not Found")};
  });
  for (const char* reads : {"leader", "direct"}) {
    const auto client = nats_client(server.address(), patient, {{"reads", reads}});
    const Attempt read = attempt(*client, Read{1});
    ASSERT_EQ(read, (Attempt{ok, ""})) << reads;
    EXPECT_EQ(std::get<Read>(read.call).value, std::nullopt);
  }
}

TEST(NatsServer, RefusesTheConnectionOrTheGreeting) {
  const Socket closed = bound_socket();
  const auto client = nats_client(address_of(closed));
  EXPECT_EQ(attempt(*client, Write{1, 5, {}}), (Attempt{failed, "connection refused"}));
  EXPECT_EQ(attempt(*client, Read{1}), (Attempt{failed, "connection refused"}));

  const Socket listener = bound_socket();
  ASSERT_EQ(listen(listener.get(), 16), 0);
  const auto unanswered = nats_client(address_of(listener), hasty);
  EXPECT_EQ(attempt(*unanswered, Write{1, 5, {}}), (Attempt{failed, "no connection in time"}));

  NatsImpostor strict([](const NatsPublished&) { return Reply{}; }, "INFO {}\r\n",
                      "-ERR 'Authorization Violation'\r\nnonsense\r\n");
  EXPECT_EQ(attempt(*nats_client(strict.address()), Write{1, 5, {}}),
            (Attempt{failed, "the server refuses the connection: 'Authorization Violation'"}));
  EXPECT_TRUE(strict.published().empty());
}

// Two servers that both think they lead answer one request: the second must not pass for the
// answer to the next call.
TEST(NatsServer, AnswersTwice) {
  NatsImpostor server([](const NatsPublished& one) {
    if (one.subject == get) return Reply{nats_answer(one, stored("tribunal.register.1"))};
    return Reply{nats_answer(one, ack) + nats_answer(one, stored("tribunal.register.1", "OQ=="))};
  });
  const auto client = nats_client(server.address());
  ASSERT_EQ(attempt(*client, Write{1, 5, {}}), (Attempt{ok, ""}));
  const Attempt read = attempt(*client, Read{1});
  ASSERT_EQ(read, (Attempt{ok, ""}));
  EXPECT_EQ(std::get<Read>(read.call).value, 5);
  EXPECT_EQ(server.connections(), 1u);
}

TEST(NatsServer, GetsAHundredCallsOnOneConnectionAndItsPingsAnswered) {
  NatsImpostor server([](const NatsPublished& one) {
    return Reply{"PING\r\n" + nats_answer(one, ack) + "PING\r\n"};
  });
  const auto client = nats_client(server.address());
  for (int i = 0; i < 100; ++i) ASSERT_EQ(attempt(*client, Write{1, i, {}}), (Attempt{ok, ""}));
  EXPECT_EQ(server.connections(), 1u);
  EXPECT_EQ(server.published().size(), 100u);
  EXPECT_GE(server.pongs(), 99u);
}

// An element that was given out is the client's only once its acknowledgement was taken.
TEST(NatsServer, GivesAnElementAndTakesItsAcknowledgementOrNot) {
  const std::string reply = "$JS.ACK.queue.key1.1.1.1.1.0";
  const std::vector<std::pair<std::string, Attempt>> rows = {
      {"empty", {ok, ""}},
      {"close", {unknown, hung_up}},
      {"503", {unknown, "no responders"}},
      {"words", {unknown, "the element was not said to be done with"}},
  };
  for (const auto& [fate, wanted] : rows) {
    NatsImpostor server([&, how = fate](const NatsPublished& one) {
      if (one.subject.starts_with("$JS.API.CONSUMER.DURABLE")) return Reply{nats_answer(one, "{}")};
      if (one.subject.starts_with("$JS.API.CONSUMER.MSG.NEXT"))
        return Reply{"MSG queue.1 1 " + reply + " 1\r\n7\r\n"};
      if (how == "close") return Reply{"", Then::close};
      if (how == "503") return Reply{nats_status(one, "503")};
      return Reply{nats_answer(one, how == "words" ? "what?" : "")};
    });
    const Attempt taken = attempt(*nats_client(server.address()), Dequeue{1, {}});
    EXPECT_EQ(taken, wanted) << fate;
    if (wanted.outcome == ok) {
      EXPECT_EQ(std::get<Dequeue>(taken.call).element, 7);
    }
    EXPECT_EQ(server.await(reply, 1), 1u);
  }
}

TEST(NatsServer, HasNothingInAQueueOrNoConsumer) {
  NatsImpostor server([](const NatsPublished& one) {
    if (one.subject.ends_with("key2")) return Reply{nats_answer(one, refusal(10008, "not now"))};
    if (one.subject.starts_with("$JS.API.CONSUMER.DURABLE")) return Reply{nats_answer(one, "{}")};
    return Reply{nats_status(one, one.subject.ends_with("key1") ? "404 No Messages" : "409 Gone")};
  });
  const auto client = nats_client(server.address());
  const Attempt empty = attempt(*client, Dequeue{1, {}});
  ASSERT_EQ(empty, (Attempt{ok, ""}));
  EXPECT_EQ(std::get<Dequeue>(empty.call).element, std::nullopt);
  EXPECT_EQ(attempt(*client, Dequeue{2, {}}),
            (Attempt{failed, "no consumer: JetStream 10008: not now"}));
  EXPECT_EQ(attempt(*client, Dequeue{3, {}}), (Attempt{unknown, "the consumer says 409"}));
}

TEST(NatsServer, SaysOrDoesNotSayThatALockIsFree) {
  std::atomic<bool> freed = true;
  NatsImpostor server([&](const NatsPublished& one) {
    if (one.subject.starts_with("tribunal.lock")) return Reply{nats_answer(one, ack)};
    return Reply{
        nats_answer(one, freed ? R"({"success":true})" : refusal(10043, "sequence 17 not found"))};
  });
  const auto client = nats_client(server.address());
  EXPECT_EQ(attempt(*client, Release{1}), (Attempt{failed, "it does not hold it"}));
  ASSERT_EQ(attempt(*client, Acquire{1, {}}), (Attempt{ok, ""}));
  EXPECT_EQ(attempt(*client, Release{1}), (Attempt{ok, ""}));
  freed = false;
  ASSERT_EQ(attempt(*client, Acquire{1, {}}), (Attempt{ok, ""}));
  EXPECT_EQ(attempt(*client, Release{1}),
            (Attempt{unknown, "JetStream 10043: sequence 17 not found"}));
}

}  // namespace
}  // namespace tribunal
