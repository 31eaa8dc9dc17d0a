// The records that a history was read from, in their order, for whoever writes them again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "harness/record/history.h"

namespace tribunal {

enum class RecordPart : std::uint8_t { invocation, completion, fault };

// A record to come: a part of the operation or fault at `place`.
struct RecordEntry {
  std::uint32_t index;
  RecordPart part;
  std::size_t place;
};

std::vector<RecordEntry> entries_of(const History& history);

// "invoke", "ok", "fail" or "info".
std::string_view type_of(const Operation& operation, RecordPart part);

}  // namespace tribunal
