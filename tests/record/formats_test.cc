// The other formats, what packs them, and what is refused for its size.
#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

#include "harness/record/error.h"
#include "harness/record/history_file.h"
#include "scratch.h"

namespace tribunal {
namespace {

constexpr const char* edn =
    "{:process 0, :type :invoke, :f :write, :value 3}\n"
    "{:process 0, :type :ok, :f :write, :value 3}\n"
    "{:process 1, :type :invoke, :f :cas, :value [3 4]}\n"
    "{:process 1, :type :info, :f :cas, :value nil, :error \"timed-out\"}\n"
    "{:process :nemesis, :type :info, :f :kill, :value {:n1 [true 1.5]}}\n";

std::string read_as_lines(const std::string& text) {
  return write_history(parse_any_history(text, "h"));
}

std::string complaint(const std::string& text) {
  try {
    parse_any_history(text, "h");
  } catch (const Error& error) {
    EXPECT_EQ(error.blame(), Blame::usage);
    return error.what();
  }
  return "no complaint about " + text;
}

TEST(Formats, TheSameHistoryReadsTheSameInEach) {
  const std::string expected = read_as_lines(edn);
  EXPECT_EQ(read_as_lines(expected), expected);
  EXPECT_EQ(read_as_lines(R"([{"process":0,"type":"invoke","f":"write","value":3},
 {"process" : 0, "type": "ok", "f": "write", "value": 3},
 {"process":1,"type":"invoke","f":"cas","value":[3,4]},
 {"process":1,"type":"info","f":"cas","value":null,"error":"timed-out"},
 {"process":"nemesis","type":"info","f":"kill","value":{"n1": [true, 1.5]}}]
)"),
            expected);
  EXPECT_EQ(read_as_lines("INFO  jepsen.core - starting 5 workers\n"
                          "INFO  jepsen.util - 0\t:invoke\t:write\t3\n"
                          "INFO  jepsen.util - 0\t:ok\t:write\t3\n"
                          "WARN  some.driver - retrying\n"
                          "INFO  jepsen.util - 1\t:invoke\t:cas\t[3 4]\r\n"
                          "INFO  jepsen.util - 1\t:info\t:cas\t:timed-out\r\n"
                          "INFO  jepsen.util - :nemesis\t:info\t:kill\t{:n1 [true 1.5]}\n"),
            expected);
}

TEST(JepsenLog, TheReasonMayStandBehindTheValue) {
  const History history = parse_any_history(
      "2020-01-01 INFO [worker 1] jepsen.util: no operation\n"
      "2020-01-01 INFO [worker 1] jepsen.util 1 :invoke :cas [3 4]\n"
      "2020-01-01 INFO [worker 1] jepsen.util 1 :fail :cas [3 4] :not-held\n",
      "h");
  EXPECT_EQ(history.operations.at(0).outcome, Outcome::failed);
  EXPECT_EQ(history.errors.at(history.operations.at(0).error), "not-held");
}

TEST(JepsenLog, AHistoryThatQuotesALogIsNone) {
  const std::string quoting =
      "{:process 0 :type :invoke :f :write :value \"INFO jepsen.util - 0 :ok :read 1\"}\n";
  EXPECT_EQ(parse_any_history(quoting, "h").operations.size(), 1U);
  EXPECT_EQ(parse_any_history("[" + quoting + "]", "h").operations.size(), 1U);
}

TEST(JepsenLog, ALineThatIsHalfAnOperationIsRefused) {
  const std::string good = "INFO  jepsen.util - 0\t:invoke\t:read\tnil\n";
  EXPECT_EQ(complaint(good + "INFO  jepsen.util - 1\t:invoke\t:cas\t[3\n"),
            "h:2:38: the text ends where more must come");
  EXPECT_EQ(complaint(good + "INFO  jepsen.util - 1\t:invoke\t:cas\n"),
            "h:2:1: this operation ends before its value");
  EXPECT_EQ(complaint(good + "INFO  jepsen.util - 1\t:invoke\t\"\"\tnil\n"),
            "h:2:31: the function is empty");
  EXPECT_EQ(complaint(good + "INFO  jepsen.util - 1\t:began\t:cas\tnil\n"),
            "h:2:23: this is no type of an operation");
}

TEST(JsonList, WhatIsNoJsonIsRefused) {
  const std::string record = R"({"process":0,"type":"invoke","f":"read"})";
  EXPECT_EQ(
      complaint("[" + record + "\n" + record + "]"),
      R"(h:2:1: this list of records is no valid JSON near '{"process":0,"type":"invoke","f":"read"}]')");
  EXPECT_EQ(complaint("[" + record + ","),
            "h:1:43: this list of records is no valid JSON at its end");
  EXPECT_EQ(complaint(R"([{"process":0,"type":"start","f":"read"}])"),
            R"(h:1:22: the field 'type' is "start")");
}

TEST(Formats, WhatIsNoneIsRefused) {
  EXPECT_EQ(complaint("hello"), "h:1:1: this is no history, it begins with 'hello'");
}

std::string gzip(const std::string& text) {
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  std::string packed(deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

std::string zstd(const std::string& text) {
  std::string packed(ZSTD_compressBound(text.size()), '\0');
  packed.resize(ZSTD_compress(packed.data(), packed.size(), text.data(), text.size(), 3));
  return packed;
}

class Packed : public testing::TestWithParam<std::string (*)(const std::string&)> {
 protected:
  std::filesystem::path write(const std::string& bytes) {
    std::ofstream(scratch_ / "h.packed", std::ios::binary) << bytes;
    return scratch_ / "h.packed";
  }
  std::string pack(const std::string& text) const { return GetParam()(text); }

  Scratch scratch_;
};

TEST_P(Packed, ReadsAsWhatWasPacked) {
  EXPECT_EQ(write_history(read_history(write(pack(edn)))), read_as_lines(edn));
}

TEST_P(Packed, StreamsFollowEachOther) {
  const std::string text(edn);
  const std::size_t middle = text.size() / 2;
  const auto path = write(pack(text.substr(0, middle)) + pack(text.substr(middle)));
  EXPECT_EQ(write_history(read_history(path)), read_as_lines(edn));
}

TEST_P(Packed, AnyCutIsRefused) {
  const std::string packed = pack(edn);
  for (std::size_t length = 6; length < packed.size(); ++length) {
    const auto path = write(packed.substr(0, length));
    try {
      read_history(path);
      ADD_FAILURE() << length;
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find("cannot unpack"), std::string::npos);
    }
  }
}

TEST_P(Packed, WhatGrowsBeyondTheMemoryIsRefused) {
  const auto path = write(pack(std::string(8 << 20, ' ')));
  ReadOptions options;
  options.most_bytes = 1 << 20;
  try {
    read_history(path, options);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.blame(), Blame::environment);
    EXPECT_NE(std::string(error.what()).find("may take 1 MiB"), std::string::npos) << error.what();
  }
}

TEST_P(Packed, StandardInputIsUnpackedToo) {
  std::FILE* file = std::fopen(write(pack(edn)).c_str(), "rb");
  ASSERT_NE(file, nullptr);
  const int before = ::dup(STDIN_FILENO);
  ::dup2(::fileno(file), STDIN_FILENO);
  const std::string read = write_history(read_history("-"));
  ::dup2(before, STDIN_FILENO);
  ::close(before);
  std::fclose(file);
  EXPECT_EQ(read, read_as_lines(edn));
}

INSTANTIATE_TEST_SUITE_P(Formats, Packed, testing::Values(gzip, zstd));

TEST(Memory, AHistoryThatWouldTakeTooMuchIsRefusedWithTheFigure) {
  std::string text;
  for (int i = 0; i < 40'000; ++i) {
    text += "{:process " + std::to_string(i) + " :type :invoke :f :read :value nil}\n";
  }
  ReadOptions options;
  options.most_bytes = 1 << 20;
  try {
    parse_any_history(text, "h.edn", options);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.blame(), Blame::environment);
    EXPECT_NE(std::string(error.what()).find("h.edn would take "), std::string::npos);
    EXPECT_NE(std::string(error.what()).find("may take 1 MiB"), std::string::npos) << error.what();
  }
  options.most_bytes = 64 << 20;
  EXPECT_EQ(parse_any_history(text, "h.edn", options).events, 40'000U);
}

}  // namespace
}  // namespace tribunal
