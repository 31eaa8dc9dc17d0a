// Convergence of counters.
#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>

#include "checkers/convergence/findings.h"
#include "checkers/exhibits.h"

namespace tribunal {
namespace {

// The sums of what a counter was told.
struct Sums {
  std::int64_t acknowledged = 0, unknown_up = 0, unknown_down = 0;
  bool ups = false, downs = false;
  std::vector<std::uint32_t> some;  // the largest acknowledged, at most three

  std::int64_t least() const { return acknowledged + unknown_down; }
  std::int64_t most() const { return acknowledged + unknown_up; }
};

Sums sums_of(const Settled& settled, std::uint32_t key) {
  Sums sums;
  const auto size = [&](std::uint32_t place) {
    return std::abs(settled.history.operations[place].value.as_integer());
  };
  for (const std::uint32_t place : settled.look.keys.of(key)) {
    const Operation& add = settled.history.operations[place];
    if (add.function != Function::add || add.outcome == Outcome::failed) continue;
    const std::int64_t by = add.value.as_integer();
    (by < 0 ? sums.downs : sums.ups) = true;
    if (!add.ok()) {
      (by < 0 ? sums.unknown_down : sums.unknown_up) += by;
      continue;
    }
    sums.acknowledged += by;
    sums.some.push_back(place);
    std::sort(sums.some.begin(), sums.some.end(),
              [&](std::uint32_t a, std::uint32_t b) { return size(a) > size(b); });
    if (sums.some.size() > 3) sums.some.pop_back();
  }
  return sums;
}

const char* anomaly_of(const Sums& sums, bool too_little) {
  if (sums.ups && sums.downs) return "counter out of bounds";
  return too_little == sums.ups ? "lost acknowledged write" : "write applied twice";
}

Evidence counter_evidence(const Settled& settled, std::uint32_t key, const Sums& sums,
                          std::int64_t value, std::int64_t first) {
  std::vector<std::uint32_t> places = sums.some;
  const std::uint32_t read = settled.look.any(key).read;
  places.push_back(read);
  EvidenceMaker maker(settled.history, places);
  for (const std::uint32_t add : sums.some) maker.real_time(add, read);
  const bool too_little = value < first + sums.least();
  return end_evidence(
      settled, maker, key, anomaly_of(sums, too_little),
      fmt::format("The counter ends as {} {}, but what was acknowledged sums up to {}, and with "
                  "all that may have happened it lies between {} and {}: {} {}.",
                  value, settled.everywhere(), first + sums.acknowledged, first + sums.least(),
                  first + sums.most(), too_little ? "too little by" : "too much by",
                  too_little ? first + sums.least() - value : value - first - sums.most()));
}

}  // namespace

Findings judge_counters(const Settled& settled, Value initial, Watch& watch) {
  Findings findings;
  const std::int64_t first = initial.is_integer() ? initial.as_integer() : 0;
  for (const std::uint32_t key : settled.keys) {
    if (watch.look()) {
      findings.undecided = fmt::format("{} of {} keys judged before the budget was spent",
                                       findings.keys, settled.keys.size());
      break;
    }
    ++findings.keys;
    const Value last = settled.last(key).value;
    const std::int64_t value = last.is_nil() ? first : last.as_integer();
    const Sums sums = sums_of(settled, key);
    if (value >= first + sums.least() && value <= first + sums.most()) continue;
    Evidence evidence = counter_evidence(settled, key, sums, value, first);
    ++(evidence.anomaly == "lost acknowledged write" ? findings.lost : findings.out_of_bounds);
    if (findings.wants_evidence()) findings.evidence.push_back(std::move(evidence));
  }
  return findings;
}

}  // namespace tribunal
