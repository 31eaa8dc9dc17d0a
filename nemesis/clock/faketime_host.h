// A host on which servers are started under libfaketime where that is the better way to move their
// clocks; in all else the host itself.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "harness/cluster/host.h"

namespace tribunal {

// The executable files that a command names, as arguments or as words of a line for a shell: a
// server is often begun by a script that is given its path.
std::vector<std::string> programs_in(const std::vector<std::string>& command);

// Which programs are started under libfaketime: found out once for each, from its file and by a try
// whether it runs under it at all. For any thread.
class FaketimePrograms {
 public:
  // Where its file does not tell already, runs it twice, with --version, on that host; what does
  // not end by that, or ends otherwise under libfaketime, is not started so.
  bool contains(Host& host, const std::string& program);

 private:
  std::mutex mutex_;
  std::map<std::string, bool> found_;  // by path; guarded by mutex_
};

class FaketimeHost final : public Host {
 public:
  FaketimeHost(Host& host, FaketimePrograms& programs) : host_(host), programs_(programs) {}

  int start(const Daemon& daemon) override;

  const std::string& name() const override { return host_.name(); }
  std::size_t index() const override { return host_.index(); }
  const std::string& address() const override { return host_.address(); }
  std::filesystem::path data() const override { return host_.data(); }
  CommandResult run(const std::vector<std::string>& command, Milliseconds deadline,
                    const std::string& input) override {
    return host_.run(command, deadline, input);
  }
  Tool& tool(const std::string& verb) override { return host_.tool(verb); }
  void signal_all(int signal) override { host_.signal_all(signal); }
  std::vector<Process> processes() override { return host_.processes(); }
  std::vector<int> local_processes() override { return host_.local_processes(); }
  std::optional<int> ended(int pid, Milliseconds deadline) override {
    return host_.ended(pid, deadline);
  }
  bool probe(Host& to, Milliseconds deadline) override { return host_.probe(to, deadline); }

 private:
  Host& host_;
  FaketimePrograms& programs_;
};

// In the place of Cluster::start_database.
struct FaketimeStart {
  std::function<void(Host&)> start_database;
  std::shared_ptr<FaketimePrograms> programs;

  void operator()(Host& host) const {
    FaketimeHost wrapped(host, *programs);
    start_database(wrapped);
  }
};

}  // namespace tribunal
