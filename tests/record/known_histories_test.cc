// Every file of a collection of known histories is read, and as many records as its index says.
// The collection lies in the folder named by TRIBUNAL_HISTORIES, else beside the source tree.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include "harness/record/error.h"
#include "harness/record/history_file.h"

namespace tribunal {
namespace {

namespace fs = std::filesystem;

fs::path collection() {
  const char* named = std::getenv("TRIBUNAL_HISTORIES");
  if (named != nullptr) return named;
  return fs::path(TRIBUNAL_SOURCE).parent_path() / "shared/histories";
}

// Records by file, from INDEX.tsv.
std::map<std::string, std::size_t> indexed(const fs::path& folder) {
  std::map<std::string, std::size_t> records;
  std::ifstream file(folder / "INDEX.tsv");
  for (std::string line; std::getline(file, line);) {
    std::istringstream columns(line);
    std::string name, column;
    std::getline(columns, name, '\t');
    for (int i = 0; i < 4; ++i) std::getline(columns, column, '\t');
    if (name != "file") records[name] = std::stoul(column);
  }
  return records;
}

bool is_history(const fs::path& file) {
  if (file.filename() == "cases.edn" || file.filename() == "expected.jsonl") return false;
  for (const char* extension : {".edn", ".json", ".log", ".txt"}) {
    if (file.extension() == extension) return true;
  }
  return false;
}

// Some break the rules of a history: one has concurrent calls without processes, and unit tests of
// checkers are often completions only.
bool may_be_refused(const std::string& file, const std::string& why) {
  if (file.ends_with("comments.edn")) return why.find("'process'") != why.npos;
  if (!file.starts_with("from-tests")) return false;
  return why.find("completes a call that it did not invoke") != why.npos ||
         why.find("invokes while its call") != why.npos ||
         why.find("invokes after an answer of its was lost") != why.npos;
}

// Written as EDN and read again, a history is the same, to the last field.
void expect_round_trip(const History& history, const std::string& file) {
  ReadOptions options;
  const bool keyed = std::any_of(history.operations.begin(), history.operations.end(),
                                 [](const Operation& one) { return !one.key.is_nil(); });
  options.keyed = keyed ? ReadOptions::Keyed::yes : ReadOptions::Keyed::no;
  const std::string edn = write_edn(history);
  try {
    const History again = parse_any_history(edn, file + " as EDN", options);
    EXPECT_TRUE(write_history(again) == write_history(history)) << file;
    EXPECT_TRUE(write_edn(again) == edn) << file;
  } catch (const Error& error) {
    ADD_FAILURE() << error.what();
  }
}

TEST(KnownHistories, EachIsReadInFullAndWrittenAgain) {
  const fs::path folder = collection();
  if (!fs::exists(folder / "INDEX.tsv")) {
    GTEST_SKIP() << "no collection of histories in " << folder << "; TRIBUNAL_HISTORIES names one";
  }
  const auto index = indexed(folder);
  std::size_t read = 0, counted = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file() || !is_history(entry.path())) continue;
    const std::string file = fs::relative(entry.path(), folder).string();
    try {
      const History history = read_history(entry.path());
      ++read;
      EXPECT_FALSE(history.truncated) << file;
      expect_round_trip(history, file);
      const auto known = index.find(file);
      if (known == index.end()) continue;
      ++counted;
      EXPECT_EQ(history.events, known->second) << file;
    } catch (const Error& error) {
      EXPECT_TRUE(may_be_refused(file, error.what())) << error.what() << "\n" << error.fix();
    }
  }
  EXPECT_GT(read, 0U);
  EXPECT_GT(counted, 0U);
}

}  // namespace
}  // namespace tribunal
