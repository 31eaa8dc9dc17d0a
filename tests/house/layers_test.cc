// The architecture, as a table: which room may include which. A new arrow is a decision, so it is
// made here.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>

namespace fs = std::filesystem;

namespace {

const std::map<std::string, std::set<std::string>> may_include = {
    {"harness/record", {}},
    {"harness/cluster", {"harness/record"}},
    {"harness/parts", {"harness/record", "harness/cluster"}},
    {"harness/run", {"harness/record", "harness/cluster", "harness/parts"}},
    {"harness/workloads", {"harness/record", "harness/parts"}},
    {"clients", {"harness/record", "harness/cluster", "harness/parts"}},
    {"nemesis", {"harness/record", "harness/cluster", "harness/parts"}},
    {"checkers", {"harness/record", "harness/parts"}},
    {"reports", {"harness/record", "harness/parts"}},
    {"harness/assemble",
     {"harness/record", "harness/cluster", "harness/parts", "harness/run", "harness/workloads",
      "clients", "nemesis", "checkers", "reports"}},
};

std::string room_of(const std::string& path) {
  std::string best;
  for (const auto& [room, allowed] : may_include) {
    if (path.starts_with(room + "/") && room.size() > best.size()) best = room;
  }
  return best;
}

// "file: room may not include x" for each wrong arrow in one file.
std::set<std::string> wrong_arrows(const fs::path& file, const std::string& room,
                                   const std::set<std::string>& allowed) {
  std::set<std::string> wrong;
  std::ifstream lines(file);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("#include \"")) continue;
    const auto target = room_of(line.substr(10));
    if (target == room || allowed.contains(target)) continue;
    wrong.insert(file.filename().string() + ": " + room + " may not have " + line);
  }
  return wrong;
}

TEST(Layers, EveryIncludeGoesDownTheFloors) {
  for (const auto& [room, allowed] : may_include) {
    const fs::path folder = fs::path(TRIBUNAL_SOURCE) / room;
    ASSERT_TRUE(fs::exists(folder)) << room;
    std::size_t files = 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      const auto kind = entry.path().extension();
      if (kind != ".cc" && kind != ".h") continue;
      ++files;
      EXPECT_EQ(wrong_arrows(entry.path(), room, allowed), std::set<std::string>{});
    }
    EXPECT_GT(files, 0u) << room;
  }
}

TEST(Layers, ACheckerMayNotIncludeTheRunner) {
  const auto file =
      fs::temp_directory_path() /
      ("layers_test_" + std::to_string(::testing::UnitTest::GetInstance()->random_seed()) + ".cc");
  std::ofstream(file) << "#include \"harness/run/run.h\"\n#include \"harness/record/history.h\"\n";
  EXPECT_EQ(wrong_arrows(file, "checkers", may_include.at("checkers")).size(), 1u);
  fs::remove(file);
}

}  // namespace
