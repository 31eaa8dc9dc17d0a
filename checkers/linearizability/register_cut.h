// Where a register with unique values first became impossible, and what of it the zones found
// there.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "checkers/linearizability/register_zones.h"

namespace tribunal {

// The history of one key up to its first impossible completion. Places are those of operations in
// the history; FlatIndex::none: there is no such operation.
class RegisterCut {
 public:
  // pre: `found` is what zones found of the operations, other than repeated and spent. A spent
  // watch costs only exactness.
  RegisterCut(const History& history, Value initial, std::span<const std::uint32_t> operations,
              const ZoneFinding& found, Watch& watch);
  RegisterCut(const RegisterCut&) = delete;
  RegisterCut& operator=(const RegisterCut&) = delete;

  const ZoneFinding& finding() const { return finding_; }
  std::uint32_t impossible_at() const { return impossible_at_; }

  std::uint32_t begun_at(Moment moment) const;
  std::uint32_t ended_at(Moment moment) const;
  // The operation that shows that the write of `value` took effect.
  std::uint32_t effect_of(Value value) const;
  std::uint32_t observer_of(Value value) const;

 private:
  std::uint32_t likely_event() const;
  const Operation& at(std::uint32_t place) const { return history_.operations[place]; }

  const History& history_;
  std::span<const std::uint32_t> operations_;
  std::array<RegisterZones, 2> both_;
  RegisterZones* zones_ = &both_[0];  // where the finding was made, once the cut is
  RegisterZones* other_ = &both_[1];  // where the next question is asked
  ZoneFinding finding_;
  std::uint32_t impossible_at_ = 0;
};

}  // namespace tribunal
