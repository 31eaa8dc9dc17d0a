// Whether the calls of clients met a fault: what happened to them on a host since a moment.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/parts/fault.h"

namespace tribunal {

// Readings of the Activity of the hosts that a fault hit, taken when it began.
class Encounter {
 public:
  void begin(const Ground& ground, const std::vector<std::string>& hosts);

  // What has happened on one of the hosts since.
  struct Since {
    std::string host;
    std::uint64_t answered = 0, failed = 0, unknown = 0, stalled = 0;
    std::int64_t in_flight = 0;
  };
  std::vector<Since> since(const Ground& ground) const;

 private:
  std::vector<Since> before_;
};

}  // namespace tribunal
