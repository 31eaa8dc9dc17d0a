// Opens reports in a headless Chromium, where there is one, and asks the page what it drew.
#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "tests/reports/reports_fixture.h"

namespace tribunal {
namespace {

std::string output_of(const std::string& command) {
  std::string output;
  FILE* pipe = ::popen(command.c_str(), "r");
  if (!pipe) return output;
  std::array<char, 65536> buffer{};
  while (const std::size_t got = std::fread(buffer.data(), 1, buffer.size(), pipe))
    output.append(buffer.data(), got);
  ::pclose(pipe);
  return output;
}

class Browser : public Reports {
 protected:
  void SetUp() override {
    for (const std::string name : {"chromium", "chromium-browser", "google-chrome"}) {
      if (output_of("command -v " + name + " 2>/dev/null").empty()) continue;
      browser_ = name;
      return;
    }
    GTEST_SKIP() << "no Chromium here: install it to test what the page draws";
  }

  // The page's body tag once its script has run.
  std::string body_of(const RunFolder& folder, const std::string& fragment = "") const {
    const auto page = parent_ / "page.html";
    std::ofstream(page, std::ios::binary) << written("html", folder);
    const std::string dom = dom_of("file://" + page.string() + fragment);
    const auto body = dom.find("<body");
    return body == std::string::npos ? dom : dom.substr(body);
  }

  std::string dom_of(const std::string& address) const {
    const auto profile = parent_ / "profile";
    const std::string dom =
        output_of(fmt::format("timeout 120 {} --headless --no-sandbox --disable-gpu --disable-quic "
                              "--no-first-run --disable-background-networking "
                              "--disable-component-update --disable-sync --user-data-dir='{}' "
                              "--virtual-time-budget=60000 --dump-dom '{}' 2>/dev/null",
                              browser_, profile.string(), address));
    std::error_code ignored;
    std::filesystem::remove_all(profile, ignored);
    return dom;
  }

  static std::string tag_of(const std::string& body) { return body.substr(0, body.find('>') + 1); }

  std::string browser_;
};

TEST_F(Browser, EveryOperationArrives) {
  const std::string tag = tag_of(
      body_of(make_sample(parent_, {.operations = 20'000, .judgement = Judgement::violated})));
  EXPECT_NE(tag.find("data-operations=\"20000\""), std::string::npos) << tag;
  EXPECT_NE(tag.find("data-faults=\"3\""), std::string::npos) << tag;
  EXPECT_NE(tag.find("data-counterexamples=\"1\""), std::string::npos) << tag;
  EXPECT_EQ(tag.find("data-error"), std::string::npos) << tag;
}

TEST_F(Browser, DrawsTheCounterexampleAndItsNeighbours) {
  const std::string body =
      body_of(make_sample(parent_, {.operations = 20'000, .judgement = Judgement::violated}));
  EXPECT_EQ(count_of(body, "[object"), 0U) << "an element shown as text";
  EXPECT_EQ(count_of(body, "class=\"process\""), 3U) << "a lane for each";
  EXPECT_EQ(count_of(body, "class=\"box "), 3U);
  EXPECT_EQ(count_of(body, "class=\"arrow "), 4U);
  EXPECT_EQ(count_of(body, "class=\"exhibit\""), 3U) << "in the table of operations around it";
}

TEST_F(Browser, AFragmentChoosesAnOperation) {
  const std::string body = body_of(make_sample(parent_, {.operations = 2'000}), "#op=0");
  EXPECT_NE(body.find("Operation #0"), std::string::npos);
  EXPECT_EQ(count_of(body, "class=\"chosen\""), 1U);
  EXPECT_EQ(count_of(body, "[object"), 0U);
}

TEST_F(Browser, HostileTextStaysText) {
  const std::string body = body_of(make_hostile(parent_, hostile_text));
  const std::string tag = tag_of(body);
  EXPECT_NE(tag.find("data-operations=\"2\""), std::string::npos) << tag;
  EXPECT_EQ(tag.find("data-error"), std::string::npos) << tag;
  EXPECT_EQ(count_of(body, "<img"), 0U);
}

TEST_F(Browser, AnEmptyRunIsDrawn) {
  const std::string tag = tag_of(body_of(make_empty(parent_)));
  EXPECT_NE(tag.find("data-operations=\"0\""), std::string::npos) << tag;
  EXPECT_EQ(tag.find("data-error"), std::string::npos) << tag;
}

TEST_F(Browser, DamageIsSaidOnThePage) {
  std::string html = written("html", make_sample(parent_, {.operations = 300}));
  const auto at = html.find(">", html.find("id=\"column-time\"")) + 1;
  html.replace(at, html.find("</script>", at) - at, "AAAA");
  const auto page = parent_ / "damaged.html";
  std::ofstream(page, std::ios::binary) << html;
  const std::string dom = dom_of("file://" + page.string());
  EXPECT_NE(dom.find("data-error="), std::string::npos);
  EXPECT_NE(dom.find("could not be drawn in full"), std::string::npos);
}

TEST_F(Browser, AMillionOperations) {
  if (!std::getenv("TRIBUNAL_LARGE_TESTS")) GTEST_SKIP() << "set TRIBUNAL_LARGE_TESTS=1 to run it";
  const std::string tag = tag_of(body_of(
      make_sample(parent_, {.operations = 1'000'000, .workers = 60, .calls_a_second = 16'000})));
  EXPECT_NE(tag.find("data-operations=\"1000000\""), std::string::npos) << tag;
  EXPECT_EQ(tag.find("data-error"), std::string::npos) << tag;
}

}  // namespace
}  // namespace tribunal
