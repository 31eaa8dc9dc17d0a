// A host of a cell, as the rest of the harness sees it.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "harness/cluster/cell_tool.h"
#include "harness/cluster/host_link.h"

namespace tribunal {

// Where probes are awaited, whichever host they arrive at. For any thread.
class Arrivals {
 public:
  std::string expect(const std::string& from);  // a token that no other probe has
  void note(const std::string& token);          // ignored unless expected
  bool wait(const std::string& token, Milliseconds deadline);
  bool collect(const std::string& token);  // whether it has arrived; no longer expected

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t last_ = 0;              // guarded by mutex_
  std::map<std::string, bool> tokens_;  // whether arrived; guarded by mutex_
};

struct CellHostPlan {
  std::string name;
  std::size_t index = 0;
  std::string address;
  std::filesystem::path logs, data;  // of this host, on the machine; data empty: memory
};

class CellHost : public Host {
 public:
  CellHost(CellHostPlan plan, std::shared_ptr<Arrivals> arrivals);
  ~CellHost() override;

  // The host's init begins to furnish it, once its network link is there; await_ready throws if it
  // could not.
  void begin(const std::string& names);
  void await_ready();
  // Until datagrams reach `to`: the kernel sets links and bridge ports going some time after it was
  // told to.
  void await_way_to(CellHost& to);
  int init() const { return link_->init(); }

  const std::string& name() const override { return plan_.name; }
  std::size_t index() const override { return plan_.index; }
  const std::string& address() const override { return plan_.address; }
  std::filesystem::path data() const override;
  CommandResult run(const std::vector<std::string>& command, Milliseconds deadline,
                    const std::string& input) override;
  int start(const Daemon& daemon) override;
  Tool& tool(const std::string& verb) override;
  void signal_all(int signal) override;
  std::vector<Process> processes() override;
  std::vector<int> local_processes() override;
  std::optional<int> ended(int pid, Milliseconds deadline) override;
  bool probe(Host& to, Milliseconds deadline) override;

 private:
  void write_files(const Daemon& daemon);
  const CellHostPlan plan_;
  const std::shared_ptr<Arrivals> arrivals_;
  std::optional<HostLink> link_;
  HostLink::Ticket begun_ = 0;
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<CellTool>> tools_;  // by verb; guarded by mutex_
};

}  // namespace tribunal
