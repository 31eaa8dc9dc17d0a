#include "reports/escape.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/record/random.h"

namespace tribunal {
namespace {

TEST(Escape, MarkupHasNoMarkupLeft) {
  EXPECT_EQ(markup_escaped("<a href=\"x\" b='y'>&amp;"),
            "&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;amp;");
  EXPECT_EQ(markup_escaped("plain é 漢 😀"), "plain é 漢 😀");
}

TEST(Escape, BrokenTextIsRepairedByteByByte) {
  EXPECT_EQ(repaired("a\xff"
                     "b"),
            "a\xef\xbf\xbd"
            "b");
  EXPECT_EQ(repaired("\xe2\x82"), "\xef\xbf\xbd\xef\xbf\xbd");
  EXPECT_EQ(repaired("\xed\xa0\x80").find("\xed"), std::string::npos) << "a surrogate";
  EXPECT_EQ(repaired("\xc0\xaf").find("\xc0"), std::string::npos) << "an overlong form";
  EXPECT_EQ(repaired("\xef\xbf\xbf").find("\xbf\xbf"), std::string::npos) << "no character in XML";
  EXPECT_EQ(repaired(std::string("a\0b", 3)),
            "a\xef\xbf\xbd"
            "b");
  EXPECT_EQ(repaired("tab\there\n"), "tab\there\n");
}

TEST(Escape, DirectionCannotBeTurnedRound) {
  EXPECT_EQ(repaired("\xe2\x80\xaex"), "\xef\xbf\xbdx");
}

TEST(Escape, MarkdownStaysInItsCell) {
  EXPECT_EQ(markdown_escaped("a|b\nc"), "a\\|b c");
  EXPECT_EQ(markdown_escaped("`x` <b>"), "\\`x\\` &lt;b&gt;");
}

TEST(Escape, ScriptJsonMeansTheSame) {
  const nlohmann::json value = {{"k", "</script><!--&"}};
  const std::string escaped = script_escaped(value.dump());
  EXPECT_EQ(escaped.find('<'), std::string::npos);
  EXPECT_EQ(nlohmann::json::parse(escaped), value);
}

TEST(Escape, AnyBytesBecomeValidText) {
  Random random(1);
  for (int round = 0; round < 2000; ++round) {
    std::string bytes(random.below(40), '\0');
    for (char& c : bytes)
      c = static_cast<char>(random.below(3) == 0 ? random.below(256) : 0xc0 + random.below(64));
    const std::string text = repaired(bytes);
    EXPECT_NO_THROW(nlohmann::json(text).dump()) << "dump() throws on invalid UTF-8";
    EXPECT_EQ(repaired(text), text);
  }
}

TEST(Escape, ClippedBetweenCharacters) {
  EXPECT_EQ(clipped("abc", 3), "abc");
  EXPECT_EQ(clipped("abcd", 3), "abc…");
  EXPECT_EQ(clipped("aéb", 2), "a…");
}

}  // namespace
}  // namespace tribunal
