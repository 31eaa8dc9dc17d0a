#include "nemesis/live_processes.h"

#include <stdexcept>

#include "nemesis/every_host.h"

namespace tribunal {

std::vector<Process> live_processes(Host& host) {
  auto processes = host.processes();
  std::erase_if(processes, [](const Process& process) {
    return process.state == 'Z' || process.state == 'X';
  });
  return processes;
}

void await_database(Cluster& cluster, const std::vector<std::string>& hosts) {
  constexpr std::chrono::seconds deadline{15};
  on_every(cluster, hosts, [&](Host& host) {
    if (!cluster.database_ready(host, deadline))
      throw std::runtime_error("the database does not answer after 15 s");
  });
}

}  // namespace tribunal
