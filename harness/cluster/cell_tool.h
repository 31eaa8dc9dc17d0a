// A tool on a host of a cell: a process that the host's init started, at the other end of a socket.
#pragma once

#include <mutex>

#include "harness/cluster/descriptor.h"
#include "harness/cluster/host_link.h"

namespace tribunal {

class CellTool final : public Tool {
 public:
  // `pid` as the host counts, which is also the tool's session.
  CellTool(std::string name, HostLink& link, int pid, Descriptor socket);
  ~CellTool() override;
  std::string ask(const std::string& line, Milliseconds deadline) override;

 private:
  [[noreturn]] void complain(const std::string& what) const;

  const std::string name_;  // "packet-queue on n1"
  HostLink& link_;
  const int pid_;
  std::mutex mutex_;
  Descriptor socket_;     // guarded by mutex_
  std::string received_;  // after the last whole line; guarded by mutex_
};

}  // namespace tribunal
