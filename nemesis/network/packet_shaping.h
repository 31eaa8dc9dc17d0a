// Shapes links between hosts: the rules that lead packets to the tool packet-queue of the receiving
// host, and what the tool does to them.
#pragma once

#include <map>
#include <string>

#include "nemesis/network/flow_shape.h"
#include "nemesis/network/links.h"

namespace tribunal {

class PacketShaping {
 public:
  // Whose packets pass untouched: each sort of fault leaves those alone by which the other one is
  // measured.
  enum class Spares { probes, meters };

  // `fault`: its number, which is part of the names of chains and flows.
  PacketShaping(Cluster& cluster, int fault, Spares spares);

  // Each throws std::runtime_error or Error(environment) with what a host answered.
  void install(const Links& links, const FlowShape& shape, std::uint64_t seed);
  // On every receiver, whatever of it is there; packets that wait are delivered first. A tool that
  // has ended holds none: the kernel dropped them.
  void remove();

  using Counters = std::map<std::string, std::uint64_t>;
  struct Reading {
    Counters database, probe, meter;
  };
  std::map<Link, Reading> read();

  static void prepare(Cluster& cluster);  // starts the tools and tries a rule

 private:
  std::string flow_of(const Link& link) const { return chain_ + "-" + link.from; }

  Cluster& cluster_;
  const std::string chain_;
  const Spares spares_;
  Links links_;
};

}  // namespace tribunal
