// Valid histories of containers of any size, for benchmarks.
#pragma once

#include <cstdint>

#include "harness/record/history.h"

namespace tribunal {

enum class ContainerKind : std::uint8_t { set, queue, priority_queue, stack };

struct ContainerHistoryShape {
  ContainerKind kind = ContainerKind::queue;
  std::size_t operations = 0;
  std::size_t concurrency = 8;
  unsigned lost_percent = 0;
};

// Values are unique; one container takes each call at a moment between its two records. The same
// seed gives the same history.
History container_history(const ContainerHistoryShape& shape, std::uint64_t seed);

}  // namespace tribunal
