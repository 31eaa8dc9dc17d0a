// Groups of registers, each written once and all read together: who writes a register is known by
// its number, and two reads can be told apart only by which writes they saw.
#include "harness/workloads/calls.h"
#include "harness/workloads/catalogue.h"

namespace tribunal {
namespace {

Call read_all(Key key, std::size_t registers) {
  ReadMany read{key, {}};
  for (std::size_t which = 0; which < registers; ++which)
    read.registers.push_back({static_cast<Key>(which), std::nullopt});
  return read;
}

// How many registers a group has if every worker on it owns so many.
std::size_t registers_of(const Traffic& traffic, std::size_t owned) {
  return KeyCourse(traffic, 0).group_size() * owned;
}

// Each worker writes the registers that it owns one after the other, and reads once they are all
// written.
std::function<Stream(const Traffic&)> group_traffic(std::size_t owned) {
  return [owned](const Traffic& traffic) {
    const std::size_t registers = registers_of(traffic, owned);
    const auto read = [registers](const Turn& turn, Random&) {
      return read_all(turn.key, registers);
    };
    const auto write = [registers, owned](const Turn& turn, Random&) -> Call {
      if (turn.given >= owned) return read_all(turn.key, registers);
      return WriteOne{turn.key, turn.fresh() - 1, turn.fresh()};
    };
    return drawn_from({{"read", CallKind::none, read}, {"write", CallKind::fresh, write}})(traffic);
  };
}

Workload group_workload(std::size_t owned) {
  Workload workload;
  workload.traffic = group_traffic(owned);
  workload.last_look = [owned](const Traffic& traffic, const std::vector<std::uint64_t>& asked) {
    const std::size_t registers = registers_of(traffic, owned);
    return look_through_workers([registers](Key key) { return read_all(key, registers); })(traffic,
                                                                                           asked);
  };
  // Reads are transactions, and progress takes those for writes.
  workload.minimums.acknowledged_reads = 0;
  return workload;
}

}  // namespace

Workload long_fork_workload() {
  Workload workload = group_workload(1);
  workload.name = "long-fork";
  workload.summary = "write registers once and read them in groups";
  workload.claim = "No two reads see two writes in two orders.";
  workload.defaults.weights = {{"read", 8}, {"write", 2}};
  workload.defaults.operations_per_key = 60;
  workload.checkers = {"long-fork"};
  return workload;
}

Workload causal_reverse_workload() {
  Workload workload = group_workload(4);
  workload.name = "causal-reverse";
  workload.summary = "write registers one after the other and read them in groups";
  workload.claim = "Who sees a write sees every write that was acknowledged before that one began.";
  workload.defaults.weights = {{"read", 5}, {"write", 5}};
  workload.defaults.operations_per_key = 60;
  workload.checkers = {"causal-reverse"};
  return workload;
}

}  // namespace tribunal
