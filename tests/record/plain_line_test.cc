// The quick reader of plain lines and the thorough one agree on every line that both read.
#include "harness/record/plain_line.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace tribunal {
namespace {

std::string described(const Record& record, const Values& values) {
  std::string text;
  for (std::size_t i = 0; i < Record::fields; ++i) text += record.at[i] != nullptr ? '+' : '-';
  for (const auto number :
       {static_cast<std::int64_t>(record.index), record.time, record.intended, record.version,
        std::int64_t{record.process}, std::int64_t{record.fault}, std::int64_t{record.nemesis},
        static_cast<std::int64_t>(record.type), std::int64_t{record.value_is_list}}) {
    text += " " + std::to_string(number);
  }
  text += " " + values.show(record.key) + " " + values.show(record.value);
  for (const Value element : record.elements) text += " " + values.show(element);
  for (const auto word : {record.f, record.node, record.error})
    text += " '" + std::string(word) + "'";
  return text;
}

// With a blank in front, which the quick reader leaves to the thorough one.
std::string thorough(const std::string& text) {
  const std::string file = "test", padded = " " + text + std::string(Line::padding, ' ');
  Values values;
  RecordReader reader(values);
  const Line line{file, 1, std::string_view(padded).substr(0, text.size() + 1)};
  return described(reader.read(line), values);
}

bool quick(const std::string& text, std::string& found) {
  const std::string file = "test", padded = text + std::string(Line::padding, ' ');
  Values values;
  PlainLine reader(values);
  const Line line{file, 1, std::string_view(padded).substr(0, text.size())};
  const Record* record = reader.read(line);
  if (record != nullptr) found = described(*record, values);
  return record != nullptr;
}

const std::vector<std::string> plain = {
    R"({"index":0,"time":12873,"process":0,"type":"invoke","f":"write","key":3,"value":17,"node":"n1"})",
    R"({"index":2,"time":1,"process":"nemesis","type":"info","f":"start-kill","value":"n1","fault":0})",
    R"({"process":4294967295,"type":"ok","f":"read","key":null,"value":null,"version":7,"error":null})",
    R"({"process":1,"type":"ok","f":"txn","value":[["append",8,-1],["r",8,[1,2]],[],null]})",
    R"({ "process" : 1, "type": "fail", "f": "cas", "value": [ 1 , 2 ], "error": "no", "intended": 3 })",
    R"({"process":1,"type":"ok","f":"x","key":"a","value":999999999999999999})",
};

TEST(PlainLine, ReadsWhatProgramsWrite) {
  for (const auto& text : plain) {
    std::string found;
    EXPECT_TRUE(quick(text, found)) << text;
    EXPECT_EQ(found, thorough(text)) << text;
  }
}

TEST(PlainLine, LeavesTheOddToOthers) {
  for (const char* text :
       {R"({"process":1,"type":"ok","f":"a\"b","value":1})", R"({"process":1,"type":"ok","f":"é"})",
        R"({"process":1,"type":"ok","f":"x","value":1.5})",
        R"({"process":1,"type":"ok","f":"x","value":{}})",
        R"({"process":1,"type":"ok","f":"x","value":9999999999999999999})",
        R"({"process":1,"type":"ok","f":"x","value":01})", R"({"process":-1,"type":"ok","f":"x"})",
        R"({"process":1,"type":"ok","f":"x","process":1})", R"({"process":1,"type":"ok"})",
        R"({"process":1,"type":"ok","f":""})", R"({"process":1,"type":"ok","f":"x"} x)",
        R"({"process":1,"type":"ok","f":"x",})", R"({"process":null,"type":"ok","f":"x"})",
        R"({"process":1,"type":"ok","f":"x","other":1})", R"({"process":1,"type":"ok","f":"x")",
        "{", ""}) {
    std::string found;
    EXPECT_FALSE(quick(text, found)) << text;
  }
}

// Bytes of plain lines are changed, cut and doubled: whatever is still plain must be valid, and
// mean the same.
TEST(PlainLine, AgreesOnDamagedLines) {
  std::mt19937 random(7);
  const std::string bytes = "{}[]\",: \\0123456789-.eE+ntrufalsxy\t\x7f\xc3";
  int read = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string text = plain[random() % plain.size()];
    for (auto changes = random() % 3 + 1; changes > 0; --changes) {
      const std::size_t place = random() % text.size();
      const auto how = random() % 3;
      if (how == 0) text[place] = bytes[random() % bytes.size()];
      if (how == 1) text.erase(place, 1 + random() % 3);
      if (how == 2) text.insert(place, 1, bytes[random() % bytes.size()]);
      if (text.empty()) text = "{";
    }
    std::string found;
    if (!quick(text, found)) continue;
    ++read;
    ASSERT_EQ(found, thorough(text)) << text;
  }
  EXPECT_GT(read, 500);
}

}  // namespace
}  // namespace tribunal
