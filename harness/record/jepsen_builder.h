// Builds a history from the records of Jepsen's and other tools, which are looser than ours: times
// that jump back a little, lost answers with a reason for a value, keys inside the values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "harness/record/history_builder.h"
#include "harness/record/history_file.h"
#include "harness/record/record_line.h"

namespace tribunal {

class JepsenBuilder {
 public:
  // Whether values are tuples of a key and a value, as those of jepsen.independent are: no, yes, or
  // perhaps, which the records themselves must show.
  enum class Tuples : std::uint8_t { none, required, supposed };

  JepsenBuilder(std::size_t operations, Tuples tuples) : builder_(operations), tuples_(tuples) {}

  Values& values() { return builder_.values(); }

  // Adds the next record, or says that the values cannot be tuples, which ends a supposition.
  // Throws Error(usage) if it cannot follow those before it.
  bool add(Record record, const Line& line);

  // Whether a supposition held: some record makes no sense unless its value is a tuple.
  bool shows_tuples() const { return shown_ && !refuted_; }

  History take() { return builder_.take(); }

 private:
  void keep_time(Record& record);
  void find_process(Record& record, const Line& line);
  void drop_value(Record& record);
  bool split(Record& record, const Line& line);
  bool fits(const Record& record, Value second);
  bool is_transaction(Value value);

  HistoryBuilder builder_;
  const Tuples tuples_;
  bool shown_ = false;
  bool refuted_ = false;
  std::int64_t time_ = 0;  // of the last record
  bool begun_ = false;
  bool nameless_ = false;  // the records name no processes
  std::uint32_t nameless_process_ = 0;
};

// Adds all records of a text; stops when a supposition ends. Returns whether the last was cut off.
using AddAll = std::function<bool(JepsenBuilder&)>;

// Reads the records as the user says, or first as tuples and, if they are none, again.
History build_history(std::size_t operations, ReadOptions::Keyed keyed, const AddAll& add_all);

}  // namespace tribunal
