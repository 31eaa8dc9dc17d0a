// A script of faults: what happens in which order, written down before the run and checked before
// it. A program of a few kinds of steps, plain data; the YAML form is docs/faults.md.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "harness/parts/fault.h"
#include "harness/run/schedule.h"

namespace tribunal {

// What a step waits for, and for how long at the most (`within`, nanoseconds).
struct Trigger {
  enum class Kind { time_passed, time_of_run, role_change, calls_in_flight, log_line };
  Kind kind = Kind::time_passed;
  std::int64_t time = 0;    // to pass, or since the traffic began
  std::string host;         // of calls in flight and log lines; empty: any
  std::int64_t calls = 0;   // in flight, at least
  std::string pattern;      // of a log line, an ECMAScript regular expression
  std::int64_t within = 0;  // not for times
  std::string text;         // as written, for people
};

struct ScriptStep {
  enum class Kind { fault, wait, heal, parallel, repeat };
  static constexpr int always = -1;  // repeat until the run is over

  Kind kind = Kind::wait;
  std::string place;  // "island.yaml:7", for errors

  PlannedFault fault;  // of kind fault: what, shape, target, options; duration < 0: until healed
  std::string name;    // of a fault that lasts until it is healed, and of the heal
  Trigger trigger;     // of kind wait
  int times = 1;       // of kind repeat
  std::vector<std::vector<ScriptStep>> branches;  // of parallel; of repeat just one
};

struct Script {
  std::string name, summary;
  Mode mode = Mode::safety;
  std::vector<ScriptStep> steps;
};

// How long the script takes at the most, in nanoseconds, heals' own time aside; a part that is
// repeated always counts once.
std::int64_t longest(const Script& script);

// The `instance`th fault that a script begins: the written one with its number, an order of hosts
// and a seed of its own, and the options that were not written.
PlannedFault draw_instance(const PlannedFault& written, const std::vector<FaultKind>& kinds,
                           const std::vector<std::string>& hosts, std::uint64_t seed,
                           std::size_t instance);

// Every fault of it in the order of the text, `at` and `id` filled in as if every wait took all its
// time; what is repeated comes as often, what is repeated always once. With default options.
std::vector<PlannedFault> faults_of(const Script& script, const std::vector<FaultKind>& kinds,
                                    const std::vector<std::string>& hosts, std::uint64_t seed);

}  // namespace tribunal
