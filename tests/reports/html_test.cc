#include <zlib.h>

#include <regex>

#include "harness/record/history_file.h"
#include "reports/headline.h"
#include "reports/html/columns.h"
#include "reports/html/packed.h"
#include "tests/reports/reports_fixture.h"

namespace tribunal {
namespace {

using HtmlReport = Reports;

// Whatever a page may load from: attributes and style sheets that hold an address.
std::vector<std::string> external_addresses(const std::string& html) {
  static const std::regex address(
      R"re((?:src|href|action|data|srcset)\s*=\s*["']?\s*(?:https?:|//)|url\(\s*["']?(?:https?:|//)|@import)re");
  std::vector<std::string> found;
  for (std::sregex_iterator at(html.begin(), html.end(), address), end; at != end; ++at)
    found.push_back(at->str());
  return found;
}

TEST_F(HtmlReport, IsWholeAndAsksTheNetworkForNothing) {
  const std::string html = written("html", make_sample(parent_, {.operations = 300}));
  EXPECT_EQ(html.find("<!DOCTYPE html>"), 0U);
  EXPECT_EQ(html.substr(html.size() - 8), "</html>\n");
  EXPECT_EQ(html.find("{{"), std::string::npos) << "a slot was not filled";
  EXPECT_EQ(external_addresses(html), std::vector<std::string>{});
  EXPECT_EQ(count_of(html, "http://"), 1U) << "but for the name of SVG's namespace";
  EXPECT_NE(html.find("default-src 'none'"), std::string::npos);
}

TEST_F(HtmlReport, OpensWithTheVerdict) {
  const std::string html = written(
      "html", make_sample(parent_, {.operations = 20'000, .judgement = Judgement::violated}));
  EXPECT_NE(html.find("<section id=\"verdict\" class=\"violated\""), std::string::npos);
  EXPECT_NE(html.find("<span class=\"word\">VIOLATED:</span> linearizable-register on key "),
            std::string::npos);
}

TEST_F(HtmlReport, HoldsNoMarkupOfTheDatabase) {
  const std::string clean = written("html", make_hostile(parent_, "innocent"));
  const std::string html = written("html", make_hostile(parent_, hostile_text));
  EXPECT_EQ(count_of(html, "<img"), 0U);
  EXPECT_EQ(count_of(html, "onerror=\""), 0U);
  EXPECT_EQ(count_of(html, "</script>"), count_of(clean, "</script>"));
  EXPECT_EQ(count_of(html, "<script"), count_of(clean, "<script"));
  EXPECT_EQ(count_of(html, "<!--"), 0U);
}

Verdict with_curve(const std::string& curve) {
  Verdict verdict;
  verdict.checker = "staleness";
  verdict.figures = {{"staleness", "100 reads"}, {"fresh by time since the write", curve}};
  return verdict;
}

TEST_F(HtmlReport, DrawsHowFreshReadsAre) {
  const RunFolder folder = make_sample(parent_, {.operations = 300});
  folder.write_verdicts({with_curve(
      "1 ms 0.9120 (0.8900-0.9300) of 1,234; 20 ms 0.9800 (0.9600-0.9900) of 99; 2 s 1.0000 "
      "(0.9950-1.0000) of 1,000")});
  const std::string html = written("html", folder);
  EXPECT_EQ(count_of(html, "<figure class=\"curve\">"), 1U);
  EXPECT_EQ(count_of(html, "<circle cx="), 3U);
  EXPECT_NE(html.find("from 20 ms: 98.00 % fresh (96.00 to 99.00 %) of 99 pairs"),
            std::string::npos);
  EXPECT_NE(html.find(">80 %</text>"), std::string::npos) << "the axis begins below the interval";
}

TEST_F(HtmlReport, DrawsNoCurveOfWhatIsNone) {
  const RunFolder folder = make_sample(parent_, {.operations = 300});
  for (const char* text :
       {"", "soon", "1 ms 0.9 (0.8-1.2) of 5", "1 ms nan (nan-nan) of 5", "1 h 0.9 (0.8-1) of 5",
        "2 ms 0.9 (0.8-1) of 5; 1 ms 0.9 (0.8-1) of 5", "1 ms 0.9 (0.8-1) of <b>"}) {
    folder.write_verdicts({with_curve(text)});
    EXPECT_EQ(count_of(written("html", folder), "<figure class=\"curve\">"), 0U) << text;
  }
}

TEST_F(HtmlReport, TheSameFolderGivesTheSamePage) {
  const RunFolder folder = make_sample(parent_, {.operations = 300});
  EXPECT_EQ(written("html", folder), written("html", folder));
}

TEST_F(HtmlReport, ARunKilledHalfWaySaysSo) {
  const RunFolder folder = make_sample(parent_, {.operations = 300});
  std::filesystem::remove(folder.verdicts());
  std::filesystem::remove(folder.environment());
  std::filesystem::remove(folder.receipts());
  const std::string history = read_file(folder.history());
  write_file(folder.history(), history.substr(0, history.size() - 20));
  const std::string html = written("html", folder);
  EXPECT_NE(html.find("class=\"inconclusive\""), std::string::npos);
  EXPECT_NE(html.find("last line has no end"), std::string::npos);
  EXPECT_NE(html.find("Nothing was judged"), std::string::npos);
}

TEST_F(HtmlReport, AMalformedPartIsANoteAndNoException) {
  const RunFolder folder = make_sample(parent_, {.operations = 300});
  write_file(folder.verdicts(), "{ not json");
  write_file(folder.history(), "nor this\n");
  const std::string html = written("html", folder);
  EXPECT_NE(html.find("verdicts.json could not be read"), std::string::npos);
  EXPECT_NE(html.find("The history could not be read"), std::string::npos);
  EXPECT_NE(html.find("INCONCLUSIVE"), std::string::npos) << "never satisfied by default";
}

TEST(Packed, Base64HasItsThreeEndings) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("M"), "TQ==");
  EXPECT_EQ(base64("Ma"), "TWE=");
  EXPECT_EQ(base64("Man"), "TWFu");
  EXPECT_EQ(base64("\xff\xfe\xfd"), "//79");
}

std::vector<std::uint64_t> unpacked(const std::string& bytes) {
  std::vector<std::uint64_t> numbers;
  std::uint64_t number = 0;
  int shift = 0;
  for (const unsigned char c : bytes) {
    number |= std::uint64_t{c & 0x7fU} << shift;
    shift += 7;
    if (c < 0x80) numbers.push_back(std::exchange(number, 0)), shift = 0;
  }
  return numbers;
}

TEST_F(HtmlReport, ColumnsSayWhatTheHistorySays) {
  const History history = read_history(make_sample(parent_, {.operations = 2'000}).history());
  Columns columns = columns_of(history);
  ASSERT_EQ(columns.operations, history.operations.size());
  std::map<std::string, std::vector<std::uint64_t>> numbers;
  for (const auto& [name, bytes] : columns.columns) numbers[name] = unpacked(bytes);
  std::uint64_t began = 0, time = 0;
  for (std::size_t i = 0; i < history.operations.size(); ++i) {
    const Operation& operation = history.operations[i];
    began += numbers["began"][i];
    time += numbers["time"][i];
    ASSERT_EQ(began, operation.began);
    ASSERT_EQ(time, static_cast<std::uint64_t>(operation.invoked_at) / 1000);
    ASSERT_EQ(numbers["outcome"][i], static_cast<std::uint64_t>(operation.outcome));
    ASSERT_EQ(numbers["span"][i],
              operation.ended == Operation::never ? 0 : operation.ended - operation.began);
    ASSERT_EQ(numbers["key"][i], static_cast<std::uint64_t>(operation.key.as_integer()) * 4 + 1);
    ASSERT_EQ(numbers["value"][i] == 0, operation.value.is_nil());
  }
}

TEST(Columns, LongAndOddValuesStayShown) {
  History history;
  std::vector<Value> elements;
  for (int i = 0; i < 10'000; ++i) elements.push_back(Value::integer(i));
  Operation read;
  read.outcome = Outcome::ok;
  read.key = history.values.text("</script>");
  read.value = history.values.list(elements);
  read.to = Value::integer((std::int64_t{1} << 60) + 1);  // no double holds it
  history.operations = {read};
  const Columns columns = columns_of(history);
  ASSERT_EQ(columns.texts.size(), 3U);
  EXPECT_EQ(columns.texts[0], "\"</script>\"");
  EXPECT_LT(columns.texts[1].size(), 400U);
  EXPECT_NE(columns.texts[1].find("9999]"), std::string::npos) << columns.texts[1];
  EXPECT_NE(columns.texts[1].find("9972 more"), std::string::npos) << columns.texts[1];
  EXPECT_EQ(columns.texts[2], "1152921504606846977");
}

TEST(Headline, NamesTheFaultOfTheMoment) {
  RunRecord record;
  Receipt receipt;
  receipt.planned.fault = "partition";
  receipt.detail = "n1 | n2 n3";
  receipt.installed = 1'000'000'000;
  receipt.healed = 3'000'000'000;
  record.receipts = {receipt};
  EXPECT_EQ(faults_at(record, 999'999'999), "");
  EXPECT_EQ(faults_at(record, 2'000'000'000), "during partition: n1 | n2 n3");
  EXPECT_EQ(faults_at(record, 3'800'000'000), "0.8 s after partition: n1 | n2 n3 had healed");
  EXPECT_EQ(faults_at(record, 9'000'000'000), "");
}

}  // namespace
}  // namespace tribunal
