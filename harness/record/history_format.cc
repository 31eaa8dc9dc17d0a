// Which format a history is in, as its first bytes tell, and what reading it will cost.
#include <fmt/core.h>

#include <algorithm>
#include <cctype>
#include <string_view>

#include "harness/record/error.h"
#include "harness/record/file_bytes.h"
#include "harness/record/form_record.h"
#include "harness/record/history_file.h"
#include "harness/record/jepsen_builder.h"
#include "harness/record/jepsen_log.h"

namespace tribunal {
namespace {

using Notation = FormReader::Notation;

// The first bytes of a text that are no blanks, and no commas, which are blanks in EDN.
std::string first_signs(std::string_view text, std::size_t count) {
  std::string signs;
  for (std::size_t i = 0; i < text.size() && signs.size() < count; ++i) {
    if (std::isspace(static_cast<unsigned char>(text[i])) == 0 && text[i] != ',') signs += text[i];
  }
  return signs;
}

// How many records a text holds, as its beginning lets one expect: each names its process once, or
// has a line of its own.
std::size_t records_expected(std::string_view text) {
  constexpr std::string_view mark = "process";
  const std::string_view sample = text.substr(0, std::size_t{1} << 20);
  std::size_t count = 0;
  for (std::size_t at = 0; (at = sample.find(mark, at)) != sample.npos; at += mark.size()) ++count;
  if (count == 0) {
    count = static_cast<std::size_t>(std::count(sample.begin(), sample.end(), '\n')) + 1;
  }
  const double share = static_cast<double>(text.size()) / static_cast<double>(sample.size() + 1);
  return static_cast<std::size_t>(static_cast<double>(count) * share) + 1;
}

std::size_t operations_of(std::string_view text) { return records_expected(text) * 11 / 20 + 1; }

struct Nested {
  double lists = 0, elements = 0;
};

// The collections inside of records, which are interned, and what they hold.
Nested nested_in(std::string_view sample) {
  const int records = first_signs(sample, 1) == "{" ? 1 : 2;  // how deep they lie
  Nested nested;
  int depth = 0;
  bool apart = false;  // the last byte divided two elements
  for (const char c : sample) {
    const bool divides = c == ' ' || c == ',';
    if (c == '[' || c == '{' || c == '(') nested.lists += ++depth > records ? 1 : 0;
    if (c == ']' || c == '}' || c == ')') --depth;
    if (divides && !apart && depth > records) ++nested.elements;
    apart = divides;
  }
  return nested;
}

// What the parsed form will take: operations, and what is interned, at 48 bytes a list and 8 an
// element.
std::uint64_t bytes_expected(std::string_view text) {
  const std::string_view sample = text.substr(0, std::size_t{1} << 20);
  const Nested nested = nested_in(sample);
  const double share = static_cast<double>(text.size()) / static_cast<double>(sample.size() + 1);
  const double interned = (nested.lists * 48 + nested.elements * 8) * share;
  return operations_of(text) * sizeof(Operation) + static_cast<std::uint64_t>(interned);
}

History read_forms(std::string_view text, const std::string& name, const ReadOptions& options,
                   Notation notation) {
  const Line whole{name, 1, text};
  return build_history(operations_of(text), options.keyed, [&](JepsenBuilder& builder) {
    FormRecords records(builder.values(), whole, notation);
    while (const Record* record = records.next()) {
      if (!builder.add(*record, whole)) return false;
    }
    return records.cut_off();
  });
}

bool looks_like_lines(std::string_view text) {
  const std::string signs = first_signs(text, 2);
  return text.empty() || (signs.starts_with('{') && !signs.starts_with("{:") && signs != "{#");
}

History read_lines(std::string_view text, const std::string& name, const ReadOptions& options) {
  return parse_history(text, name, options.keyed);
}

bool looks_like_json(std::string_view text) {
  const std::string signs = first_signs(text, 3);
  return signs == "[{\"" || signs.starts_with("[]") || signs == "[{}";
}

History read_json(std::string_view text, const std::string& name, const ReadOptions& options) {
  if (const auto fault = fault_in_json(text)) {
    const Line whole{name, 1, text};
    const std::string near =
        *fault < text.size() ? "near '" + quote(text.substr(*fault)) + "'" : "at its end";
    whole.fail(text.data() + *fault, "this list of records is no valid JSON " + near,
               Line::an_example);
  }
  return read_forms(text, name, options, Notation::json);
}

// A history in EDN may quote the log, as errors do.
bool looks_like_log(std::string_view text) {
  const std::string signs = first_signs(text, 2);
  const bool map_first = signs == "[{" || signs == "({" || signs.starts_with('{');
  return !map_first && !signs.starts_with(';') && looks_like_jepsen_log(text);
}

History read_log(std::string_view text, const std::string& name, const ReadOptions& options) {
  check_utf8(Line{name, 1, text});
  return build_history(operations_of(text), options.keyed,
                       [&](JepsenBuilder& builder) { return add_jepsen_log(text, name, builder); });
}

bool looks_like_edn(std::string_view text) {
  const std::string signs = first_signs(text, 1);
  return signs.empty() || std::string_view("{[(;#^").find(signs[0]) != std::string_view::npos;
}

History read_edn(std::string_view text, const std::string& name, const ReadOptions& options) {
  check_utf8(Line{name, 1, text});
  return read_forms(text, name, options, Notation::edn);
}

struct Format {
  const char* name;
  bool (*looks)(std::string_view text);
  History (*read)(std::string_view text, const std::string& name, const ReadOptions& options);
};

// In this order; the first that a text looks like it is.
constexpr Format formats[] = {
    {"lines of JSON", looks_like_lines, read_lines},
    {"a list of records in JSON", looks_like_json, read_json},
    {"Jepsen's log", looks_like_log, read_log},
    {"EDN", looks_like_edn, read_edn},
};

}  // namespace

History parse_any_history(std::string_view text, const std::string& name,
                          const ReadOptions& options) {
  const std::uint64_t most = options.most_bytes != 0 ? options.most_bytes : memory_to_spare();
  const std::uint64_t needed = bytes_expected(text);
  if (needed > most) fail_for_memory(name, needed, most);
  std::string known;
  for (const Format& format : formats) {
    if (format.looks(text)) return format.read(text, name, options);
    known.append(known.empty() ? "" : ", ").append(format.name);
  }
  const Line whole{name, 1, text};
  whole.fail(text.data(), "this is no history, it begins with '" + quote(text) + "'",
             "give one of these: " + known);
}

History read_history(const std::filesystem::path& path, const ReadOptions& options) {
  ReadOptions rest = options;
  if (rest.most_bytes == 0) rest.most_bytes = memory_to_spare();
  const FileBytes bytes(path, rest.most_bytes);
  rest.most_bytes = std::max<std::uint64_t>(rest.most_bytes - bytes.held(), 1);
  return parse_any_history(bytes.text(), bytes.name(), rest);
}

}  // namespace tribunal
