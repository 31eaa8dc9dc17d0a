#include "nemesis/clock/faults.h"

#include <algorithm>
#include <cmath>

#include "harness/record/random.h"
#include "nemesis/clock/clock_fault.h"
#include "nemesis/clock/clock_preparation.h"
#include "nemesis/options.h"

namespace tribunal {
namespace {

using namespace std::chrono_literals;

constexpr auto farthest_shift = 24h;

// The same motion for the clocks that the option "clock" names.
ClockFault::Motion for_clocks(const PlannedFault& planned, const ClockMotion& motion, bool back) {
  const std::string which = choice_option(planned, "clock", {"wall", "monotonic", "both"});
  HostMotion both;
  if (which != "monotonic") both.wall = motion;
  if (which != "wall") both.monotonic = motion;
  both.monotonic_may_go_back = back && which != "wall";
  return [both](const Host&) { return both; };
}

FaultKind clock_kind(std::string name, std::string summary, std::vector<FaultOption> options,
                     std::function<ClockFault::Motion(const PlannedFault&)> motion) {
  FaultKind kind;
  kind.name = std::move(name);
  kind.summary = std::move(summary);
  kind.targets = {"one", "minority", "majority", "leader", "all"};
  kind.options = std::move(options);
  kind.resource = "clocks";
  kind.prepare = prepare_clocks;
  kind.make = [motion = std::move(motion)](const PlannedFault& planned) {
    return std::make_unique<ClockFault>(planned, motion(planned));
  };
  return kind;
}

// A monotonic clock is drawn only where it need not go back.
FaultOption clock_option(std::vector<std::string> drawn) {
  return {"clock", std::move(drawn), "wall, monotonic or both"};
}

FaultKind clock_offset() {
  return clock_kind(
      "clock-offset", "clocks are ahead or behind, by the same on every target, and back again",
      {clock_option({"wall"}),
       {"offset",
        {"+5s", "-5s", "+50ms", "-50ms", "+500ms", "-500ms", "+60s", "-60s", "+10m", "-10m"},
        "how far ahead of the true time, with a sign"}},
      [](const PlannedFault& planned) {
        const std::int64_t offset = shift_option(planned, "offset", farthest_shift);
        return for_clocks(planned, {offset, 1, 0, 0}, offset < 0);
      });
}

// As Jepsen's bump: 1.5^(6+u) ms with u uniform below 25, 11 ms to 288 s, of either sign; every
// host its own.
std::int64_t jump_of(const PlannedFault& planned, std::size_t host, const std::string& direction,
                     std::int64_t most) {
  Random random = Random::stream(planned.seed, "clock-jump", host);
  const double size =
      std::min(std::pow(1.5, 6 + 25 * random.unit()) * 1e6, static_cast<double>(most));
  const bool forward = direction == "forward" || (direction == "either" && random.below(2) == 0);
  return static_cast<std::int64_t>(forward ? size : -size);
}

FaultKind clock_jump() {
  return clock_kind(
      "clock-jump",
      "each target's wall clock steps once by a distance of its own, 11 ms to 288 s, mostly short",
      {{"direction", {"either", "forward", "back"}, "either, forward or back"},
       {"most", {"300s", "1s", "10s"}, "no step is longer"}},
      [](const PlannedFault& planned) -> ClockFault::Motion {
        const std::string direction =
            choice_option(planned, "direction", {"either", "forward", "back"});
        const std::int64_t most = time_option(planned, "most", 1ms, farthest_shift) / 1ns;
        return [=](const Host& host) {
          HostMotion motion;
          motion.wall.offset = jump_of(planned, host.index(), direction, most);
          return motion;
        };
      });
}

FaultKind clock_drift() {
  return clock_kind(
      "clock-drift", "clocks run fast or slow",
      {clock_option({"wall", "both"}),
       {"rate", {"1.1", "0.9", "0.5", "2", "5", "1.01"}, "seconds for each true second"}},
      [](const PlannedFault& planned) {
        const double rate = figure_option(planned, "rate", 0.01, 10);
        return for_clocks(planned, {0, rate, 0, 0}, false);
      });
}

FaultKind clock_strobe() {
  auto kind =
      clock_kind("clock-strobe", "clocks step ahead and back all the time",
                 {clock_option({"wall"}),
                  {"delta", {"+200ms", "+4ms", "+2s", "+30s", "+262s", "-200ms"}, "by how much"},
                  {"period", {"10ms", "1ms", "100ms", "1s"}, "how long each of the two holds"}},
                 [](const PlannedFault& planned) {
                   const std::int64_t delta = shift_option(planned, "delta", farthest_shift);
                   const std::int64_t period = time_option(planned, "period", 1ms, 60s) / 1ns;
                   return for_clocks(planned, {0, 1, delta, period}, true);
                 });
  kind.prepare = prepare_restless_clocks;
  return kind;
}

FaultKind clock_freeze() {
  auto kind =
      clock_kind("clock-freeze", "clocks stand still, and then are at the true time at once",
                 {clock_option({"wall", "both"})}, [](const PlannedFault& planned) {
                   return for_clocks(planned, {0, 0, 0, 0}, false);
                 });
  kind.harm = Harm::stops;  // without a monotonic clock no timer of a database ends
  return kind;
}

FaultKind clock_reset() {
  auto kind = clock_kind(
      "clock-reset",
      "the wall clock runs wrong and is stepped to the true time again and again, as by a careless "
      "time service",
      {{"rate", {"1.2", "0.8", "3"}, "seconds for each true second"},
       {"every", {"1s", "200ms", "5s"}, "from one step to the next"}},
      [](const PlannedFault& planned) -> ClockFault::Motion {
        HostMotion motion;
        motion.wall.rate = figure_option(planned, "rate", 0, 10);
        motion.begins_anew = time_option(planned, "every", 10ms, 3600s) / 1ns;
        return [motion](const Host&) { return motion; };
      });
  kind.prepare = prepare_restless_clocks;
  return kind;
}

}  // namespace

const std::vector<FaultKind>& clock_faults() {
  static const std::vector<FaultKind> all{clock_offset(), clock_jump(),   clock_drift(),
                                          clock_strobe(), clock_freeze(), clock_reset()};
  return all;
}

}  // namespace tribunal
