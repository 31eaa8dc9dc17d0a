// Turns JSON, as simdjson walks it, into values of a history. It checks every byte that it passes.
#pragma once

#include <simdjson.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/record/line.h"
#include "harness/record/value.h"

namespace tribunal {

// Reads the values of one line after another. Each function consumes the value, or throws
// Error(usage) with its place.
class ValueReader {
 public:
  using Json = simdjson::ondemand::value;

  explicit ValueReader(Values& values) : values_(values) {}

  // Whose values come next, and then how far the parser is in them; both must outlive the values.
  void start(const Line& line);
  void walk(simdjson::ondemand::document& document) { document_ = &document; }

  Value read(Json& json, int depth = 1);
  void read_list(Json& json);  // one a line; list() then gives its elements
  std::span<const Value> list() const { return {stack_.data(), stack_.size()}; }
  std::string_view read_literal(Json& json);  // its text without blanks; good until the next call
  std::string_view read_text(Json& json);     // of a string
  bool is_null(Json& json) const;             // consumes nothing but a null

  [[noreturn]] void fail_as_json(simdjson::error_code code) const;

 private:
  void push_elements(Json& json, int depth);
  void append_literal(Json& json, int depth);
  void append_array(Json& json, int depth);
  void append_object(Json& json, int depth);
  simdjson::ondemand::json_type type_of(Json& json) const;
  void check_depth(int depth) const;
  const char* here() const;

  Values& values_;
  const Line* line_ = nullptr;
  simdjson::ondemand::document* document_ = nullptr;  // null: there is none
  std::vector<Value> stack_;                          // elements of the lists being read
  std::string literal_;                               // being built
};

}  // namespace tribunal
