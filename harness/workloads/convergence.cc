// Registers that are written and deleted through every node by sessions that move, many keys at
// once, and in the end looked at through every node until all agree: what convergence is judged on.
#include <array>

#include "harness/workloads/catalogue.h"
#include "harness/workloads/generators.h"
#include "harness/workloads/keys.h"

namespace tribunal {
namespace {

// Every worker of a group works on all keys of a block, which is left for a fresh one after so many
// calls; a value is written once a key.
class ConvergenceCalls {
 public:
  static constexpr std::size_t keys_at_once = 8;

  ConvergenceCalls(const Traffic& traffic, std::size_t worker)
      : course_(traffic, worker),
        weights_{weight_of(traffic, "read"), weight_of(traffic, "write"),
                 weight_of(traffic, "delete")} {}

  Call operator()(const Context&, Random& random) {
    const auto call = asked_++;
    if (course_.place(call) == 0) written_.fill(0);
    const auto place = random.below(keys_at_once);
    const Key key = first_key(course_.key(call)) + static_cast<Key>(place);
    const auto kind = draw_weighted(weights_, random);
    if (course_.only_reads() || kind == 0) return Read{key, {}};
    if (kind == 2) return Delete{key};
    const auto nth = written_[place]++;
    return Write{key, static_cast<Int>(1 + nth * course_.group_size() + course_.member())};
  }

  static Key first_key(Key block) { return block * static_cast<Key>(keys_at_once); }

 private:
  KeyCourse course_;
  std::vector<int> weights_;
  std::uint64_t asked_ = 0;
  std::array<std::uint64_t, keys_at_once> written_{};
};

Stream traffic(const Traffic& traffic) {
  return [traffic](std::size_t worker) {
    return paced(endless(ConvergenceCalls(traffic, worker)), traffic, worker);
  };
}

Stream last_look(const Traffic& traffic, const std::vector<std::uint64_t>& asked) {
  return [traffic, asked](std::size_t worker) {
    std::vector<Key> keys;
    for (const Key block : touched_keys(traffic, asked)) {
      for (std::size_t i = 0; i < ConvergenceCalls::keys_at_once; ++i)
        keys.push_back(ConvergenceCalls::first_key(block) + static_cast<Key>(i));
    }
    return every_replica(keys, traffic, worker, [](Key key) -> Call { return Read{key, {}}; });
  };
}

}  // namespace

Workload convergence_workload() {
  Workload workload;
  workload.name = "convergence";
  workload.summary = "write and delete registers through every node, then look until all agree";
  workload.claim =
      "After the last heal all nodes come to hold the same value of each key, no acknowledged "
      "write "
      "that nothing follows is lost, and nothing that was gone comes back.";
  workload.defaults.weights = {{"read", 4}, {"write", 5}, {"delete", 1}};
  workload.defaults.movement = Movement::random;
  workload.defaults.processes_per_key = 10;
  workload.defaults.operations_per_key = 400;
  workload.traffic = traffic;
  workload.last_look = last_look;
  workload.look_until = LookUntil::agreement;
  workload.checkers = {"convergence"};
  return workload;
}

}  // namespace tribunal
