// One adapter: a process of its own session that reads lines and writes lines. It never outlives
// its owner, nor the harness, and nothing that it does can block, crash or fill the harness.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "harness/cluster/descriptor.h"
#include "harness/cluster/host.h"

namespace tribunal {

// Used by one thread, the one that made it: the kernel kills the process when that thread ends.
class AdapterProcess {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // Its stderr is appended to `log` until that has 8 MiB, and read and thrown away from then on;
  // empty: it goes where the harness's goes. Never waits and never throws: one that could not be
  // started is one that has ended.
  AdapterProcess(const std::vector<std::string>& command, const std::filesystem::path& log);
  ~AdapterProcess();  // closes its input, gives it a moment to end, kills what is left of it
  AdapterProcess(const AdapterProcess&) = delete;
  AdapterProcess& operator=(const AdapterProcess&) = delete;

  enum class Sent { all, nothing, some };
  Sent send(const std::string& line, Time until);

  enum class Got { line, nothing_in_time, end, too_long };
  Got receive(std::string& line, Time until);

  // Whether it has said something that nobody asked for, or closed its output.
  bool has_more();

  void close_input() { in_.close(); }
  void kill();  // it and all that it started
  // Waits for its end; false: it still runs.
  bool await_end(Time until);
  // How it ended, in words, and the last line of its stderr where it did not end well: "exit code
  // 0", "exit code 1: no such file". Waits for it a little.
  std::string end();

 private:
  enum class Filled { some, nothing_in_time, end };
  Filled fill(Time until);
  void keep_errors();
  std::string last_line() const;

  int pid_ = -1;
  bool ended_ = false, by_signal_ = false;
  int status_ = 0;  // exit code or signal
  std::string not_started_;
  Descriptor in_, out_, err_;  // our ends
  Descriptor log_;
  std::size_t kept_ = 0;    // bytes of its stderr that are in the log
  std::string last_words_;  // of its stderr
  std::string buffer_;
};

}  // namespace tribunal
