// Who stops hearing whom in a partition: pure functions from a shape to its cut directions.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "harness/record/receipt.h"
#include "nemesis/network/links.h"

namespace tribunal {

// For each host, the hosts whose packets it drops on receipt. The names and their meaning are
// Jepsen's.
using Grudge = std::map<std::string, std::set<std::string>>;

struct Partition {
  Grudge grudge;
  std::vector<std::string>
      isolated;        // those it is about: the loner, the smaller half, all of a ring
  std::string detail;  // "n1 | n2 n3"

  Links cut() const;  // the grudge as links on which nothing passes
};

// The shapes by name:
//   one              the first host of the order | the rest
//   halves           the first half, rounded down | the rest
//   majority         some of the first, of a number drawn from the seed | a majority
//   minority-third   (n-1)/3 hosts, rounded down, but at least one | the rest
//   majorities-ring  each hears a majority, and no two the same
//   bridge           two halves that hear each other through one host only
//   primaries        each of `leaders` alone | the rest; without any, the first of the order
//   random           some hosts, drawn from the seed | the rest
//   one-way          the first hears nobody, or nobody hears the first
//   clients          clients | hosts, as the option `clients` says: one, minority, majority or
//                    leader (of `leaders`; without any, the first)
// Whatever else is left to chance is taken from the order. Of two hosts each shape but one-way and
// clients is the one cut there is. The option `grudge`, unless "none", is taken instead of a shape:
// "n1<n2,n2<n3" is n1 not hearing n2 and n2 not hearing n3. Throws Error(usage) on an unknown shape
// or host.
Partition partition_for(const PlannedFault& planned, const std::vector<std::string>& leaders);

const std::vector<std::string>& partition_shapes();

}  // namespace tribunal
