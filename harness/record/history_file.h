// Histories as files: one line of JSON a record, or what other tools write, as docs/history.md
// gives them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "harness/record/history.h"

namespace tribunal {

struct ReadOptions {
  // Whether the values of one of Jepsen's histories are tuples [key value]. Automatic: if all of
  // them can be and some can be nothing else. Lines of JSON, which have a field for the key, are
  // left alone unless told.
  enum class Keyed : std::uint8_t { automatic, yes, no };

  Keyed keyed = Keyed::automatic;
  std::uint64_t most_bytes = 0;  // the memory a history may take; 0: 80 % of what is available
};

// Reads a history of any format, which its content tells, packed by gzip or zstd or not. `path` may
// be "-" for standard input. A last line without an end is left out and `truncated` set; anything
// else that is malformed throws Error(usage) with file, line, column, why and the fix: a field
// missing or mistyped, invalid UTF-8, a completion without an invocation, a second invocation of a
// busy process, a completion of another call than was invoked, time or index running backwards.
// Throws Error(environment) if it would need more memory than it may take.
History read_history(const std::filesystem::path& path, const ReadOptions& options = {});

// The same from memory, unpacked; `name` stands for the file in errors.
History parse_any_history(std::string_view text, const std::string& name,
                          const ReadOptions& options = {});

// The same of lines of JSON only. Their values are tuples only if the caller says so.
History parse_history(std::string_view text, const std::string& name,
                      ReadOptions::Keyed keyed = ReadOptions::Keyed::automatic);

// The inverse: a history as the same lines (index, time and node kept). For tests and exports.
std::string write_history(const History& history);

// As EDN that Jepsen's tools read: one map a line. If any call has a key, all values are [key
// value], and those of calls without are [nil value]. Texts stay texts, but the names of a
// transaction's steps are keywords.
std::string write_edn(const History& history);

}  // namespace tribunal
