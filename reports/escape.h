// Makes text that came from a database, a user or a machine safe to stand in a report. Nothing of a
// run reaches a report except through one of these. All repair invalid UTF-8 and control characters
// to U+FFFD.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tribunal {

// For HTML and XML 1.0, in text and in quoted attributes alike.
std::string markup_escaped(std::string_view text);

// For a cell or a sentence of GitHub-flavoured Markdown: one line, no markup, no table bars.
std::string markdown_escaped(std::string_view text);

// JSON that may stand inside <script>: no '<', '>' or '&' is left in it. `json` is any valid JSON
// text.
std::string script_escaped(std::string_view json);

// The same characters as UTF-8 that every reader takes; tabs and newlines stay.
std::string repaired(std::string_view text);

// At most `limit` bytes of `text`, cut between characters, with an ellipsis where something was
// left out.
std::string clipped(std::string_view text, std::size_t limit);

}  // namespace tribunal
