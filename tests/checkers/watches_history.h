// Small random histories of groups that are written and watched, and what the claim says of them by
// its definition: plain, slow, and sharing no code with the checker.
#pragma once

#include "harness/record/history.h"
#include "harness/record/random.h"

namespace tribunal {

// Builds histories call by call.
class WatchesHistory {
 public:
  struct Shown {
    std::int64_t version, which, value;
  };

  History history;

  // Each returns the place of the call. Calls follow each other unless `began` says otherwise.
  std::uint32_t write(std::uint32_t process, std::int64_t key, std::vector<std::int64_t> which,
                      std::int64_t value, std::int64_t version);
  std::uint32_t watch(std::uint32_t process, std::int64_t key, std::int64_t from,
                      const std::vector<Shown>& shown, std::int64_t bookmark);
  void end_as(std::uint32_t place, Outcome outcome);

 private:
  std::uint32_t call(std::uint32_t process, Function function, std::int64_t key, Value value,
                     std::int64_t version);
};

// A store that keeps its word, and bent now and then.
History random_watches(Random& random);

// Whether any of the guarantees is broken, each looked at on its own.
bool watches_broken(const History& history);

}  // namespace tribunal
