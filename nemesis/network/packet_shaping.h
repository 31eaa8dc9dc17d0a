// Shapes links: by netem where the kernel has it and it can do what is asked, else by rules that
// lead packets to the tool packet-queue of the receiving host.
#pragma once

#include <map>
#include <string>

#include "nemesis/network/flow_shape.h"
#include "nemesis/network/links.h"
#include "nemesis/network/netem.h"

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

  std::string means() const;

  // Those of FlowCounters by name. Of netem only "packets" and "lost" are known, and, as "certain",
  // all packets once so many have passed that some must have met what it does; measurements are
  // left out by forget_measurements().
  using Counters = std::map<std::string, std::uint64_t>;
  struct Reading {
    Counters database, probe;
  };
  std::map<Link, Reading> read();

  void forget_measurements();  // to be called when the last one is over

  static void prepare(Cluster& cluster);  // starts the tools and tries a rule

 private:
  void queue(const Links& links, const FlowShape& shape, std::uint64_t seed);
  Reading netem_reading(const Netem::Passed& passed, const Netem::Passed& measured) const;
  std::string flow_of(const Link& link) const { return chain_ + "-" + link.from; }

  Cluster& cluster_;
  const std::string chain_;
  const Spares spares_;
  Links queued_;  // by the tool
  Netem netem_;
  Links by_netem_;
  FlowShape shape_;
  std::map<Link, Netem::Passed> measured_;
};

}  // namespace tribunal
