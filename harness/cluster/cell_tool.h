// A tool of a cell: a process at the other end of a socket.
#pragma once

#include <functional>
#include <mutex>

#include "harness/cluster/descriptor.h"
#include "harness/cluster/host.h"

namespace tribunal {

class CellTool final : public Tool {
 public:
  // `end` ends the process, if it still runs.
  CellTool(std::string name, Descriptor socket, std::function<void()> end);
  ~CellTool() override;
  std::string ask(const std::string& line, Milliseconds deadline) override;

 private:
  [[noreturn]] void complain(const std::string& what) const;

  const std::string name_;  // "packet-queue on n1"
  const std::function<void()> end_;
  std::mutex mutex_;
  Descriptor socket_;     // guarded by mutex_
  std::string received_;  // after the last whole line; guarded by mutex_
};

}  // namespace tribunal
