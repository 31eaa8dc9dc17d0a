// One line of a file that someone may have to be told is wrong.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tribunal {

// A line and where it stands, for whoever must complain about it. Of formats that do not go by
// lines, it is the whole file.
struct Line {
  static constexpr std::size_t padding = 64;
  // The fix for a line that is no record at all.
  static constexpr const char* an_example =
      R"(a record is one line such as {"process":0,"type":"invoke","f":"write","key":3,"value":17})";

  const std::string& file;
  std::uint64_t number;  // from 1
  std::string_view
      text;  // without its newline; lies in a buffer with Line::padding bytes to read behind it

  // Throws Error(usage) "file:line:column: why"; `at` points into `text`.
  [[noreturn]] void fail(const char* at, const std::string& why, const std::string& fix) const;
};

// A piece of input fit for a message: at most 60 characters, without control bytes.
std::string quote(std::string_view input);

// Whether a text is complete JSON, whatever it says.
bool is_complete_json(std::string_view text);

// Offset of the byte at which a text stops being JSON, which is at most its size; nothing if it is
// JSON.
std::optional<std::size_t> fault_in_json(std::string_view text);

}  // namespace tribunal
