// The recorder's lines are a history at every moment: in order, complete, and readable wherever a
// crash cuts them.
#include "harness/record/recorder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include "harness/record/error.h"
#include "harness/record/history_file.h"
#include "harness/record/run_folder.h"
#include "tests/record/scratch.h"

namespace tribunal {
namespace {

TEST(Recorder, WritesTheLinesOfTheFormat) {
  const Scratch scratch;
  Recorder recorder(scratch / "h.jsonl");
  const auto t0 = recorder.invoked(0, Write{3, 17}, "n1", -1);
  const auto t1 = recorder.invoked(1, Read{3, {}}, "n2", 0);
  const auto t2 = recorder.completed(0, Write{3, 17}, "n1", Outcome::unknown, "lost \xff\"");
  const auto t3 = recorder.completed(1, Read{3, 17}, "n2", Outcome::ok, "");
  const auto t4 = recorder.fault("start-partition", 3, "n1 | n2 n3");
  const auto t5 = recorder.invoked(1, Cas{3, 17, -1}, "n2", -1);
  const auto t6 = recorder.completed(1, Cas{3, 17, -1}, "n2", Outcome::failed, "not 17");
  const auto t7 = recorder.invoked(1, ReadSet{4, {}}, "n2", -1);
  const auto t8 = recorder.completed(1, ReadSet{4, {5, 6}}, "n2", Outcome::ok, "");
  recorder.close();
  const auto head = [](int index, std::int64_t time) {
    return "{\"index\":" + std::to_string(index) + ",\"time\":" + std::to_string(time) + ",";
  };
  EXPECT_EQ(
      read_file(scratch / "h.jsonl"),
      head(0, t0) +
          R"("process":0,"type":"invoke","f":"write","key":3,"value":17,"node":"n1"})"
          "\n" +
          head(1, t1) +
          R"("intended":0,"process":1,"type":"invoke","f":"read","key":3,"value":null,"node":"n2"})"
          "\n" +
          head(2, t2) +
          R"("process":0,"type":"info","f":"write","key":3,"value":17,"node":"n1","error":"lost �\""})"
          "\n" +
          head(3, t3) +
          R"("process":1,"type":"ok","f":"read","key":3,"value":17,"node":"n2"})"
          "\n" +
          head(4, t4) +
          R"("process":"nemesis","type":"info","f":"start-partition","value":"n1 | n2 n3","fault":3})"
          "\n" +
          head(5, t5) +
          R"("process":1,"type":"invoke","f":"cas","key":3,"value":[17,-1],"node":"n2"})"
          "\n" +
          head(6, t6) +
          R"("process":1,"type":"fail","f":"cas","key":3,"value":[17,-1],"node":"n2","error":"not 17"})"
          "\n" +
          head(7, t7) +
          R"("process":1,"type":"invoke","f":"read","key":4,"value":null,"node":"n2"})"
          "\n" +
          head(8, t8) +
          R"("process":1,"type":"ok","f":"read","key":4,"value":[5,6],"node":"n2"})"
          "\n");
}

TEST(Recorder, TenThreadsLoseNothingAndNeverTurnTimeBack) {
  constexpr std::uint32_t threads = 10;
  constexpr std::int64_t calls = 3000;
  const Scratch scratch;
  Recorder recorder(scratch / "h.jsonl");
  {
    std::vector<std::jthread> workers;
    for (std::uint32_t process = 0; process < threads; ++process) {
      workers.emplace_back([&recorder, process] {
        for (std::int64_t i = 0; i < calls; ++i) {
          const Call call = Write{process, i};
          recorder.invoked(process, call, "n1", -1);
          recorder.completed(process, call, "n1", i % 3 == 0 ? Outcome::failed : Outcome::ok, "");
        }
      });
    }
  }
  EXPECT_EQ(recorder.records(), 2 * threads * static_cast<std::uint64_t>(calls));
  recorder.close();
  const History history = read_history(scratch / "h.jsonl");  // which checks order and pairing
  EXPECT_EQ(history.events, recorder.records());
  EXPECT_FALSE(history.truncated);
  std::vector<std::int64_t> next(threads, 0);
  for (const Operation& operation : history.operations) {
    ASSERT_EQ(operation.value.as_integer(), next.at(operation.process)++);
    ASSERT_EQ(operation.outcome,
              operation.value.as_integer() % 3 == 0 ? Outcome::failed : Outcome::ok);
    ASSERT_LT(operation.began, operation.ended);
    ASSERT_LE(operation.invoked_at, operation.completed_at);
  }
  EXPECT_EQ(next, std::vector<std::int64_t>(threads, calls));
}

TEST(Recorder, AFileCutAnywhereIsAShorterHistory) {
  const Scratch scratch;
  Recorder recorder(scratch / "h.jsonl");
  for (int i = 0; i < 3; ++i) {
    recorder.invoked(0, Write{1, i}, "n1", 5);
    recorder.fault("start-kill", i, "n1");
    recorder.completed(0, Write{1, i}, "n1", i == 2 ? Outcome::unknown : Outcome::ok, "");
  }
  recorder.close();
  const std::string whole = read_file(scratch / "h.jsonl");
  for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
    const std::string text = whole.substr(0, cut);
    const History history = parse_history(text, "cut");
    const auto lines = static_cast<std::uint32_t>(std::count(text.begin(), text.end(), '\n'));
    const bool only_newline_missing = text.ends_with('}');
    EXPECT_EQ(history.events, lines + (only_newline_missing ? 1 : 0)) << text;
    EXPECT_EQ(history.truncated, !text.empty() && !text.ends_with('\n') && !only_newline_missing);
  }
}

TEST(Recorder, WhatIsFlushedIsInTheFile) {
  const Scratch scratch;
  Recorder recorder(scratch / "h.jsonl");
  for (std::uint32_t i = 0; i < 50; ++i) {
    recorder.invoked(i, Read{1, {}}, "n1", -1);
    recorder.flush();
    EXPECT_EQ(read_history(scratch / "h.jsonl").operations.size(), i + 1);
  }
}

TEST(Recorder, WhatIsNotFlushedIsWrittenByItself) {
  const Scratch scratch;
  Recorder recorder(scratch / "h.jsonl");
  recorder.invoked(0, Read{1, {}}, "n1", -1);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (std::filesystem::file_size(scratch / "h.jsonl") == 0 &&
         std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_EQ(read_history(scratch / "h.jsonl").operations.size(), 1U);
}

TEST(Recorder, AFullDiskIsToldByFlushAndByClose) {
  Recorder recorder("/dev/full");
  for (std::uint32_t i = 0; i < 100'000; ++i) recorder.invoked(i, Read{1, {}}, "n1", -1);
  for (int i = 0; i < 2; ++i) {
    try {
      i == 0 ? recorder.flush() : recorder.close();
      FAIL() << "the loss went unnoticed";
    } catch (const Error& error) {
      EXPECT_EQ(error.blame(), Blame::environment);
      EXPECT_EQ(std::string(error.what()),
                "cannot write the history /dev/full: No space left on device");
    }
  }
}

TEST(Recorder, ALossThatNobodyAskedForIsPrinted) {
  testing::internal::CaptureStderr();
  { Recorder("/dev/full").invoked(0, Read{1, {}}, "n1", -1); }
  EXPECT_NE(testing::internal::GetCapturedStderr().find("/dev/full"), std::string::npos);
}

TEST(Recorder, AFileThatCannotBeMadeIsNamed) {
  const Scratch scratch;
  EXPECT_THROW(Recorder(scratch / "absent" / "h.jsonl"), Error);
}

}  // namespace
}  // namespace tribunal
