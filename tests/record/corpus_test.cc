// What the fuzzer once found stays found: its corpus is replayed in every build.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "harness/record/error.h"
#include "harness/record/history_file.h"
#include "harness/record/run_folder.h"

namespace tribunal {
namespace {

TEST(FuzzCorpus, EveryInputIsReadAndWrittenBackOrRefused) {
  int read = 0, refused = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::string(TRIBUNAL_SOURCE) + "/tests/fuzz/corpus")) {
    const std::string text = read_file(entry.path());
    std::string once;
    try {
      once = write_history(parse_history(text, "corpus"));
      ++read;
    } catch (const Error& error) {
      EXPECT_LT(std::string(error.what()).size(), 1000U) << entry.path();
      ++refused;
      continue;
    }
    EXPECT_EQ(write_history(parse_history(once, "written")), once) << entry.path();
  }
  EXPECT_GT(read, 0);
  EXPECT_GT(refused, 0);
}

TEST(FuzzCorpus, EveryInputOfOtherFormatsIsReadAndWrittenBackOrRefused) {
  int read = 0, refused = 0;
  for (const auto& entry : std::filesystem::directory_iterator(std::string(TRIBUNAL_SOURCE) +
                                                               "/tests/fuzz/edn_corpus")) {
    const std::string text = read_file(entry.path());
    History history;
    try {
      history = parse_any_history(text, "corpus");
      ++read;
    } catch (const Error& error) {
      EXPECT_LT(std::string(error.what()).size(), 1000U) << entry.path();
      ++refused;
      continue;
    }
    const std::string once = write_history(history);
    EXPECT_EQ(write_history(parse_history(once, "written")), once) << entry.path();
  }
  EXPECT_GT(read, 0);
  EXPECT_GT(refused, 0);
}

}  // namespace
}  // namespace tribunal
