// Reads a clock as another process would: by running the code of its patched vDSO.
#pragma once

#include <cstdint>
#include <vector>

#include "nemesis/clock/clock_motion.h"

namespace tribunal {

// Runs clock_gettime for each clock in a copy of a patched image, entered where the process enters
// it, at `entry`. The hook is at `block`; in the copy it asks the kernel for the true time, since
// the pages next to the vDSO are not there, and counts nothing. Throws std::runtime_error where
// memory cannot be made executable.
ClockTimes run_copy_of(std::vector<std::uint8_t> image, std::uint32_t entry, std::uint32_t block);

}  // namespace tribunal
