#include "nemesis/process/cpu_pressure.h"

#include <fmt/format.h>

#include "harness/record/error.h"
#include "nemesis/options.h"
#include "nemesis/process/group_fault.h"
#include "nemesis/process/turns.h"

namespace tribunal {
namespace {

// Microseconds over which the kernel counts, as it is by default.
constexpr int quota_period = 100'000;

class QuotaFault final : public GroupFault {
 public:
  QuotaFault(const PlannedFault& plan, double share)
      : GroupFault(plan, "cpu"), quota_(std::max(1000, static_cast<int>(share * quota_period))) {}

 private:
  std::string limit(ControlGroup& group) override {
    if (group.version() == 2) {
      group.set("cpu.max", fmt::format("{} {}", quota_, quota_period));
    } else {
      group.set("cpu.cfs_period_us", std::to_string(quota_period));
      group.set("cpu.cfs_quota_us", std::to_string(quota_));
    }
    const auto now = group.number(group.version() == 2 ? "cpu.max" : "cpu.cfs_quota_us");
    return fmt::format("{} us of one processor in {} us", now, quota_period);
  }

  std::optional<std::string> limit_met(ControlGroup& group, Counters& counters,
                                       const std::string& host) override {
    const auto times = group.number("cpu.stat", "nr_throttled");
    const auto waited = group.version() == 2
                            ? group.number("cpu.stat", "throttled_usec") / 1000
                            : group.number("cpu.stat", "throttled_time") / 1'000'000;
    counters.emplace_back(host + " times throttled", times);
    counters.emplace_back(host + " throttled ms", waited);
    if (times == 0) return {};
    return fmt::format("throttled {} times, {} ms in all,", times, waited);
  }

  const int quota_;  // microseconds
};

// By the kernel's quota where it gives us one; the harness's own turns work everywhere.
std::unique_ptr<Fault> make_cpu_pressure(const PlannedFault& plan) {
  const double share = share_option(plan, "share");
  try {
    find_group_place("cpu");
    return std::make_unique<QuotaFault>(plan, share);
  } catch (const Error&) {
    return make_turns(plan, share);
  }
}

}  // namespace

FaultKind cpu_pressure_fault() {
  auto kind = group_fault_kind("cpu-pressure", "the database gets a small share of one processor");
  kind.options = {{"share", {"10%", "3%", "30%"}, "of one processor"}};
  kind.make = &make_cpu_pressure;
  return kind;
}

}  // namespace tribunal
