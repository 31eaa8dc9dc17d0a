// One machine of a cluster, and the few ways to reach into it. A Database and a Fault are written
// once against this and run unchanged on each backend.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tribunal {

using Milliseconds = std::chrono::milliseconds;

struct CommandResult {
  int status = 0;          // exit code, or 128 + signal
  bool timed_out = false;  // it was killed at its deadline
  std::string out, err;
  bool ok() const { return status == 0 && !timed_out; }
};

struct Process {
  int pid = 0;          // as the host counts
  std::string command;  // its short name
  char state = '?';     // as in /proc/PID/stat: R S D T Z ...
};

// What a database wants started on a host.
struct Daemon {
  std::vector<std::string> command;                // argv, by absolute path
  std::map<std::string, std::string> environment;  // with PATH, HOME and LANG, all it gets
  bool as_ordinary_user = false;                   // it refuses to run as root
  // What it is configured by: contents by path below the host's data(). Written before its first
  // start only, since some rewrite theirs; a copy is kept with the run.
  std::map<std::string, std::string> files = {};
};

// A tool of the harness on a host, beside the database: this very program under a hidden verb. It
// reads lines on its descriptor 0, which is a socket, answers each with one line, and exits when
// that is closed.
class Tool {
 public:
  virtual ~Tool() = default;  // ends it
  // For any thread, one question at a time. Throws Error(environment) when the tool has ended or is
  // silent; a tool that was silent once is not asked again.
  virtual std::string ask(const std::string& line, Milliseconds deadline) = 0;
};

class Host {
 public:
  virtual ~Host() = default;

  virtual const std::string& name() const = 0;  // "n1"
  virtual std::size_t index() const = 0;        // 0 for n1
  virtual const std::string& address()
      const = 0;  // as other hosts and the controller's clients reach it
  virtual std::filesystem::path data() const = 0;  // a directory of its own, as the host sees it

  // Runs a command to its end or its deadline (then it is killed). Throws Error(environment) only
  // when it cannot be started at all. `input` goes to its standard input.
  virtual CommandResult run(const std::vector<std::string>& command, Milliseconds deadline,
                            const std::string& input = {}) = 0;

  // Starts a daemon; its stdout and stderr are appended to the host's log folder as <basename>.log.
  // Returns its pid.
  virtual int start(const Daemon& daemon) = 0;

  // The tool of that verb, started at its first use as the host's root, ended with the host. What
  // it says on stderr is in tribunal-<verb>.log of the host's log folder.
  virtual Tool& tool(const std::string& verb) = 0;

  // Sends a signal to everything that start() ever started here and that still runs, descendants
  // included.
  virtual void signal_all(int signal) = 0;

  // Those processes, as they are now.
  virtual std::vector<Process> processes() = 0;

  // The same by the numbers that they have where the harness runs; none where that is another
  // machine.
  virtual std::vector<int> local_processes() { return {}; }

  // How the daemon `pid` ended: exit code, or 128 + signal; nothing while it runs. Waits up to
  // `deadline`.
  virtual std::optional<int> ended(int pid, Milliseconds deadline) = 0;

  // Sends one datagram from this host to `to` and says whether `to` saw it arrive, by a path that
  // is not the database's: the probe by which partitions are observed.
  virtual bool probe(Host& to, Milliseconds deadline) = 0;
};

}  // namespace tribunal
