// Reading lines of JSON: they are parsed where the file is mapped; only what comes after the last
// few of them is copied, since the parser reads a little beyond a line's end.
#include "harness/record/history_file.h"

#include <algorithm>
#include <cstring>

#include "harness/record/history_builder.h"
#include "harness/record/jepsen_builder.h"
#include "harness/record/record_line.h"

namespace tribunal {
namespace {

// No record is shorter: {"process":0,"type":"ok","f":"x"}
constexpr std::size_t shortest_record = 33;

// How many operations a history may hold, guessed from its first lines: two records each, and a
// little over, since memory that is never touched costs nothing while a larger array must be moved.
std::size_t operations_expected(std::string_view text) {
  const std::string_view sample = text.substr(0, std::size_t{1} << 20);
  const auto lines = static_cast<double>(std::count(sample.begin(), sample.end(), '\n') + 1);
  const double a_line =
      std::max(static_cast<double>(sample.size()) / lines, double{shortest_record});
  return static_cast<std::size_t>(static_cast<double>(text.size()) / a_line * 0.55) + 1;
}

// A crash may cut the last line off. What is left of it begins like a record and is not one.
bool is_cut_off(std::string_view line) { return line.starts_with('{') && !is_complete_json(line); }

// Hands every record to `add(record, line)`, and returns whether the last line was cut off.
template <class Add>
bool each_record(std::string_view text, const std::string& name, RecordReader& reader, Add add) {
  const char* const end = text.data() + text.size();
  std::string padded;
  std::uint64_t number = 0;
  for (const char* at = text.data(); at != end;) {
    const void* found = std::memchr(at, '\n', static_cast<std::size_t>(end - at));
    const char* stop = found != nullptr ? static_cast<const char*>(found) : end;
    std::string_view content(at, static_cast<std::size_t>(stop - at));
    if (found == nullptr && is_cut_off(content)) return true;
    if (static_cast<std::size_t>(end - stop) < Line::padding) {
      padded.assign(content).append(Line::padding, ' ');
      content = std::string_view(padded).substr(0, content.size());
    }
    const Line line{name, ++number, content};
    add(reader.read(line), line);
    at = found != nullptr ? stop + 1 : end;
  }
  return false;
}

}  // namespace

History parse_history(std::string_view text, const std::string& name, ReadOptions::Keyed keyed) {
  const std::size_t operations = operations_expected(text);
  if (keyed == ReadOptions::Keyed::yes) {
    return build_history(operations, keyed, [&](JepsenBuilder& builder) {
      RecordReader reader(builder.values());
      return each_record(text, name, reader, [&](const Record& record, const Line& line) {
        (void)builder.add(record, line);  // which throws where tuples are required
      });
    });
  }
  HistoryBuilder builder(operations);
  RecordReader reader(builder.values());
  const bool truncated =
      each_record(text, name, reader,
                  [&](const Record& record, const Line& line) { builder.add(record, line); });
  History history = builder.take();
  history.truncated = truncated;
  return history;
}

}  // namespace tribunal
