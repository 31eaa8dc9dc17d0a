#include "nemesis/process/pause.h"

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <functional>
#include <stdexcept>
#include <thread>

#include "nemesis/host_fault.h"
#include "nemesis/not_here.h"
#include "nemesis/process/live_processes.h"

namespace tribunal {
namespace {

using namespace std::chrono_literals;

constexpr char stopped = 'T';
constexpr auto answers_on_their_way = 50ms;  // sent before the pause, they come in after it

// Throws if within 5 s some process has still not come to the wanted state.
std::size_t await_state(Host& host, const std::function<bool(char)>& wanted) {
  const auto until = std::chrono::steady_clock::now() + 5s;
  while (true) {
    const auto processes = live_processes(host);
    const auto other = std::find_if(processes.begin(), processes.end(),
                                    [&](const Process& process) { return !wanted(process.state); });
    if (other == processes.end()) return processes.size();
    if (std::chrono::steady_clock::now() > until)
      throw std::runtime_error(fmt::format("{} is in state {}", other->command, other->state));
    std::this_thread::sleep_for(5ms);
  }
}

class PauseFault final : public HostFault {
 public:
  using HostFault::HostFault;

 private:
  std::string strike(Ground&, Host& host) override {
    host.signal_all(SIGSTOP);
    const std::size_t count = await_state(host, [](char state) { return state == stopped; });
    if (count == 0) throw NotHere("nothing was running that could be paused");
    std::this_thread::sleep_for(answers_on_their_way);
    return fmt::format("all {} processes in state T", count);
  }
  void undo(Ground&, Host& host) override { host.signal_all(SIGCONT); }
  std::string confirm(Ground&, Host& host) override {
    await_state(host, [](char state) { return state != stopped; });
    return "no process in state T";
  }
};

}  // namespace

FaultKind pause_fault() {
  auto kind =
      host_fault_kind<PauseFault>("pause", "the database is stopped by SIGSTOP and goes on later");
  kind.resource = "processes";
  kind.harm = Harm::stops;
  return kind;
}

}  // namespace tribunal
