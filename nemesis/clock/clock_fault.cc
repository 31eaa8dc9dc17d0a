#include "nemesis/clock/clock_fault.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>
#include <set>
#include <stdexcept>
#include <thread>

#include "nemesis/clock/clock_questions.h"
#include "nemesis/clock/clock_tool.h"
#include "nemesis/not_here.h"
#include "nemesis/tool_question.h"

namespace tribunal {
namespace {

using nlohmann::json;

constexpr std::int64_t clock_tolerance = 5'000'000;      // 5 ms
constexpr std::int64_t distinct_from_truth = 1'000'000;  // 1 ms
constexpr Milliseconds clock_tool_deadline(15'000);    // patching many processes on a busy machine
constexpr int looks_before = 20, looks_meanwhile = 1;  // 10 ms apart
constexpr Milliseconds until_it_shows(5000), between_looks(2), between_questions(100);

bool moves_clock(const ClockMotion& motion) { return !motion.is_true(); }

std::string seconds_of(std::int64_t nanoseconds) {
  return fmt::format("{:+.4f} s", static_cast<double>(nanoseconds) / 1e9);
}

std::string counted_processes(std::size_t count) {
  return fmt::format("{} {}", count, count == 1 ? "process" : "processes");
}

ClockReading read_clocks_of(Host& host) {
  return reading_of(ask_tool(host, clock_verb, {{"do", "read"}}, clock_tool_deadline));
}

std::vector<AbsoluteWait> waits_of_database(Host& host, int looks) {
  return waits_of(
      ask_tool(host, clock_verb, {{"do", "waits"}, {"looks", looks}}, clock_tool_deadline));
}

enum class Shown { not_yet, by_some, by_all };

// Whether clocks are far enough from the truth now to tell a motion from none; throws when one is
// not where it should be. A drift takes a while to show, a strobe is at the true time half of the
// time, and a process under libfaketime shows nothing until it reads its clock again.
Shown shown_by(const HostMotion& motion, const ClockReading& reading) {
  std::size_t unread = 0;
  for (const auto& process : reading.processes) {
    if (!process.current) {
      ++unread;
      continue;
    }
    std::int64_t least = std::numeric_limits<std::int64_t>::max();
    if (moves_clock(motion.wall)) least = std::min(least, std::abs(process.wall_wanted));
    if (moves_clock(motion.monotonic)) least = std::min(least, std::abs(process.monotonic_wanted));
    if (least < distinct_from_truth) return Shown::not_yet;
    if (process.error > std::min(clock_tolerance, least / 4))
      throw std::runtime_error(
          fmt::format("a clock of {} (process {}) is {} from where it should be", process.command,
                      process.process, seconds_of(process.error)));
  }
  if (unread == reading.processes.size()) return Shown::not_yet;
  return unread == 0 ? Shown::by_all : Shown::by_some;
}

// By which process, for each way in use.
std::map<ClockWay, std::set<std::string>> ways_in(const HostMotion& motion,
                                                  const ClockReading& reading) {
  std::map<ClockWay, std::set<std::string>> ways;
  for (const auto& process : reading.processes) {
    if (moves_clock(motion.wall)) ways[process.way].insert(process.command);
    if (moves_clock(motion.monotonic)) ways[ClockWay::vdso].insert(process.command);
  }
  return ways;
}

std::string seen_of(const HostMotion& motion, const ClockReading& reading) {
  const auto current = std::find_if(reading.processes.begin(), reading.processes.end(),
                                    [](const auto& process) { return process.current; });
  std::string seen = counted_processes(reading.processes.size());
  const auto add = [&](const char* clock, const ClockMotion& moved, std::int64_t ahead) {
    if (!moves_clock(moved)) return;
    seen += fmt::format(", {} clock {}", clock, seconds_of(ahead));
    if (moved.rate != 1) seen += fmt::format(" so far, at {} of the true rate", moved.rate);
    if (moved.period != 0) seen += ", alternating";
  };
  add("wall", motion.wall, current->wall_ahead);
  add("monotonic", motion.monotonic, current->monotonic_ahead);
  seen += ", read back in the processes themselves";
  for (const auto& [way, commands] : ways_in(motion, reading))
    seen += fmt::format("; by {}: {}", name_of(way), fmt::join(commands, ", "));
  return seen;
}

std::string waits_for_it(const AbsoluteWait& wait) {
  const bool wall = wait.clock == WaitClock::wall;
  return fmt::format(
      "{} (process {}, thread {}) sleeps until absolute moments of the {} clock, which the kernel "
      "compares with the machine's own: it would sleep too long or not at all, as with no real "
      "clock; {}",
      wait.command, wait.process, wait.thread, wall ? "wall" : "monotonic",
      wall ? wait.remedy : "move its wall clock only");
}

bool all_have_read(const ClockReading& reading) {
  return std::all_of(reading.processes.begin(), reading.processes.end(),
                     [](const auto& process) { return process.current; });
}

// Until the next look. A server under libfaketime that is asked nothing may read no clock, so it is
// asked something.
void wait_for_a_reading(const Ground& ground, Host& host, const ClockReading& reading) {
  if (all_have_read(reading)) return std::this_thread::sleep_for(between_looks);
  if (ground.cluster.database_ready) ground.cluster.database_ready(host, between_questions);
  std::this_thread::sleep_for(between_questions);
}

// As soon as all processes have read their clocks since they were told something else; those that
// read none at all are not waited for.
ClockReading read_when_all_have(const Ground& ground, Host& host) {
  const auto until = std::chrono::steady_clock::now() + until_it_shows;
  while (true) {
    ClockReading reading = read_clocks_of(host);
    if (all_have_read(reading) || std::chrono::steady_clock::now() > until) return reading;
    wait_for_a_reading(ground, host, reading);
  }
}

}  // namespace

ClockFault::ClockFault(PlannedFault planned, Motion motion)
    : HostFault(std::move(planned)), motion_(std::move(motion)) {}

// The motion, or the part of it that does not lie to the database about more than the time.
HostMotion ClockFault::fit_for(Host& host, std::string& remark) const {
  HostMotion motion = motion_(host);
  for (const auto& wait : waits_of_database(host, looks_before)) {
    ClockMotion& moved = wait.clock == WaitClock::wall ? motion.wall : motion.monotonic;
    if (!moves_clock(moved)) continue;
    if (wait.clock == WaitClock::wall || !moves_clock(motion.wall))
      throw std::runtime_error(waits_for_it(wait));
    moved = ClockMotion{};
    remark = fmt::format(
        "; their monotonic clock is left alone, since {} sleeps until absolute "
        "moments of it",
        wait.command);
  }
  return motion;
}

// Where another fault has just killed the database it is moved as soon as it runs again.
Milliseconds ClockFault::wait_for_processes(const Ground& ground) const {
  if (!ground.alone || ground.alone()) return Milliseconds(0);
  return std::min(Milliseconds(planned().duration / 2'000'000), until_it_shows);
}

std::string ClockFault::strike(Ground& ground, Host& host) {
  std::string remark;
  const HostMotion motion = fit_for(host, remark);
  {
    const std::scoped_lock lock(mutex_);
    moved_[host.name()] = motion;
  }
  ask_tool(host, clock_verb, motion_question(motion), clock_tool_deadline);
  return see_it(ground, host, motion) + remark;
}

std::string ClockFault::see_it(Ground& ground, Host& host, const HostMotion& motion) {
  const Milliseconds for_processes = wait_for_processes(ground);
  const auto begun = std::chrono::steady_clock::now();
  while (true) {
    const auto waited = std::chrono::steady_clock::now() - begun;
    const ClockReading reading = read_clocks_of(host);
    if (reading.processes.empty() && waited >= for_processes) {
      undo(ground, host);  // it waits for new processes there
      throw NotHere("no process of the database runs there");
    }
    const Shown shown = reading.processes.empty() ? Shown::not_yet : shown_by(motion, reading);
    if (shown == Shown::by_all || (shown == Shown::by_some && waited > until_it_shows)) {
      const std::scoped_lock lock(mutex_);
      for (const auto& [way, commands] : ways_in(motion, reading)) ways_.insert(way);
      return seen_of(motion, reading);
    }
    if (waited > until_it_shows)
      throw std::runtime_error(fmt::format("within {} s no clock {}", until_it_shows.count() / 1000,
                                           all_have_read(reading)
                                               ? "was a millisecond from the truth"
                                               : "was read by the database"));
    wait_for_a_reading(ground, host, reading);
  }
}

std::string ClockFault::means() const {
  const std::scoped_lock lock(mutex_);
  std::vector<const char*> names;
  for (const ClockWay way : ways_) names.push_back(name_of(way));
  return fmt::format("{}", fmt::join(names, " and "));
}

std::optional<std::string> ClockFault::met(Ground&, Host& host, const Meeting&,
                                           Counters& counters) {
  HostMotion motion;
  {
    const std::scoped_lock lock(mutex_);
    motion = moved_[host.name()];
  }
  const ClockReading reading = read_clocks_of(host);
  if (!reading.newcomers.failure.empty())
    throw std::runtime_error("a process that began meanwhile: " + reading.newcomers.failure);
  for (const auto& wait : waits_of_database(host, looks_meanwhile))
    if (moves_clock(wait.clock == WaitClock::wall ? motion.wall : motion.monotonic))
      throw std::runtime_error(waits_for_it(wait));
  std::uint64_t calls = 0;
  for (const auto& process : reading.processes)
    calls += (moves_clock(motion.wall) ? process.calls.wall : 0) +
             (moves_clock(motion.monotonic) ? process.calls.monotonic : 0);
  counters.emplace_back(host.name() + " readings of a moved clock", calls);
  if (reading.newcomers.taken > 0)
    counters.emplace_back(host.name() + " processes that began meanwhile", reading.newcomers.taken);
  if (calls == 0) return {};
  return fmt::format("{} readings of a moved clock on {}", calls, host.name());
}

void ClockFault::undo(Ground&, Host& host) {
  const json outcome = ask_tool(host, clock_verb, {{"do", "restore"}}, clock_tool_deadline);
  const std::scoped_lock lock(mutex_);
  leads_[host.name()] = outcome["lead"];
  const std::size_t restored = outcome["restored"], left = outcome["left alone"],
                    told = outcome["told"];
  auto& became = restored_[host.name()];
  if (restored > 0)
    became += fmt::format(", the vDSO of {} as the kernel made it", counted_processes(restored));
  if (told > 0)
    became += fmt::format(", libfaketime of {} told the true time", counted_processes(told));
  if (left > 0) became += fmt::format(", {} no longer entering the hook", counted_processes(left));
}

std::string ClockFault::confirm(Ground& ground, Host& host) {
  std::int64_t lead = 0;
  std::string became;
  {
    const std::scoped_lock lock(mutex_);
    lead = leads_[host.name()];
    became = restored_[host.name()];
  }
  const ClockReading reading = read_when_all_have(ground, host);
  const auto near = [](std::int64_t one, std::int64_t other) {
    return std::abs(one - other) <= clock_tolerance;
  };
  for (const auto& process : reading.processes) {
    const bool monotonic = near(process.monotonic_ahead, 0) || near(process.monotonic_ahead, lead);
    if ((process.current && !near(process.wall_ahead, 0)) || !monotonic)
      throw std::runtime_error(fmt::format(
          "{} (process {}) still reads {} wall, {} monotonic", process.command, process.process,
          seconds_of(process.wall_ahead), seconds_of(process.monotonic_ahead)));
  }
  std::string seen = counted_processes(reading.processes.size()) + " with true clocks" + became;
  if (lead > 0)
    seen +=
        fmt::format(", but monotonic ones keep {}, since they do not go back", seconds_of(lead));
  return seen;
}

}  // namespace tribunal
