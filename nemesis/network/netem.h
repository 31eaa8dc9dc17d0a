// Shapes links by the kernel's own netem, where it has it: on the switch's end of the link to the
// receiving host, so that no sender is told of what is lost.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "nemesis/network/flow_shape.h"
#include "nemesis/network/links.h"

namespace tribunal {

// The words of tc(8) for a shape, such as "limit 1000 delay 50000us 10000us distribution normal".
std::string netem_words(const FlowShape& shape);

// Each function throws std::runtime_error or Error(environment) with what tc answered.
class Netem {
 public:
  // Whether this process is at the switch of a cell, on a kernel that has netem.
  static bool works(Cluster& cluster);
  // Whether netem can do that, on a link to that end.
  static bool can(const FlowShape& shape, const Host& to);

  explicit Netem(Cluster& cluster) : cluster_(cluster) {}
  void install(const Links& links, const FlowShape& shape);
  void remove();  // packets that wait are given the time that they still need, 3 s at most

  struct Passed {
    std::uint64_t packets = 0, lost = 0;
  };
  std::map<Link, Passed> read();  // since install(), the harness's measurements included

 private:
  std::uint64_t waiting();

  Cluster& cluster_;
  Links links_;
};

// What install() says to `tc -batch` for a link, and what takes it away: first the way to it, then
// the rest.
struct NetemScript {
  std::string root, link, detour, removal;
};
NetemScript netem_script(const Host& from, const Host& to, const std::string& words);

}  // namespace tribunal
