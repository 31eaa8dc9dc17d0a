// One line of a history, taken apart: the fields as they stand, before anything is known of the
// lines around it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "harness/record/line.h"
#include "harness/record/value.h"

namespace tribunal {

struct Record {
  enum class Field : std::uint8_t {
    index,
    time,
    process,
    type,
    f,
    key,
    value,
    node,
    error,
    intended,
    fault,
    version,
    none
  };
  enum class Type : std::uint8_t { invoke, ok, fail, info };
  static constexpr std::size_t fields = static_cast<std::size_t>(Field::none);

  bool has(Field field) const { return at[static_cast<std::size_t>(field)] != nullptr; }
  const char* place(Field field) const { return at[static_cast<std::size_t>(field)]; }

  // Where in the line each field's value begins; null: the field is absent, or null where null
  // means nothing.
  std::array<const char*, fields> at{};
  std::uint64_t index = 0;
  std::int64_t time = 0;
  std::int64_t intended = 0;
  std::int64_t version = 0;
  std::uint32_t process = 0;
  std::int32_t fault = -1;
  bool nemesis = false;
  Type type = Type::info;
  bool value_is_list = false;  // then `value` is nil and `elements` holds it, not yet interned
  Value key{};
  Value value{};
  std::span<const Value> elements;  // this and all texts: good until the next line is read
  std::string_view f, node, error;
};

std::string_view name_of(Record::Field field);
Record::Field field_called(std::string_view name);  // none: there is no such field
std::optional<Record::Type> type_called(std::string_view name);

class PlainLine;

class RecordReader {
 public:
  explicit RecordReader(
      Values& values);  // which keeps texts and lists, and must outlive the reader
  ~RecordReader();

  // Throws Error(usage) if the line is no JSON object of the fields a record may have, or lacks one
  // it must have.
  const Record& read(const Line& line);

 private:
  struct Parser;
  std::unique_ptr<PlainLine> plain_;  // tried first
  std::unique_ptr<Parser> parser_;
};

}  // namespace tribunal
