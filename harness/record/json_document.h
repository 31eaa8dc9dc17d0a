// A JSON document of a run folder, read field by field. Whatever does not fit is an Error(usage)
// that names the file, the line and the field.
#pragma once

#include <concepts>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tribunal {

using Json = nlohmann::ordered_json;

// What goes into a file of a run folder: texts come from databases, so bytes that are no UTF-8 are
// replaced.
std::string json_text(const Json& json, int indent);

class JsonDocument;

// One value of a document, which must outlive it.
class JsonField {
 public:
  JsonField at(const std::string& name) const;                   // throws if there is no such field
  std::optional<JsonField> find(const std::string& name) const;  // nothing: no such field
  std::vector<JsonField> items() const;                          // of an array
  std::vector<std::pair<std::string, JsonField>> members() const;  // of an object
  bool is_null() const { return json_->is_null(); }

  std::string text() const;
  std::vector<std::string> texts() const;
  double number() const;
  std::int64_t signed_integer() const;
  std::uint64_t unsigned_integer() const;

  template <std::integral T>
  T integer() const {
    if constexpr (std::signed_integral<T>) {
      const std::int64_t i = signed_integer();
      if (!std::in_range<T>(i)) fail("is out of range");
      return static_cast<T>(i);
    } else {
      const std::uint64_t i = unsigned_integer();
      if (!std::in_range<T>(i)) fail("is out of range");
      return static_cast<T>(i);
    }
  }

  [[noreturn]] void fail(const std::string& why) const;

 private:
  friend class JsonDocument;
  JsonField(const JsonDocument& document, const Json& json, std::string pointer)
      : document_(&document), json_(&json), pointer_(std::move(pointer)) {}

  const JsonDocument* document_;
  const Json* json_;
  std::string pointer_;  // RFC 6901: "/verdicts/0/checker"
};

class JsonDocument {
 public:
  // `first_line`: where `text` begins in the file `name`.
  JsonDocument(std::string name, std::string text, std::size_t first_line = 1);

  JsonField root() const { return {*this, json_, ""}; }
  std::size_t line_of(const std::string& pointer) const;
  [[noreturn]] void fail(std::size_t line, const std::string& why) const;

 private:
  std::string name_;
  std::string text_;
  std::size_t first_line_;
  Json json_;
};

}  // namespace tribunal
