// Values are equal iff their bits are, whatever they were made of.
#include "harness/record/value.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "harness/record/history.h"

namespace tribunal {
namespace {

TEST(Values, EqualTextsListsAndLiteralsAreOneValue) {
  Values values;
  const std::vector<Value> pair = {Value::integer(1), values.text("a")};
  EXPECT_EQ(values.text("a"), values.text(std::string("a")));
  EXPECT_EQ(values.list(pair), values.list(pair));
  EXPECT_EQ(values.literal("1.5"), values.literal("1.5"));
  EXPECT_NE(values.text("a"), values.text("b"));
  EXPECT_NE(values.text("1.5"), values.literal("1.5"));
  EXPECT_NE(values.text(""), values.list({}));
  EXPECT_NE(values.list({}), Value::nil());
}

TEST(Values, ManyAreKeptApartAndFoundAgain) {
  Values values;
  std::vector<Value> texts, lists;
  for (int i = 0; i < 20000; ++i) {
    texts.push_back(values.text("text " + std::to_string(i)));
    lists.push_back(values.list(std::vector<Value>{Value::integer(i), texts.back()}));
  }
  for (int i = 0; i < 20000; ++i) {
    const auto place = static_cast<std::size_t>(i);
    ASSERT_EQ(values.text_of(texts[place]), "text " + std::to_string(i));
    ASSERT_EQ(values.text("text " + std::to_string(i)), texts[place]);
    ASSERT_EQ(values.elements(lists[place])[0], Value::integer(i));
    ASSERT_EQ(values.elements(lists[place])[1], texts[place]);
  }
  EXPECT_GT(values.bytes(), 20000 * (sizeof "text 10000" + 2 * sizeof(Value)));
  EXPECT_LT(values.bytes(), std::size_t{20000} * 200);
}

TEST(Values, NumbersOfAnySizeShowThemselves) {
  Values values;
  for (const std::int64_t i : {std::int64_t{0}, std::int64_t{-7}, (std::int64_t{1} << 61) - 1,
                               std::int64_t{1} << 61, INT64_MAX, INT64_MIN}) {
    EXPECT_EQ(values.show(values.number(i)), std::to_string(i));
    EXPECT_EQ(values.number(i).is_integer(), Value::fits(i));
  }
}

TEST(Values, ShowAsJsonEvenWhatIsNoUtf8) {
  Values values;
  const Value text = values.text("a\"b\n");
  const std::vector<Value> inner = {Value::integer(2), Value::nil()};
  const std::vector<Value> outer = {text, values.list(inner)};
  EXPECT_EQ(values.show(values.list(outer)), R"(["a\"b\n", [2, null]])");
  EXPECT_EQ(values.show(values.text("\xff")), "\"\xEF\xBF\xBD\"");
}

TEST(History, ShowsACallInTheWordsOfItsReader) {
  History history;
  history.functions = {"upsert"};
  Operation operation;
  operation.key = Value::integer(3);
  operation.outcome = Outcome::ok;
  EXPECT_EQ(history.show(operation), "read 3 -> null");
  operation.value = Value::integer(17);
  EXPECT_EQ(history.show(operation), "read 3 -> 17");
  operation.outcome = Outcome::unknown;
  EXPECT_EQ(history.show(operation), "read 3");
  operation.function = Function::write;
  EXPECT_EQ(history.show(operation), "write 3 17");
  operation.function = Function::cas;
  operation.to = Value::integer(18);
  EXPECT_EQ(history.show(operation), "cas 3 17 -> 18");
  operation.function = Function::first_unnamed;
  operation.key = Value::nil();
  EXPECT_EQ(history.show(operation), "upsert 17");
}

}  // namespace
}  // namespace tribunal
