#include "nemesis/process/live_processes.h"

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <thread>

#include "nemesis/every_host.h"
#include "nemesis/not_here.h"
#include "nemesis/options.h"

namespace tribunal {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

// Waits until the database answers through `host`; why it has not, else nothing.
std::string why_silent(Ground& ground, Host& host, Milliseconds in_all) {
  constexpr Milliseconds patience = 15s, step = 500ms;
  const auto begun = Clock::now();
  for (Milliseconds calm{0}; calm < patience;) {
    const bool alone = !ground.alone || ground.alone();
    const auto asked = Clock::now();
    if (ground.cluster.database_ready(host, step)) return {};
    const auto now = Clock::now();
    if (alone) calm += std::max(step, std::chrono::duration_cast<Milliseconds>(now - asked));
    if (std::chrono::duration_cast<Milliseconds>(now - begun) >= in_all)
      return fmt::format("the database has not answered for {:.0f} s",
                         std::chrono::duration<double>(now - begun).count());
  }
  return "the database does not answer after 15 s of calm";
}

// Until none of them is there any more, not even as one that has ended; 5 s at most for those that
// have not ended.
void await_burial(Host& host, const std::vector<Process>& victims) {
  const auto until = Clock::now() + 5s;
  while (true) {
    const auto there = host.processes();
    const auto left = std::find_first_of(
        there.begin(), there.end(), victims.begin(), victims.end(),
        [](const Process& one, const Process& victim) { return one.pid == victim.pid; });
    if (left == there.end()) return;
    if (Clock::now() > until) {
      if (left->state == 'Z' || left->state == 'X') return;
      throw std::runtime_error(
          fmt::format("process {} ({}) did not end", left->pid, left->command));
    }
    std::this_thread::sleep_for(2ms);
  }
}

}  // namespace

std::vector<Process> live_processes(Host& host) {
  auto processes = host.processes();
  std::erase_if(processes, [](const Process& process) {
    return process.state == 'Z' || process.state == 'X';
  });
  return processes;
}

std::string end_database(Host& host, int signal) {
  const auto victims = live_processes(host);
  if (victims.empty()) throw NotHere("nothing was running that could be ended");
  host.signal_all(signal);
  await_burial(host, victims);
  std::size_t by_us = 0;
  int status_seen = 0;
  for (const auto& victim : victims) {  // of one that its parent has buried nothing is known
    const auto status = host.ended(victim.pid, Milliseconds(0));
    if (status) status_seen = *status;
    if (status == 128 + signal) ++by_us;
  }
  const auto left = live_processes(host);
  if (!left.empty()) throw std::runtime_error(fmt::format("{} still runs", left.front().command));
  if (signal == SIGKILL && by_us == 0)
    throw std::runtime_error("its processes had ended otherwise than by the signal");
  return fmt::format("{} of {} processes ended with status {}, none left",
                     signal == SIGKILL ? by_us : victims.size(), victims.size(),
                     signal == SIGKILL ? 128 + SIGKILL : status_seen);
}

std::set<int> live_numbers(Host& host) {
  std::set<int> numbers;
  for (const auto& process : live_processes(host)) numbers.insert(process.pid);
  return numbers;
}

std::string stop_database(Cluster& cluster, Host& host) {
  const int signal = cluster.stop_signal;
  const std::string name = "SIG" + std::string(::sigabbrev_np(signal));
  if (live_processes(host).empty()) throw NotHere("nothing was running that could be stopped");
  try {
    return fmt::format("{} by {}", end_database(host, signal), name);
  } catch (const NotHere&) {
    throw;
  } catch (const std::runtime_error&) {
    if (live_processes(host).empty()) return fmt::format("ended by {} after 5 s", name);
    return fmt::format("did not end within 5 s of {}; killed: {}", name,
                       end_database(host, SIGKILL));
  }
}

FaultOption ending_choices() {
  return {"how", {"stop", "kill"}, "asked to end by the database's signal, or SIGKILL"};
}

Ending ending_option(const PlannedFault& planned) {
  return choice_option(planned, "how", {"stop", "kill"}) == "kill" ? Ending::killed
                                                                   : Ending::stopped;
}

std::string end_database(Cluster& cluster, Host& host, Ending how) {
  return how == Ending::killed ? end_database(host, SIGKILL) : stop_database(cluster, host);
}

std::string restart_database(Cluster& cluster, Host& host, Ending how,
                             const std::function<void()>& ended) {
  const auto before = live_numbers(host);
  const std::string end = end_database(cluster, host, how);
  if (ended) ended();
  cluster.start_database(host);
  const auto until = Clock::now() + 5s;
  while (true) {
    const auto now = live_numbers(host);
    for (const int pid : now)
      if (!before.contains(pid)) return fmt::format("{}; pid {} -> {}", end, *before.begin(), pid);
    if (Clock::now() > until) throw std::runtime_error(end + "; and nothing runs again");
    std::this_thread::sleep_for(5ms);
  }
}

void await_database(Ground& ground, const std::vector<std::string>& hosts, Milliseconds in_all) {
  on_every(ground.cluster, hosts, [&](Host& host) {
    const std::string why = why_silent(ground, host, in_all);
    if (!why.empty()) throw std::runtime_error(why);
  });
}

}  // namespace tribunal
