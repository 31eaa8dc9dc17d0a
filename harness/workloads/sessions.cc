// Sessions that wander between nodes over a few busy registers: reads and writes only, every value
// written once a key, so that a read names its writer. What session guarantees, causal and
// sequential consistency and staleness are judged on.
#include <array>

#include "harness/workloads/catalogue.h"
#include "harness/workloads/generators.h"
#include "harness/workloads/keys.h"

namespace tribunal {
namespace {

// Every worker works on every one of a few keys, which are replaced when they have been worked so
// much: a key's versions stay few enough to be told apart by a reader.
class SessionCalls {
 public:
  SessionCalls(const Traffic& traffic, std::size_t worker)
      : course_(traffic, worker),
        weights_{weight_of(traffic, "read"), weight_of(traffic, "write")} {}

  Call operator()(const Context&, Random& random) {
    const auto call = asked_++;
    const auto block = course_.key(call);
    if (course_.place(call) == 0) written_.fill(0);
    const auto place = random.below(keys_at_once);
    const Key key = block * static_cast<Key>(keys_at_once) + static_cast<Key>(place);
    if (course_.only_reads() || draw_weighted(weights_, random) == 0) return Read{key, {}};
    const auto nth = written_[place]++;
    return Write{key, static_cast<Int>(1 + nth * course_.group_size() + course_.member())};
  }

  static constexpr std::size_t keys_at_once = 3;

 private:
  KeyCourse course_;
  std::vector<int> weights_;
  std::uint64_t asked_ = 0;
  std::array<std::uint64_t, keys_at_once> written_{};
};

Stream traffic(const Traffic& traffic) {
  return [traffic](std::size_t worker) {
    return paced(endless(SessionCalls(traffic, worker)), traffic, worker);
  };
}

// Every key through every node, so that what replicas still differ in is seen.
Stream last_look(const Traffic& traffic, const std::vector<std::uint64_t>& asked) {
  return [traffic, asked](std::size_t worker) {
    std::vector<Key> keys;
    for (const Key block : touched_keys(traffic, asked)) {
      for (std::size_t i = 0; i < SessionCalls::keys_at_once; ++i)
        keys.push_back(block * static_cast<Key>(SessionCalls::keys_at_once) + static_cast<Key>(i));
    }
    return every_replica(keys, traffic, worker, [](Key key) -> Call { return Read{key, {}}; });
  };
}

}  // namespace

Workload sessions_workload() {
  Workload workload;
  workload.name = "sessions";
  workload.summary = "read and write registers by sessions that move between nodes";
  workload.claim =
      "Each session sees its own writes, never older than what it saw before, and others' writes "
      "in the order in which they were made or depend on each other.";
  workload.defaults.weights = {{"read", 6}, {"write", 4}};
  workload.defaults.movement = Movement::random;
  workload.defaults.processes_per_key = 10;
  workload.defaults.operations_per_key = 1000;
  workload.traffic = traffic;
  workload.last_look = last_look;
  workload.look_until = LookUntil::agreement;
  workload.checkers = {"read-your-writes", "monotonic-reads", "monotonic-writes",
                       "writes-follow-reads"};
  return workload;
}

}  // namespace tribunal
