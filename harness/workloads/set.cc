// Grow-only sets: every element is added once; what was acknowledged must be in every later read.
#include "harness/workloads/calls.h"
#include "harness/workloads/catalogue.h"
#include "harness/workloads/generators.h"
#include "harness/workloads/keys.h"

namespace tribunal {
namespace {

class SetCalls {
 public:
  SetCalls(const Traffic& traffic, std::size_t worker)
      : course_(traffic, worker), weights_{weight_of(traffic, "read"), weight_of(traffic, "add")} {}

  Call operator()(const Context&, Random& random) {
    const auto call = asked_++;
    const Key key = course_.key(call);
    if (course_.place(call) == 0) added_ = 0;
    if (course_.only_reads() || draw_weighted(weights_, random) == 0) return ReadSet{key, {}};
    return Add{key, static_cast<Int>(1 + added_++ * course_.group_size() + course_.member())};
  }

 private:
  KeyCourse course_;
  std::vector<int> weights_;
  std::uint64_t asked_ = 0;
  std::uint64_t added_ = 0;  // elements this worker added to the present key
};

Stream traffic(const Traffic& traffic) {
  return [traffic](std::size_t worker) {
    return paced(endless(SetCalls(traffic, worker)), traffic, worker);
  };
}

}  // namespace

Workload set_workload() {
  Workload workload;
  workload.name = "set";
  workload.summary = "add elements to sets and read them whole";
  workload.claim =
      "Every acknowledged element is in every later read of its set, once, and no other is there "
      "but what was attempted.";
  workload.defaults.weights = {{"read", 1}, {"add", 9}};
  workload.traffic = traffic;
  workload.last_look = look_at_replicas([](Key key) -> Call { return ReadSet{key, {}}; });
  workload.look_until = LookUntil::agreement;
  workload.checkers = {"set"};
  return workload;
}

}  // namespace tribunal
