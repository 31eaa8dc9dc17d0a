#include "nemesis/every_host.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <stdexcept>
#include <thread>

namespace tribunal {

void on_every(Cluster& cluster, const std::vector<std::string>& hosts,
              const std::function<void(Host&)>& act) {
  std::vector<std::string> complaints(hosts.size());
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < hosts.size(); ++i) {
      threads.emplace_back([&, i] {
        try {
          act(cluster.host(hosts[i]));
        } catch (const std::exception& error) {
          complaints[i] = fmt::format("{}: {}", hosts[i], error.what());
        }
      });
    }
  }
  std::erase(complaints, "");
  if (!complaints.empty()) throw std::runtime_error(fmt::format("{}", fmt::join(complaints, "; ")));
}

}  // namespace tribunal
