#include "harness/run/script.h"

#include <algorithm>

#include "harness/parts/catalogue.h"
#include "harness/record/random.h"
#include "harness/run/fault_options.h"

namespace tribunal {
namespace {

using Steps = std::vector<ScriptStep>;

std::int64_t longest_of(const Steps& steps);

std::int64_t longest_of(const ScriptStep& step) {
  switch (step.kind) {
    case ScriptStep::Kind::fault:
      return std::max<std::int64_t>(0, step.fault.duration);
    case ScriptStep::Kind::wait:
      return step.trigger.kind == Trigger::Kind::time_passed ? step.trigger.time
                                                             : step.trigger.within;
    case ScriptStep::Kind::heal:
      return 0;
    case ScriptStep::Kind::parallel: {
      std::int64_t most = 0;
      for (const auto& branch : step.branches) most = std::max(most, longest_of(branch));
      return most;
    }
    case ScriptStep::Kind::repeat:
      return longest_of(step.branches.front()) * std::max(1, step.times);
  }
  return 0;
}

std::int64_t longest_of(const Steps& steps) {
  std::int64_t sum = 0;
  for (const auto& step : steps) {
    const bool until =
        step.kind == ScriptStep::Kind::wait && step.trigger.kind == Trigger::Kind::time_of_run;
    sum = until ? std::max(sum, step.trigger.time) : sum + longest_of(step);
  }
  return sum;
}

class Listing {
 public:
  Listing(const std::vector<FaultKind>& kinds, const std::vector<std::string>& hosts,
          std::uint64_t seed)
      : kinds_(kinds), hosts_(hosts), seed_(seed) {}

  // Returns when the steps that began at `at` are over.
  std::int64_t add(const Steps& steps, std::int64_t at) {
    for (const auto& step : steps) {
      const auto ends = at + longest_of(step);
      if (step.kind == ScriptStep::Kind::fault) add_fault(step, at);
      if (step.kind == ScriptStep::Kind::parallel)
        for (const auto& branch : step.branches) add(branch, at);
      if (step.kind == ScriptStep::Kind::repeat)
        for (int i = 0; i < std::max(1, step.times); ++i) at = add(step.branches.front(), at);
      at = ends;
    }
    return at;
  }
  std::vector<PlannedFault> list;

 private:
  void add_fault(const ScriptStep& step, std::int64_t at) {
    list.push_back(draw_instance(step.fault, kinds_, hosts_, seed_, list.size()));
    list.back().at = at;
  }

  const std::vector<FaultKind>& kinds_;
  const std::vector<std::string>& hosts_;
  const std::uint64_t seed_;
};

}  // namespace

std::int64_t longest(const Script& script) { return longest_of(script.steps); }

PlannedFault draw_instance(const PlannedFault& written, const std::vector<FaultKind>& kinds,
                           const std::vector<std::string>& hosts, std::uint64_t seed,
                           std::size_t instance) {
  auto random = Random::stream(seed, "script", instance);
  PlannedFault fault = written;
  fault.id = static_cast<int>(instance);
  fault.order = hosts;
  random.shuffle(fault.order);
  fault.seed = random.next() >> 12;  // as exact in JSON as a double is
  fault.options = default_options(find(kinds, "fault", fault.fault), written.options);
  return fault;
}

std::vector<PlannedFault> faults_of(const Script& script, const std::vector<FaultKind>& kinds,
                                    const std::vector<std::string>& hosts, std::uint64_t seed) {
  Listing listing(kinds, hosts, seed);
  listing.add(script.steps, 0);
  return std::move(listing.list);
}

}  // namespace tribunal
