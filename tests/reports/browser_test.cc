// Opens reports in a headless Chromium, where there is one, and asks the page what it drew.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>

#include "harness/record/history_file.h"
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

  // The same after `action`, statements that run in the page once it is drawn and leave `found` in
  // its body's data.
  std::string found_after(const RunFolder& folder, const std::string& action) const {
    std::string html = written("html", folder);
    const auto nonce_at = html.find("'nonce-") + 7;
    const std::string nonce = html.substr(nonce_at, html.find('\'', nonce_at) - nonce_at);
    const std::string script = fmt::format(
        "<script nonce=\"{}\">const byId = (id) => document.getElementById(id);"
        "const wait = (time) => new Promise((done) => setTimeout(done, time));"
        "(async () => {{ while (!document.body.dataset.drawn) await wait(50); {} }})();</script>",
        nonce, action);
    html.insert(html.rfind("</body>"), script);
    const auto page = parent_ / "acted.html";
    std::ofstream(page, std::ios::binary) << html;
    const std::string dom = dom_of("file://" + page.string());
    const auto at = dom.find("data-found=\"");
    return at == std::string::npos ? "" : dom.substr(at + 12, dom.find('"', at + 12) - at - 12);
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

std::uint64_t count_in(const History& history, const std::function<bool(const Operation&)>& test) {
  return static_cast<std::uint64_t>(
      std::count_if(history.operations.begin(), history.operations.end(), test));
}

TEST_F(Browser, FiltersFindWhatTheHistoryHolds) {
  const RunFolder folder = make_sample(parent_, {.operations = 5'000});
  const History history = read_history(folder.history());
  const auto on_key =
      count_in(history, [](const Operation& o) { return o.key == Value::integer(7); });
  const auto unknown =
      count_in(history, [](const Operation& o) { return o.outcome == Outcome::unknown; });
  const std::string set_key =
      "const key = byId('filters').querySelector('input'); key.value = '7';"
      "key.dispatchEvent(new Event('input')); await wait(400);"
      "document.body.dataset.found = byId('page-of').textContent;";
  const std::string key_found = found_after(folder, set_key);
  EXPECT_NE(key_found.find(fmt::format("of {} that match", on_key)), std::string::npos)
      << key_found;
  const std::string set_error =
      "const error = byId('filters').querySelector('input.wide'); error.value = 'TIMED OUT';"
      "error.dispatchEvent(new Event('input')); await wait(400);"
      "document.body.dataset.found = byId('page-of').textContent;";
  const std::string error_found = found_after(folder, set_error);
  EXPECT_NE(error_found.find(fmt::format("of {} that match", unknown)), std::string::npos)
      << error_found;
}

TEST_F(Browser, KeysZoomAndZeroShowsAll) {
  const std::string action =
      "const press = async (key) => { byId('chart').dispatchEvent(new KeyboardEvent('keydown', "
      "{key})); await wait(100); };"
      "const range = () => byId('range').textContent; const whole = range();"
      "await press('+'); const near = range(); await press('ArrowRight'); const moved = range(); "
      "await press('0');"
      "document.body.dataset.found = [near !== whole, moved !== near, range() === whole].join(' "
      "');";
  EXPECT_EQ(found_after(make_sample(parent_, {.operations = 2'000}), action), "true true true");
}

TEST_F(Browser, ADragShowsItsSpan) {
  const std::string action =
      "const chart = byId('chart'), box = chart.getBoundingClientRect(); chart.setPointerCapture = "
      "() => {};"
      "const send = (type, x) => chart.dispatchEvent(new PointerEvent(type, {clientX: box.left + "
      "x, clientY: box.top + 120, button: 0}));"
      "const whole = parseFloat(byId('range').textContent.split('\u2013')[1]);"
      "send('pointerdown', 200); send('pointermove', 300); send('pointerup', 300); await wait(200);"
      "const [from, to] = byId('range').textContent.split('\u2013').map(parseFloat);"
      "document.body.dataset.found = from > 0 && to < whole && to > from;";
  EXPECT_EQ(found_after(make_sample(parent_, {.operations = 2'000}), action), "true");
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
