// Histories as files: one line of JSON a record, as docs/history.md gives it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "harness/record/history.h"

namespace tribunal {

// Reads a history. `path` may be "-" for standard input. A last line without an end is left out and
// `truncated` set; anything else that is malformed throws Error(usage) with file, line, column, why
// and the fix: a line that is no JSON object, a missing or mistyped field, invalid UTF-8, a
// completion without an invocation, a second invocation of a busy process, a completion of another
// call than was invoked, time or index running backwards.
History read_history(const std::filesystem::path& path);

// The same from memory; `name` stands for the file in errors.
History parse_history(std::string_view text, const std::string& name);

// The inverse: a history as the same lines (index, time and node kept). For tests and exports.
std::string write_history(const History& history);

}  // namespace tribunal
