// Turns operations into what a reader of a counterexample sees.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/record/figure.h"
#include "harness/record/history.h"
#include "harness/record/verdict.h"

namespace tribunal {

Exhibit exhibit(const History& history, const Operation& operation);

// "process 4", "process 4 on n2".
std::string who(const History& history, const Operation& operation);

// "12.3 ms", "1.250 s", "830 ns"; of a negative span its size.
std::string span_of_time(std::int64_t nanoseconds);

// How long after `before` ended `after` was invoked: "12.3 ms"; "just" when the clock shows
// nothing.
std::string gap(const Operation& before, const Operation& after);

// A long text as its beginning and its end.
std::string shortened(const std::string& text);

// "of key 3", empty when the history has one object only.
std::string of_key(const History& history, Value key);

// Evidence from places in History::operations, put in order of invocation; arrows are added by the
// same places.
class EvidenceMaker {
 public:
  EvidenceMaker(const History& history, std::vector<std::uint32_t> places);

  void arrow(std::uint32_t from, std::uint32_t to, std::string why, std::string label = {});
  // "real time", labelled with the gap.
  void real_time(std::uint32_t from, std::uint32_t to);
  bool shows(std::uint32_t place) const;
  const std::vector<std::uint32_t>& places() const { return places_; }

  Evidence evidence;

 private:
  std::size_t exhibit_of(std::uint32_t place) const;

  const History& history_;
  std::vector<std::uint32_t> places_;  // sorted
};

}  // namespace tribunal
