// The network of a cell: one bridge in the controller's namespace, where clients connect from, and
// one link for each host. Hosts begin at the same time; the whole takes some tens of milliseconds.
#include "harness/cluster/cell.h"

#include <fmt/format.h>

#include "harness/cluster/cell_host.h"
#include "harness/cluster/client_side.h"
#include "harness/cluster/command.h"
#include "harness/cluster/loop_disks.h"
#include "harness/record/error.h"

namespace tribunal {
namespace {

constexpr std::size_t most_hosts = 200;
constexpr Milliseconds network_deadline{10'000};

constexpr const char* clients_address = "10.77.0.254";

std::string address_of(std::size_t index) { return fmt::format("10.77.0.{}", index + 1); }

void change_network(const std::string& batch) {
  CommandResult result;
  try {
    result = run_command({"ip", "-batch", "-"}, network_deadline, batch);
  } catch (const Error& error) {
    throw Error(Blame::environment, error.what(), "apt-get install iproute2");
  }
  if (!result.ok())
    throw Error(Blame::environment,
                "cannot build the network of a cell with `ip -batch -`: " + result.err,
                "tribunal doctor says what is missing");
}

// The bridge and the controller's ends of the links, which would else stay until the cell ends.
class CellNetwork {
 public:
  explicit CellNetwork(const std::vector<int>& inits) {
    std::string batch =
        "link add tribunal0 type bridge\n"
        "addr add 10.77.0.254/24 dev tribunal0\n"
        "link set tribunal0 up\n";
    removal_ = "link del tribunal0\n";
    for (std::size_t i = 0; i < inits.size(); ++i) {
      const std::string link = fmt::format("tribunal{}", i + 1);
      batch += fmt::format("link add {} type veth peer name eth0 netns {}\n", link, inits[i]);
      batch += fmt::format("link set {} master tribunal0 up\n", link);
      removal_ += fmt::format("link del {}\n", link);
    }
    change_network(batch);
  }
  ~CellNetwork() {
    try {
      run_command({"ip", "-force", "-batch", "-"}, network_deadline, removal_);
    } catch (const Error&) {  // there was an ip a moment ago; the links go with the namespace
    }
  }
  CellNetwork(const CellNetwork&) = delete;

 private:
  std::string removal_;
};

// What must outlive the hosts of one cell comes after them in the order of destruction: the last
// host lets go of it.
class NetworkedHost final : public CellHost {
 public:
  using CellHost::CellHost;
  void keep(std::shared_ptr<CellNetwork> network) { network_ = std::move(network); }

 private:
  std::shared_ptr<CellNetwork> network_;
};

CellHostPlan plan_for(const CellOptions& options, std::size_t index) {
  CellHostPlan plan{fmt::format("n{}", index + 1), index, address_of(index), {}, {}};
  plan.logs = std::filesystem::absolute(options.logs) / plan.name;
  if (!options.data.empty()) plan.data = std::filesystem::absolute(options.data) / plan.name;
  return plan;
}

std::filesystem::path image_folder(const CellOptions& options) {
  if (options.data.empty())
    throw Error(Blame::usage, "disks on loop devices keep their files in images of the run folder",
                "--data disk, or --disk fuse");
  return std::filesystem::absolute(options.data);
}

std::string names_file(std::size_t hosts) {
  std::string text = "127.0.0.1 localhost\n";
  for (std::size_t i = 0; i < hosts; ++i) text += fmt::format("{} n{}\n", address_of(i), i + 1);
  return text;
}

}  // namespace

std::unique_ptr<Cluster> build_cell(const CellOptions& options) {
  if (options.hosts < 1 || options.hosts > most_hosts)
    throw Error(Blame::usage, fmt::format("a cell cannot have {} hosts", options.hosts),
                fmt::format("between 1 and {}", most_hosts));
  const auto arrivals = std::make_shared<Arrivals>();
  std::vector<std::unique_ptr<NetworkedHost>> hosts;
  std::vector<int> inits;
  for (std::size_t i = 0; i < options.hosts; ++i) {
    hosts.push_back(std::make_unique<NetworkedHost>(plan_for(options, i), arrivals));
    inits.push_back(hosts.back()->init());
  }
  const auto network = std::make_shared<CellNetwork>(inits);
  const std::string names = names_file(options.hosts);
  for (const auto& host : hosts) host->begin(names);
  for (const auto& host : hosts) host->await_ready();
  for (std::size_t i = 1; i < hosts.size(); ++i) hosts[i]->await_way_to(*hosts[0]);
  std::vector<std::unique_ptr<Host>> built;
  std::map<std::string, int> inits_by_name;
  for (auto& host : hosts) {
    host->keep(network);
    inits_by_name[host->name()] = host->init();
    built.push_back(std::move(host));
  }
  auto cluster = std::make_unique<Cluster>(std::move(built));
  if (options.loop_keeper != nullptr)
    cluster->loop_disks = std::make_shared<LoopDisks>(
        *options.loop_keeper, cluster->journal(), image_folder(options), std::move(inits_by_name));
  cluster->clients =
      std::make_unique<ClientSide>(options.hosts, clients_address,
                                   std::filesystem::absolute(options.logs) / "clients", arrivals);
  return cluster;
}

}  // namespace tribunal
