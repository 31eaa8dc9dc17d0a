// Reads lines of JSON as programs write them, which are nearly all: no escapes, no letters beyond
// ASCII, known fields. Whatever else comes it leaves to others, and so it never has to say why.
#pragma once

#include <span>
#include <vector>

#include "harness/record/record_line.h"

namespace tribunal {

class PlainLine {
 public:
  explicit PlainLine(Values& values) : values_(values) {}

  // The record of this line, good until the next line is read; null: it is not plain, and may be
  // malformed.
  const Record* read(const Line& line);

 private:
  bool read_object();
  bool read_field(Record::Field field);
  bool read_process();
  bool read_type();
  bool read_value();
  bool read_scalar(Value& value);
  bool read_element(Value& value, int depth);
  bool push_elements(int depth);
  bool read_whole(std::int64_t& number, std::int64_t most);
  bool read_integer(std::int64_t& number);
  bool read_text(std::string_view& text);
  bool take(std::string_view word);
  bool take(char c);
  void pass_blanks();

  Values& values_;
  const char* at_ = nullptr;
  const char* end_ = nullptr;
  Record record_;
  std::uint32_t given_ = 0;   // bits of the fields seen
  std::vector<Value> stack_;  // elements of the lists being read
};

}  // namespace tribunal
