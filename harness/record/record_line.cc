#include "harness/record/record_line.h"

#include <fmt/core.h>
#include <simdjson.h>

#include <cstring>
#include <utility>

#include "harness/record/history.h"
#include "harness/record/plain_line.h"
#include "harness/record/value_reader.h"

namespace tribunal {
namespace {

namespace ondemand = simdjson::ondemand;
using Field = Record::Field;

constexpr std::array<std::string_view, Record::fields> field_names = {
    "index", "time", "process", "type",     "f",     "key",
    "value", "node", "error",   "intended", "fault", "version"};
constexpr std::array<std::string_view, 4> type_names = {"invoke", "ok", "fail", "info"};

// Whether a quoted name stands at `raw`; the padding makes it safe to look.
template <std::size_t N>
bool stands(const char* raw, const char (&quoted)[N]) {
  return std::memcmp(raw, quoted, N - 1) == 0;
}

// The field whose name stands at `raw` in plain letters, as it does in all but the oddest files.
Field field_at(const char* raw) {
  switch (*raw) {
    case 'i':
      return stands(raw, "index\"")      ? Field::index
             : stands(raw, "intended\"") ? Field::intended
                                         : Field::none;
    case 't':
      return stands(raw, "time\"")   ? Field::time
             : stands(raw, "type\"") ? Field::type
                                     : Field::none;
    case 'f':
      return stands(raw, "f\"") ? Field::f : stands(raw, "fault\"") ? Field::fault : Field::none;
    case 'p':
      return stands(raw, "process\"") ? Field::process : Field::none;
    case 'k':
      return stands(raw, "key\"") ? Field::key : Field::none;
    case 'v':
      return stands(raw, "value\"")     ? Field::value
             : stands(raw, "version\"") ? Field::version
                                        : Field::none;
    case 'n':
      return stands(raw, "node\"") ? Field::node : Field::none;
    case 'e':
      return stands(raw, "error\"") ? Field::error : Field::none;
    default:
      return Field::none;
  }
}

}  // namespace

std::string_view name_of(Field field) { return field_names[static_cast<std::size_t>(field)]; }

// What the length and one letter of a name leave, which the whole name must bear out.
Field field_called(std::string_view name) {
  const auto likely = [&]() -> Field {
    switch (name.size()) {
      case 1:
        return Field::f;
      case 3:
        return Field::key;
      case 4:
        return name[0] == 'n' ? Field::node : name[2] == 'm' ? Field::time : Field::type;
      case 5:
        return name[0] == 'i'   ? Field::index
               : name[0] == 'v' ? Field::value
               : name[0] == 'e' ? Field::error
                                : Field::fault;
      case 7:
        return name[0] == 'p' ? Field::process : Field::version;
      case 8:
        return Field::intended;
      default:
        return Field::none;
    }
  }();
  return likely != Field::none && name_of(likely) == name ? likely : Field::none;
}

std::optional<Record::Type> type_called(std::string_view name) {
  for (std::size_t i = 0; i < type_names.size(); ++i) {
    if (type_names[i] == name) return static_cast<Record::Type>(i);
  }
  return std::nullopt;
}

struct RecordReader::Parser {
  explicit Parser(Values& values) : reader(values) {}

  void read(const Line& next) {
    line = &next;
    record = Record{};
    given = 0;
    reader.start(next);
    const std::string_view text = line->text;
    const std::size_t begin = text.find_first_not_of(" \t\r");
    if (begin == text.npos) line->fail(text.data(), "this line is empty", Line::an_example);

    simdjson::error_code code =
        parser.iterate(text.data(), text.size(), text.size() + Line::padding).get(document);
    if (code != simdjson::SUCCESS) reader.fail_as_json(code);
    reader.walk(document);
    if (text[begin] != '{') fail_as_object(text.data() + begin);
    read_fields();
    const char* rest = nullptr;  // there is one unless the document is at its end
    if (document.current_location().get(rest) == simdjson::SUCCESS) {
      reader.fail_as_json(simdjson::TAPE_ERROR);
    }
    for (const Field needed : {Field::process, Field::type, Field::f}) {
      if (record.has(needed)) continue;
      line->fail(text.data(), fmt::format("the field '{}' is missing", name_of(needed)),
                 Line::an_example);
    }
  }

  // A list stays on the reader's stack, which later fields may move: its place is known at the end.
  void read_fields() {
    ondemand::object object;
    simdjson::error_code code = document.get_object().get(object);
    if (code != simdjson::SUCCESS) reader.fail_as_json(code);
    for (auto item : object) {
      ondemand::field field;
      if ((code = std::move(item).get(field)) != simdjson::SUCCESS) {
        reader.fail_as_json(code);
      }
      read_field(field);
    }
    if (record.value_is_list) record.elements = reader.list();
  }

  void read_field(ondemand::field& item) {
    const Field field = field_of(item);
    ondemand::value value = item.value();
    if (field == Field::none) {
      (void)reader.read_literal(value);  // checked, then ignored
      return;
    }
    const std::uint32_t bit = 1U << static_cast<unsigned>(field);
    token = value.raw_json_token();
    if ((given & bit) != 0) {
      line->fail(token.data(), fmt::format("the field '{}' is given twice", name_of(field)),
                 "leave one of them");
    }
    given |= bit;
    const bool needed = field == Field::process || field == Field::type || field == Field::f;
    if (!needed && *token.data() == 'n' && reader.is_null(value)) return;
    record.at[static_cast<std::size_t>(field)] = token.data();
    read_known(field, value);
  }

  Field field_of(ondemand::field& item) {
    const Field plain = field_at(item.key().raw());
    if (plain != Field::none) return plain;
    std::string_view name;
    const simdjson::error_code code = item.unescaped_key().get(name);
    if (code != simdjson::SUCCESS) reader.fail_as_json(code);
    return field_called(name);
  }

  void read_known(Field field, ondemand::value& value) {
    switch (field) {
      case Field::index:
        record.index = static_cast<std::uint64_t>(whole(field, value, Operation::no_time - 1));
        break;
      case Field::time:
        record.time = whole(field, value, Operation::no_time - 1);
        break;
      case Field::intended:
        record.intended = whole(field, value, Operation::no_time - 1);
        break;
      case Field::fault:
        record.fault = static_cast<std::int32_t>(whole(field, value, INT32_MAX));
        break;
      case Field::version:
        record.version = whole(field, value, Operation::no_time - 1);
        break;
      case Field::process:
        read_process(value);
        break;
      case Field::type:
        read_type(value);
        break;
      case Field::f:
        record.f = text(field, value);
        if (record.f.empty()) line->fail(token.data(), "the field 'f' is empty", Line::an_example);
        break;
      case Field::node:
        record.node = text(field, value);
        break;
      case Field::error:
        read_error(value);
        break;
      case Field::key:
        record.key = reader.read(value);
        break;
      case Field::value:
        record.value_is_list = *token.data() == '[';
        if (record.value_is_list) {
          reader.read_list(value);
        } else {
          record.value = reader.read(value);
        }
        break;
      case Field::none:
        break;
    }
  }

  std::int64_t whole(Field field, ondemand::value& value, std::int64_t most) {
    std::int64_t number = 0;
    if (value.get_int64().get(number) != simdjson::SUCCESS || number < 0 || number > most) {
      fail_as_mistyped(field, fmt::format("an integer from 0 to {}", most));
    }
    return number;
  }

  std::string_view text(Field field, ondemand::value& value) {
    if (*token.data() != '"') fail_as_mistyped(field, "a string");
    return reader.read_text(value);
  }

  void read_process(ondemand::value& value) {
    if (*token.data() == '"') {
      record.nemesis = reader.read_text(value) == "nemesis";
      if (record.nemesis) return;
    } else {
      std::int64_t number = 0;
      if (value.get_int64().get(number) == simdjson::SUCCESS &&
          std::in_range<std::uint32_t>(number)) {
        record.process = static_cast<std::uint32_t>(number);
        return;
      }
    }
    fail_as_mistyped(Field::process, "an integer from 0 to 4294967295, or \"nemesis\"");
  }

  void read_type(ondemand::value& value) {
    const auto type = type_called(text(Field::type, value));
    if (!type) fail_as_mistyped(Field::type, "\"invoke\", \"ok\", \"fail\" or \"info\"");
    record.type = *type;
  }

  // A text as a rule; other tools write lists or maps here, whose JSON serves as the text.
  void read_error(ondemand::value& value) {
    if (*token.data() == '"') {
      record.error = reader.read_text(value);
    } else {
      error_text = reader.read_literal(value);
      record.error = error_text;
    }
  }

  // The token is the one of the field being read.
  [[noreturn]] void fail_as_mistyped(Field field, const std::string& wanted) const {
    const std::string_view text = line->text;
    if (fault_in_json(text)) reader.fail_as_json(simdjson::TAPE_ERROR);
    std::string_view found = text.substr(static_cast<std::size_t>(token.data() - text.data()));
    found = found.substr(0, token.size());
    found = found.substr(0, found.find_last_not_of(" \t\r") + 1);
    line->fail(token.data(), fmt::format("the field '{}' is {}", name_of(field), quote(found)),
               "it must be " + wanted);
  }

  [[noreturn]] void fail_as_object(const char* at) const {
    if (fault_in_json(line->text)) reader.fail_as_json(simdjson::TAPE_ERROR);
    line->fail(at, "this line is no JSON object: " + quote(line->text), Line::an_example);
  }

  ValueReader reader;
  const Line* line = nullptr;
  ondemand::parser parser;
  ondemand::document document;
  Record record;
  std::uint32_t given = 0;  // bits of the fields seen
  std::string_view token;   // of the field being read
  std::string error_text;
};

RecordReader::RecordReader(Values& values)
    : plain_(std::make_unique<PlainLine>(values)), parser_(std::make_unique<Parser>(values)) {}
RecordReader::~RecordReader() = default;

const Record& RecordReader::read(const Line& line) {
  if (const Record* plain = plain_->read(line)) return *plain;
  parser_->read(line);
  return parser_->record;
}

}  // namespace tribunal
