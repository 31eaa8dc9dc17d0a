#include "nemesis/process/live_processes.h"

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <stdexcept>
#include <thread>

#include "nemesis/every_host.h"

namespace tribunal {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

// The database answers through `host`, or has not in 15 s of calm.
bool serves_in_calm(Ground& ground, Host& host) {
  constexpr Milliseconds patience = 15s, step = 500ms;
  for (Milliseconds calm{0}; calm < patience;) {
    const bool alone = !ground.alone || ground.alone();
    const auto began = Clock::now();
    if (ground.cluster.database_ready(host, step)) return true;
    if (alone)
      calm += std::max(step, std::chrono::duration_cast<Milliseconds>(Clock::now() - began));
  }
  return false;
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
  if (victims.empty()) throw std::runtime_error("nothing was running that could be ended");
  host.signal_all(signal);
  constexpr Milliseconds patience = 5s, reaping = 300ms;
  const auto until = Clock::now() + patience;
  while (!live_processes(host).empty() && Clock::now() < until) std::this_thread::sleep_for(5ms);
  std::size_t by_us = 0;
  int status_seen = 0;
  for (const auto& victim : victims) {
    const auto left = std::chrono::duration_cast<Milliseconds>(until - Clock::now());
    // A child that its own parent has reaped leaves no status, only its absence.
    const auto status = host.ended(victim.pid, std::clamp(left, Milliseconds(0), reaping));
    if (!status) continue;
    status_seen = *status;
    if (*status == 128 + signal) ++by_us;
  }
  const auto left = live_processes(host);
  if (!left.empty()) throw std::runtime_error(fmt::format("{} still runs", left.front().command));
  if (signal == SIGKILL && by_us == 0)
    throw std::runtime_error("its processes had ended otherwise than by the signal");
  return fmt::format("{} of {} processes ended with status {}, none left",
                     signal == SIGKILL ? by_us : victims.size(), victims.size(),
                     signal == SIGKILL ? 128 + SIGKILL : status_seen);
}

void await_database(Ground& ground, const std::vector<std::string>& hosts) {
  on_every(ground.cluster, hosts, [&](Host& host) {
    if (!serves_in_calm(ground, host))
      throw std::runtime_error("the database does not answer after 15 s of calm");
  });
}

}  // namespace tribunal
