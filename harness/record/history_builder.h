// Pairs records with the calls they begin and end, one record after the other, and so builds a
// history.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "harness/record/history.h"
#include "harness/record/record_line.h"

namespace tribunal {

class HistoryBuilder {
 public:
  // `operations`: how many to expect; more or fewer may come.
  explicit HistoryBuilder(std::size_t operations) { history_.operations.reserve(operations); }

  Values& values() { return history_.values; }

  // Adds the next record. Throws Error(usage) if it cannot follow those before it.
  void add(const Record& record, const Line& line);

  // The call that a process has open; null: none.
  const Operation* open_call(std::uint32_t process);

  History take() {
    if (!history_.versions.empty()) history_.versions.resize(history_.operations.size(), -1);
    return std::move(history_);
  }

 private:
  // What a process does: nothing, the operation of this place, or never anything again.
  static constexpr std::uint32_t idle = UINT32_MAX;
  static constexpr std::uint32_t retired = UINT32_MAX - 1;

  void keep_order(const Record& record, const Line& line);
  void add_fault(const Record& record, const Line& line);
  void begin(const Record& record, const Line& line);
  void end(const Record& record, const Line& line);
  void check_same_call(const Record& record, const Line& line, const Operation& operation);
  void take_answer(const Record& record, Operation& operation);
  bool same_argument(const Record& record, const Operation& operation);
  Value value_of(const Record& record);
  Function function_of(const Record& record, const Line& line);
  std::uint16_t node_of(const Record& record, const Line& line);
  std::uint32_t error_of(const Record& record);
  std::uint32_t& state_of(std::uint32_t process);

  History history_;
  std::uint64_t next_index_ = 0;       // least that the next record may have
  std::int64_t time_ = 0;              // of the last record
  std::vector<std::uint32_t> states_;  // of the processes of low number
  std::unordered_map<std::uint32_t, std::uint32_t> far_states_;  // of the others
  std::unordered_map<std::string, std::uint16_t> nodes_;
  std::unordered_map<std::string, std::uint32_t> errors_;
};

}  // namespace tribunal
