#include "harness/record/value_reader.h"

#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

namespace tribunal {
namespace {

namespace ondemand = simdjson::ondemand;
using simdjson::error_code;
using simdjson::SUCCESS;

static_assert(Line::padding >= simdjson::SIMDJSON_PADDING);

constexpr int depth_limit = 64;

std::string quoted(std::string_view text) { return nlohmann::json(text).dump(); }

}  // namespace

void ValueReader::start(const Line& line) {
  line_ = &line;
  document_ = nullptr;
  stack_.clear();
}

Value ValueReader::read(Json& json, int depth) {
  std::int64_t number = 0;
  if (json.get_int64().get(number) == SUCCESS) return values_.number(number);
  switch (type_of(json)) {
    case ondemand::json_type::null:
      if (!is_null(json)) fail_as_json(simdjson::N_ATOM_ERROR);
      return Value::nil();
    case ondemand::json_type::string:
      return values_.text(read_text(json));
    case ondemand::json_type::array: {
      const std::size_t base = stack_.size();
      push_elements(json, depth);
      const Value list = values_.list({stack_.data() + base, stack_.size() - base});
      stack_.resize(base);
      return list;
    }
    default:
      literal_.clear();
      append_literal(json, depth);
      return values_.literal(literal_);
  }
}

void ValueReader::read_list(Json& json) { push_elements(json, 1); }

std::string_view ValueReader::read_literal(Json& json) {
  literal_.clear();
  append_literal(json, 1);
  return literal_;
}

std::string_view ValueReader::read_text(Json& json) {
  std::string_view text;
  const error_code code = json.get_string().get(text);
  if (code != SUCCESS) fail_as_json(code);
  return text;
}

bool ValueReader::is_null(Json& json) const {
  bool null = false;
  return json.is_null().get(null) == SUCCESS && null;
}

void ValueReader::push_elements(Json& json, int depth) {
  check_depth(depth);
  ondemand::array array;
  error_code code = json.get_array().get(array);
  if (code != SUCCESS) fail_as_json(code);
  for (auto item : array) {
    Json element;
    if ((code = std::move(item).get(element)) != SUCCESS) fail_as_json(code);
    stack_.push_back(read(element, depth + 1));
  }
}

void ValueReader::append_literal(Json& json, int depth) {
  check_depth(depth);
  switch (type_of(json)) {
    case ondemand::json_type::null:
      if (!is_null(json)) fail_as_json(simdjson::N_ATOM_ERROR);
      literal_ += "null";
      break;
    case ondemand::json_type::boolean: {
      bool boolean = false;
      const error_code code = json.get_bool().get(boolean);
      if (code != SUCCESS) fail_as_json(code);
      literal_ += boolean ? "true" : "false";
      break;
    }
    case ondemand::json_type::number: {
      const std::string_view raw = json.raw_json_token();
      double number = 0;
      const error_code code = json.get_double().get(number);
      if (code != SUCCESS) fail_as_json(code);
      literal_ += raw.substr(0, raw.find_first_of(" \t\r\n"));
      break;
    }
    case ondemand::json_type::string:
      literal_ += quoted(read_text(json));
      break;
    case ondemand::json_type::array:
      append_array(json, depth);
      break;
    case ondemand::json_type::object:
      append_object(json, depth);
      break;
  }
}

void ValueReader::append_array(Json& json, int depth) {
  ondemand::array array;
  error_code code = json.get_array().get(array);
  if (code != SUCCESS) fail_as_json(code);
  char separator = '[';
  for (auto item : array) {
    Json element;
    if ((code = std::move(item).get(element)) != SUCCESS) fail_as_json(code);
    literal_ += separator;
    separator = ',';
    append_literal(element, depth + 1);
  }
  literal_ += separator == '[' ? "[]" : "]";
}

void ValueReader::append_object(Json& json, int depth) {
  ondemand::object object;
  error_code code = json.get_object().get(object);
  if (code != SUCCESS) fail_as_json(code);
  char separator = '{';
  for (auto item : object) {
    ondemand::field field;
    std::string_view name;
    if ((code = std::move(item).get(field)) != SUCCESS) fail_as_json(code);
    if ((code = field.unescaped_key().get(name)) != SUCCESS) fail_as_json(code);
    literal_ += separator;
    separator = ',';
    literal_ += quoted(name) + ":";
    Json member = field.value();
    append_literal(member, depth + 1);
  }
  literal_ += separator == '{' ? "{}" : "}";
}

ondemand::json_type ValueReader::type_of(Json& json) const {
  ondemand::json_type type{};
  const error_code code = json.type().get(type);
  if (code != SUCCESS) fail_as_json(code);
  return type;
}

void ValueReader::check_depth(int depth) const {
  if (depth <= depth_limit) return;
  line_->fail(here(), fmt::format("values are nested more than {} deep", depth_limit),
              "no history of a database needs that: check what wrote this line");
}

// Where the parser stands; the beginning of the line if it cannot tell.
const char* ValueReader::here() const {
  const char* at = nullptr;
  const char* begin = line_->text.data();
  const bool known = document_ != nullptr && document_->current_location().get(at) == SUCCESS;
  return known && at >= begin && at <= begin + line_->text.size() ? at : begin;
}

// The slow parser finds the place, which the fast one does not tell.
void ValueReader::fail_as_json(error_code code) const {
  const std::string_view text = line_->text;
  if (code == simdjson::CAPACITY || code == simdjson::MEMALLOC) {
    line_->fail(text.data(), fmt::format("this line of {} bytes is too long", text.size()),
                "one line holds one record");
  }
  const auto fault = fault_in_json(text);
  const std::size_t at = fault ? *fault : static_cast<std::size_t>(here() - text.data());
  const std::string near =
      at < text.size() ? "near '" + quote(text.substr(at)) + "'" : "at its end";
  const auto valid = [](std::string_view part) {
    return simdjson::validate_utf8(part.data(), part.size());
  };
  if (!valid(text) && !valid(text.substr(0, at + 1))) {
    line_->fail(text.data() + at, "this line is no valid UTF-8 " + near,
                "replace what is not UTF-8 where the history is written");
  }
  line_->fail(text.data() + at, "this line is no valid JSON " + near, Line::an_example);
}

}  // namespace tribunal
