// What makes a topology: the ways by which some hosts no longer hear others.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "nemesis/network/grudge.h"
#include "nemesis/network/links.h"

namespace tribunal {

enum class CutBy {
  drop,    // as by a network that lost it
  reject,  // a sender of TCP is told at once
  hold,    // delivered at the heal
};

// What was cut off on a link: probes apart from the rest, which is the database's.
struct Dropped {
  std::uint64_t probes = 0, packets = 0;
};

// Each function throws std::runtime_error or Error(environment) with what was answered.
class Cut {
 public:
  virtual ~Cut() = default;
  virtual void install(const Links& links) = 0;
  virtual void remove() = 0;  // whatever of it is there, and looks whether it is gone
  virtual std::map<Link, Dropped> counters() = 0;
  virtual std::string means() const = 0;
};

// `fault`: its number, which is part of the names of rules.
std::unique_ptr<Cut> make_cut(Cluster& cluster, int fault, CutBy by, std::uint64_t seed);

}  // namespace tribunal
