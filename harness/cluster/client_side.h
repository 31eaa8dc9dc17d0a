// The controller's own place in the network of a cell, from where the clients speak: a host without
// a database, so that faults may cut and shape the links of clients as those between hosts.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "harness/cluster/cell_host.h"
#include "harness/cluster/cell_tool.h"
#include "harness/cluster/cluster.h"
#include "harness/cluster/descriptor.h"

namespace tribunal {

class ClientSide final : public Host {
 public:
  // `logs`: a folder, made when a tool is started.
  ClientSide(std::size_t index, std::string address, std::filesystem::path logs,
             std::shared_ptr<Arrivals> arrivals);

  const std::string& name() const override { return name_; }
  std::size_t index() const override { return index_; }
  const std::string& address() const override { return address_; }
  std::filesystem::path data() const override { return {}; }
  CommandResult run(const std::vector<std::string>& command, Milliseconds deadline,
                    const std::string& input) override;
  int start(const Daemon& daemon) override;  // throws: no database runs here
  Tool& tool(const std::string& verb) override;
  void signal_all(int) override {}
  std::vector<Process> processes() override;  // none; takes note of the probes that have arrived
  std::optional<int> ended(int, Milliseconds) override { return {}; }
  bool probe(Host& to, Milliseconds deadline) override;

 private:
  const std::string name_ = Cluster::clients_name;
  const std::size_t index_;
  const std::string address_;
  const std::filesystem::path logs_;
  const std::shared_ptr<Arrivals> arrivals_;
  Descriptor probes_;
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<CellTool>> tools_;  // by verb; guarded by mutex_
};

}  // namespace tribunal
