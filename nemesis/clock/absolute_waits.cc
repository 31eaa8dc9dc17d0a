#include "nemesis/clock/absolute_waits.h"

#include <fmt/format.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>

#include <charconv>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "nemesis/clock/clock_way.h"
#include "nemesis/clock/faketime_library.h"

namespace tribunal {
namespace {

constexpr std::string_view harmless_threads[] = {"jemalloc_bg_thd"};

std::string first_line(const std::string& file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  return line;
}

std::optional<WaitClock> futex_wait(std::uint64_t operation, std::uint64_t timeout) {
  if (timeout == 0) return {};  // for ever
  const std::uint64_t command = operation & FUTEX_CMD_MASK;
  if (command == FUTEX_LOCK_PI) return WaitClock::wall;
  if (command != FUTEX_WAIT_BITSET && command != FUTEX_WAIT_REQUEUE_PI) return {};
  return (operation & FUTEX_CLOCK_REALTIME) != 0 ? WaitClock::wall : WaitClock::monotonic;
}

}  // namespace

std::optional<WaitClock> absolute_wait_in(const std::string& system_call) {
  std::istringstream in(system_call);
  long number = -1;
  std::uint64_t arguments[6] = {};
  in >> number >> std::hex;  // "running" and "-1" are in no call
  for (auto& argument : arguments) {
    std::string text;
    in >> text;
    if (text.starts_with("0x"))
      std::from_chars(text.data() + 2, text.data() + text.size(), argument, 16);
  }
  if (number == SYS_futex) return futex_wait(arguments[1], arguments[3]);
  if (number == SYS_clock_nanosleep && (arguments[1] & TIMER_ABSTIME) != 0)
    return arguments[0] == CLOCK_REALTIME ? WaitClock::wall : WaitClock::monotonic;
  return {};
}

std::string wall_wait_remedy(pid_t process) {
  try {
    const WayChosen chosen = way_of(facts_of_program(fmt::format("/proc/{}/exe", process)));
    if (!chosen.hindrance.empty()) return "libfaketime cannot move it, since " + chosen.hindrance;
    if (chosen.way == ClockWay::vdso) return "its program is none that libfaketime can move";
    if (faketime_path().empty())
      return fmt::format("libfaketime, which is not installed, would move it; {}",
                         faketime_install);
    return "it was not started under libfaketime, or did not run under it when that was tried";
  } catch (const std::runtime_error&) {
    return "it has gone";
  }
}

std::vector<AbsoluteWait> absolute_waits(pid_t process) {
  std::vector<AbsoluteWait> waits;
  std::error_code gone;
  const std::string tasks = fmt::format("/proc/{}/task", process);
  for (std::filesystem::directory_iterator task(tasks, gone), end; !gone && task != end;
       task.increment(gone)) {
    const auto clock = absolute_wait_in(first_line(task->path() / "syscall"));
    if (!clock) continue;
    const std::string name = first_line(task->path() / "comm");
    bool harmless = false;
    for (const auto& known : harmless_threads) harmless = harmless || name == known;
    if (!harmless)
      waits.push_back(
          {process, first_line(fmt::format("/proc/{}/comm", process)), name, *clock, {}});
  }
  return waits;
}

}  // namespace tribunal
