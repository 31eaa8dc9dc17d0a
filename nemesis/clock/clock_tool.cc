#include "nemesis/clock/clock_tool.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>
#include <thread>
#include <utility>

#include "nemesis/clock/clock_questions.h"
#include "nemesis/clock/database_processes.h"
#include "nemesis/clock/host_clocks.h"
#include "nemesis/tool_channel.h"

namespace tribunal {
namespace {

using nlohmann::json;

// A thread waits for most of the time, but not at every moment, so one look is not enough. Where
// libfaketime moves a wall clock it moves the waits for it, too.
std::vector<AbsoluteWait> look_for_waits(int looks, const std::string& faketime) {
  constexpr std::chrono::milliseconds between_looks(10);
  std::vector<AbsoluteWait> found;
  std::set<std::pair<pid_t, WaitClock>> seen;
  for (int look = 0; look < looks; ++look) {
    for (const pid_t process : numbered_processes())
      if (is_of_database(process))
        for (auto& wait : absolute_waits(process)) {
          const bool wall = wait.clock == WaitClock::wall;
          if (!seen.emplace(wait.process, wait.clock).second) continue;
          if (wall && !faketime.empty() && begins_with_faketime(process, faketime)) continue;
          if (wall) wait.remedy = wall_wait_remedy(process);
          found.push_back(std::move(wait));
        }
    if (look + 1 < looks) std::this_thread::sleep_for(between_looks);
  }
  return found;
}

// Whether this machine lets clocks be moved, tried on a child that does nothing.
void try_on_a_child() {
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error("cannot start a process to try it on");
  if (child == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    while (true) ::pause();
  }
  std::exception_ptr failure;
  try {
    constexpr std::int64_t hour = 3'600'000'000'000, second = 1'000'000'000;
    PatchedProcess process(child);
    process.patch(std::chrono::seconds(2));
    process.move(record_of({hour, 1, 0, 0}, {}, true_clocks()));
    const std::int64_t ahead = process.read_clocks()[slot_realtime] - true_clocks()[slot_realtime];
    if (std::abs(ahead - hour) > 60 * second)
      throw std::runtime_error("a process that was patched does not read another time");
  } catch (...) {
    failure = std::current_exception();
  }
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  if (failure) std::rethrow_exception(failure);
}

json reply_to(HostClocks& clocks, const json& question) {
  const std::string what = question["do"];
  if (what == "try") {
    try_on_a_child();
    return json::object();
  }
  if (what == "waits") {
    return waits_answer(look_for_waits(question["looks"], clocks.faketime_path()));
  }
  if (what == "move") {
    clocks.move(motion_of(question));
    return json::object();
  }
  if (what == "read") return reading_answer(clocks.read(), clocks.newcomers());
  if (what == "restore") {
    const auto outcome = clocks.restore();
    return {{"lead", outcome.lead},
            {"restored", outcome.restored},
            {"left alone", outcome.left_alone},
            {"told", outcome.told}};
  }
  if (what == "use libfaketime") {
    clocks.use_faketime(faketime_read(question["library"]), look_of(question));
    return json::object();
  }
  if (what == "environment") return clocks.faketime_environment();
  throw std::runtime_error("nothing that is asked of a clock: " + what);
}

}  // namespace

int clock_tool_main() {
  must_be_on_a_host();
  HostClocks clocks;
  answer_all([&](const json& question) { return reply_to(clocks, question); });
  return 0;
}

}  // namespace tribunal
