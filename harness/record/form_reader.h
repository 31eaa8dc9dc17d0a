// Turns EDN, Clojure's notation, and JSON that is known to be valid into values of a history, in
// one pass over the bytes and without a tree. Keywords, symbols and characters become texts; sets
// become lists in an order of their own; of a tagged value, only the value counts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/record/line.h"
#include "harness/record/value.h"

namespace tribunal {

// A cursor over the forms of a text. Whatever is malformed throws Error(usage) with its place.
class FormReader {
 public:
  enum class Notation : std::uint8_t { edn, json };

  FormReader(Values& values, Notation notation) : values_(values), notation_(notation) {}

  // What is read next, from so many bytes on. The line, which may be a whole file, must outlive the
  // reading.
  void start(const Line& line, std::size_t offset = 0);

  // Goes to the next value or closing bracket, past blanks, comments, discarded forms and tags.
  bool next();                        // false: there is none
  char peek() const { return *at_; }  // pre: next()
  const char* here() const { return at_; }
  void pass() { ++at_; }      // pre: peek() is what the caller makes something of
  bool closes(char bracket);  // goes on; passes the bracket if it is next

  void pass_separator();  // goes on from a key of a map to its value

  // These consume the value at the cursor; pre: next().
  Value read();
  void skip();
  void read_list();                               // of brackets; on top of what list() holds
  std::string_view read_name(std::string& held);  // of a text, keyword or symbol; else as it stands
  bool read_nil();                                // consumes nothing but a nil

  std::span<const Value> list() const { return {stack_.data(), stack_.size()}; }
  void clear() { stack_.clear(); }

  [[noreturn]] void fail(const char* at, const std::string& why);

 private:
  class Nesting;

  void pass_dispatch(const char*& owed);
  void push_until(char closing);
  Value read_map();
  Value read_set();
  Value read_token();
  std::optional<std::int64_t> read_short_number();
  Value read_number(std::string_view token);
  Value read_character();
  std::string_view token();
  std::string_view string(std::string& held);
  void append_escape(const char*& at, const char* end, std::string& out);
  std::uint32_t hexadecimal(const char*& at, const char* end);
  void skip_string();
  void skip_collection(char closing);
  void append_json(std::string& out, Value value) const;
  [[noreturn]] void fail_at_end();

  Values& values_;
  Notation notation_;
  const Line* line_ = nullptr;
  const char* at_ = nullptr;
  const char* end_ = nullptr;
  int depth_ = 0;
  std::vector<Value> stack_;  // elements of the collections being read
  std::string held_;
};

// Throws Error(usage) with the place of the first byte that is not UTF-8.
void check_utf8(const Line& line);

}  // namespace tribunal
