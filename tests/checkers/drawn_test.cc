// Every drawn history under tests/histories is judged as its header says.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "checkers/catalogue.h"
#include "harness/parts/catalogue.h"
#include "tests/checkers/drawing.h"

namespace tribunal {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> drawn_cases() {
  std::vector<std::string> names;
  const fs::path root = fs::path(TRIBUNAL_SOURCE) / "tests" / "histories";
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (entry.path().extension() == ".history")
      names.push_back(fs::relative(entry.path(), root).string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

Drawing read_drawing(const std::string& name) {
  std::ifstream file(fs::path(TRIBUNAL_SOURCE) / "tests" / "histories" / name);
  std::ostringstream text;
  text << file.rdbuf();
  return parse_drawing(text.str());
}

class Drawn : public ::testing::TestWithParam<std::string> {};

TEST_P(Drawn, IsJudgedAsItsHeaderSays) {
  Drawing drawing = read_drawing(GetParam());
  const auto model = drawing.options.find("model");
  const std::string folder =
      drawing.checker + (model == drawing.options.end() ? "" : "-" + model->second);
  ASSERT_EQ(fs::path(GetParam()).parent_path().string(), folder);
  CheckOptions options;
  for (const auto& [name, value] : drawing.options) {
    if (name == "initial") {
      options.initial = parse_value(value, drawing.history.values);
    } else {
      options.more[name] = value;
    }
  }
  const Verdict verdict =
      find(checkers(), "checker", drawing.checker).check(drawing.history, options, Budget{});
  EXPECT_EQ(name_of(verdict.judgement), drawing.expected) << verdict.reason;
  EXPECT_EQ(verdict.judgement == Judgement::violated, !verdict.evidence.empty());
  if (verdict.evidence.empty()) return;
  const Evidence& evidence = verdict.evidence.front();
  RecordProperty("sentence", evidence.sentence);
  if (std::getenv("TRIBUNAL_SHOW") != nullptr) std::printf("%s\n", evidence.sentence.c_str());
  EXPECT_FALSE(evidence.exhibits.empty());
  EXPECT_LE(evidence.exhibits.size(), 10u);
  if (!drawing.anomaly.empty()) {
    EXPECT_EQ(evidence.anomaly, drawing.anomaly);
  }
  for (const Arrow& arrow : evidence.arrows) {
    ASSERT_LT(std::max(arrow.from, arrow.to), evidence.exhibits.size());
    if (arrow.why == "real time") {
      EXPECT_LT(evidence.exhibits[arrow.from].ended, evidence.exhibits[arrow.to].began);
    }
  }
}

std::string test_name(const ::testing::TestParamInfo<std::string>& drawn) {
  std::string name = drawn.param.substr(0, drawn.param.rfind('.'));
  std::replace_if(
      name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Histories, Drawn, ::testing::ValuesIn(drawn_cases()), test_name);

}  // namespace
}  // namespace tribunal
