// The planned fault and the proof that it happened and went away.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tribunal {

// One entry of the schedule, drawn from the seed before the run; times in nanoseconds since the run
// began.
struct PlannedFault {
  int id = 0;
  std::string fault;  // "partition", "kill", "delay"
  std::string shape;  // of a partition: "one", "halves", "bridge" ...; else empty
  // "one", "minority", "majority", "leader", "all", or names: "n1+n3"; empty where the shape says
  // it all
  std::string target;
  std::map<std::string, std::string> options;  // every one that the kind has: {"delay", "50ms"}
  std::vector<std::string>
      order;  // every host, shuffled: targets and shapes are cut from its front
  std::int64_t at = 0;
  std::int64_t duration = 0;
  std::uint64_t seed = 0;  // of what chance decides inside the fault

  std::string name() const;  // "partition bridge", "kill leader"
};

// "n1+n3" -> the two; empty unless all that it names are among `hosts`.
std::vector<std::string> hosts_named(const std::string& target,
                                     const std::vector<std::string>& hosts);

// Times in nanoseconds since the run began; a step without a time did not happen.
struct Receipt {
  PlannedFault planned;
  std::vector<std::string> targets;  // the hosts it hit, once known
  std::string detail;                // "n1 | n2 n3"
  std::string means;                 // "netem", "NFQUEUE", "vDSO": where there are several
  std::optional<std::int64_t> installed, observed, exercised, heal_requested, healed, heal_verified;
  std::string observed_by;  // "probe n1 -> n2 lost, n2 -> n3 arrived"
  std::string
      exercised_by;  // "312 packets of the database dropped", "7 calls stalled or failed on n1"
  std::string heal_verified_by;
  std::string failure;  // what went wrong, and at which step; empty: nothing
  std::vector<std::pair<std::string, std::int64_t>> counters;  // "n2 dropped from n1": 312

  bool complete() const { return installed && observed && exercised && healed && heal_verified; }
};

}  // namespace tribunal
