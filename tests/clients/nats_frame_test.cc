// The text protocol of NATS as it comes: whole, in pieces, and as nonsense.
#include <gtest/gtest.h>

#include <random>

#include "clients/nats/frame.h"

namespace tribunal {
namespace {

const std::string stream =
    "INFO {\"server_name\":\"n1\"} \r\n"
    "PING\r\n"
    "+OK\r\n"
    "MSG a.b 1 5\r\nhello\r\n"
    "MSG a.b 1 $JS.ACK.q.1 0\r\n\r\n"
    "HMSG _INBOX.1 1 16 16\r\nNATS/1.0 503\r\n\r\n\r\n"
    "hmsg\ta  1 re.ply 37 39\r\nNATS/1.0\r\nNats-Sequence: 17\r\nX:  \r\n\r\n\r\n\r\n"
    "-ERR 'Slow Consumer'\r\n"
    "pong\r\n";

std::vector<NatsFrame> frames_in(NatsParser& parser) {
  std::vector<NatsFrame> frames;
  while (auto frame = parser.next()) frames.push_back(*frame);
  return frames;
}

void expect_the_stream(const std::vector<NatsFrame>& frames) {
  ASSERT_EQ(frames.size(), 9u);
  EXPECT_EQ(frames[0].kind, NatsKind::info);
  EXPECT_EQ(frames[0].payload, "{\"server_name\":\"n1\"} ");
  EXPECT_EQ(frames[1].kind, NatsKind::ping);
  EXPECT_EQ(frames[2].kind, NatsKind::ok);
  EXPECT_EQ(frames[3].kind, NatsKind::message);
  EXPECT_EQ(frames[3].subject, "a.b");
  EXPECT_EQ(frames[3].reply, "");
  EXPECT_EQ(frames[3].payload, "hello");
  EXPECT_EQ(frames[4].reply, "$JS.ACK.q.1");
  EXPECT_EQ(frames[4].payload, "");
  EXPECT_EQ(frames[5].status(), 503);
  EXPECT_EQ(frames[5].payload, "");
  EXPECT_EQ(frames[6].subject, "a");
  EXPECT_EQ(frames[6].reply, "re.ply");
  EXPECT_EQ(frames[6].status(), 0);
  EXPECT_EQ(frames[6].header("nats-sequence"), "17");
  EXPECT_EQ(frames[6].header("X"), "");
  EXPECT_EQ(frames[6].header("Sequence"), "");
  EXPECT_EQ(frames[6].payload, "\r\n");
  EXPECT_EQ(frames[7].kind, NatsKind::error);
  EXPECT_EQ(frames[7].payload, "'Slow Consumer'");
  EXPECT_EQ(frames[8].kind, NatsKind::pong);
}

TEST(NatsFrames, ComeWhole) {
  NatsParser parser;
  parser.bytes() += stream;
  expect_the_stream(frames_in(parser));
  EXPECT_TRUE(parser.is_empty());
}

TEST(NatsFrames, ComeInTwoPiecesSplitAnywhere) {
  for (std::size_t at = 0; at <= stream.size(); ++at) {
    NatsParser parser;
    parser.bytes() += stream.substr(0, at);
    std::vector<NatsFrame> frames = frames_in(parser);
    parser.bytes() += stream.substr(at);
    for (NatsFrame& frame : frames_in(parser)) frames.push_back(std::move(frame));
    SCOPED_TRACE(at);
    expect_the_stream(frames);
  }
}

TEST(NatsFrames, ComeByteForByteManyTimes) {
  NatsParser parser;
  for (int again = 0; again < 400; ++again) {
    std::vector<NatsFrame> frames;
    for (const char byte : stream) {
      parser.bytes() += byte;
      while (auto frame = parser.next()) frames.push_back(*frame);
    }
    ASSERT_EQ(frames.size(), 9u);
    EXPECT_EQ(frames[3].payload, "hello");
  }
  EXPECT_TRUE(parser.is_empty());
  EXPECT_LT(parser.bytes().size(), 400 * stream.size());
}

TEST(NatsFrames, AreNonsense) {
  for (const std::string nonsense :
       {"HTTP/1.1 400 Bad Request\r\n", "\r\n", "MSG a 1\r\n", "MSG a 1 r 5 6\r\n",
        "MSG a 1 -5\r\n", "MSG a 1 5x\r\n", "MSG a 1 99999999999\r\n",
        "MSG a 1 99999999999999999999\r\n", "MSG\r\n", "MSG a 1 2\r\nabcd\r\n", "HMSG a 1 5\r\n",
        "HMSG a 1 7 5\r\n", "HMSG a b c d e f g\r\n", "MSGX a 1 0\r\n\r\n", "PINGS\r\n"}) {
    NatsParser parser;
    parser.bytes() += nonsense;
    EXPECT_THROW(parser.next(), NatsNonsense) << nonsense;
    EXPECT_THROW(parser.next(), NatsNonsense) << nonsense;
  }
}

TEST(NatsFrames, ALineHasToEnd) {
  NatsParser parser;
  parser.bytes() += "INFO " + std::string(60'000, 'x');
  EXPECT_FALSE(parser.next());
  parser.bytes() += std::string(60'000, 'x');
  EXPECT_THROW(parser.next(), NatsNonsense);
}

TEST(NatsFrames, RandomBytesAreFramesOrNonsenseAndNothingElse) {
  std::mt19937 random(17);
  const std::vector<std::string> pieces = {
      "MSG ", "HMSG ", "PING", "\r\n",         "\r",   "\n",    " ",  "a.b",  "1",
      "0",    "12",    "-",    "NATS/1.0 404", "INFO", "-ERR ", "\t", "\xff", std::string(1, '\0')};
  for (int i = 0; i < 20'000; ++i) {
    NatsParser parser;
    std::size_t frames = 0;
    try {
      for (int j = 0; j < 12; ++j) {
        parser.bytes() += pieces[random() % pieces.size()];
        while (auto frame = parser.next()) {
          frame->status();
          frame->header("a");
          ++frames;
        }
      }
    } catch (const NatsNonsense&) {
    }
    EXPECT_LE(frames, 12u);
  }
}

TEST(NatsFrames, AreWrittenAsTheServerReadsThem) {
  std::string bytes;
  append_publication(bytes, "a.b", "_INBOX.1", "", "hi");
  append_publication(bytes, "a", "r", "X: 1\r\n", "");
  EXPECT_EQ(bytes,
            "PUB a.b _INBOX.1 2\r\nhi\r\n"
            "HPUB a r 18 18\r\nNATS/1.0\r\nX: 1\r\n\r\n\r\n");
}

}  // namespace
}  // namespace tribunal
