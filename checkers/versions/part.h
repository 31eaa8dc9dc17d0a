// Some steps of a history as a history of their own, in which nothing is impossible that was not
// impossible in the whole.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "checkers/versions/versions.h"

namespace tribunal {

class Part {
 public:
  // `steps`: places in Versions::steps, ascending. Those that read a register whose write is not
  // among them are left out; of lists, only the elements whose appends are among them are kept.
  Part(const History& whole, const Versions& versions, Value initial,
       std::span<const std::uint32_t> steps);

  History history;
  Value initial;                    // the same value among the part's
  std::vector<std::uint32_t> kept;  // of the steps, ascending

 private:
  void keep(const Versions& versions, std::span<const std::uint32_t> steps);
  Operation taken(const History& whole, const Versions& versions, const SessionStep& step);
  Value carried(const Values& values, Value value);

  std::vector<Value> elements_;
};

}  // namespace tribunal
