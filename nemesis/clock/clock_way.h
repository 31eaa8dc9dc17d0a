// By which of two ways the wall clock of a program is moved, decided from what its file tells.
#pragma once

#include <string>

#include "nemesis/clock/program_facts.h"

namespace tribunal {

enum class ClockWay {
  vdso,     // its copy of the vDSO is patched, while it runs
  faketime  // libfaketime is loaded before it, from its start
};

struct WayChosen {
  ClockWay way = ClockWay::vdso;
  // Why libfaketime cannot have it, where it waits until moments of the wall clock, so that its
  // waits would have to be moved with the clock; else empty.
  std::string hindrance;
};

// libfaketime for programs that wait on condition variables until moments of the wall clock, since
// the kernel compares those with the machine's own clock, and that let libfaketime move them along;
// the vDSO for all others.
WayChosen way_of(const ProgramFacts& program);

const char* name_of(ClockWay way);  // "vDSO", "libfaketime"

}  // namespace tribunal
