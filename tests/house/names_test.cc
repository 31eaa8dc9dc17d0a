// Two types of one name in one program are undefined behaviour, and no compiler or linker says so:
// the functions of one are taken for those of the other.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>

namespace fs = std::filesystem;

namespace {

using Places = std::map<std::string, std::set<std::string>>;  // of types, by their names

// Types at the top of a file, but those of a namespace without a name.
void find_types(const fs::path& file, Places& places) {
  static const std::regex type(
      "^(template <.*> )?(struct|class|enum class) ([A-Za-z0-9_]+)( final)?( :[^:].*| \\{.*)$");
  std::ifstream lines(file);
  bool own = false;
  std::smatch found;
  for (std::string line; std::getline(lines, line);) {
    if (line == "namespace {") own = true;
    if (line == "}  // namespace") own = false;
    if (!own && std::regex_match(line, found, type)) places[found[3]].insert(file.string());
  }
}

TEST(Names, EachTypeOfTheProgramHasANameOfItsOwn) {
  Places places;
  for (const char* room : {"harness", "nemesis", "clients", "checkers", "reports"}) {
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(TRIBUNAL_SOURCE) / room)) {
      const auto kind = entry.path().extension();
      const bool another_program =
          entry.path().string().find("clients/quorum/server") != std::string::npos;
      if ((kind == ".cc" || kind == ".h") && !another_program) find_types(entry.path(), places);
    }
  }
  EXPECT_GT(places.size(), 300u);
  for (const auto& [name, files] : places)
    EXPECT_EQ(files.size(), 1u) << name << " is in " << *files.begin() << " and in "
                                << *files.rbegin();
}

TEST(Names, TwoOfOneNameAreSeen) {
  const auto folder = fs::path(::testing::TempDir());
  const std::string mine = std::to_string(::testing::UnitTest::GetInstance()->random_seed());
  Places places;
  for (const char* name : {"one", "other"}) {
    const auto file = folder / ("names_test_" + mine + name + ".h");
    std::ofstream(file) << "namespace tribunal {\nnamespace {\nstruct Own {};\n}  // namespace\n"
                        << "struct Same {\nclass Held;\n};\nstruct Same::Part {};\n";
    find_types(file, places);
    fs::remove(file);
  }
  EXPECT_EQ(places.size(), 1u);
  EXPECT_EQ(places["Same"].size(), 2u);
}

}  // namespace
