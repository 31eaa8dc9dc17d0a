#include "nemesis/clock/clock_way.h"

#include <fmt/format.h>

namespace tribunal {
namespace {

constexpr const char* waits_until_wall_time = "pthread_cond_timedwait";

// What libfaketime 0.9.10 does not move along, or moves wrongly: it takes a moment of the monotonic
// clock for one of the wall clock (pthread_condattr_setclock, timers), or reckons from its own
// start at the wrong rate (sem_timedwait).
constexpr const char* not_moved_along[] = {"pthread_condattr_setclock",
                                           "sem_timedwait",
                                           "pthread_mutex_timedlock",
                                           "pthread_rwlock_timedrdlock",
                                           "cnd_timedwait",
                                           "pthread_rwlock_timedwrlock",
                                           "mtx_timedlock",
                                           "mq_timedsend",
                                           "mq_timedreceive",
                                           "clock_nanosleep",
                                           "timerfd_settime",
                                           "timer_settime"};

}  // namespace

WayChosen way_of(const ProgramFacts& program) {
  if (!program.imports.contains(waits_until_wall_time)) return {};
  if (program.kind != ProgramKind::with_libraries) return {};
  for (const char* function : not_moved_along)
    if (program.imports.contains(function))
      return {ClockWay::vdso,
              fmt::format("it uses {}, which libfaketime does not move along rightly", function)};
  return {ClockWay::faketime, {}};
}

const char* name_of(ClockWay way) { return way == ClockWay::vdso ? "vDSO" : "libfaketime"; }

}  // namespace tribunal
