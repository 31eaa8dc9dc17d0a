#include "harness/assemble/lattice.h"

#include <algorithm>
#include <set>

namespace tribunal {
namespace {

// Of registers and append lists; after Viotti and Vukolic (2016) and Bouajjani et al. (2017).
std::vector<LatticeModel> of_reads_and_writes(const std::string& strongest,
                                              const std::string& model) {
  return {
      {"linearizable", strongest, {"sequential"}, model},
      {"sequential", "sequential", {"causal-convergent", "causal-memory"}, ""},
      {"causal-convergent", "causal-convergent", {"causal"}, ""},
      {"causal-memory", "causal-memory", {"causal", "pram"}, ""},
      {"causal", "causal", {"writes-follow-reads"}, ""},
      {"pram", "pram", {"read-your-writes", "monotonic-reads", "monotonic-writes"}, ""},
      {"writes-follow-reads", "writes-follow-reads", {}, ""},
      {"monotonic-writes", "monotonic-writes", {}, ""},
      {"monotonic-reads", "monotonic-reads", {}, ""},
      {"read-your-writes", "read-your-writes", {}, ""},
      {"convergence", "convergence", {}, ""},
  };
}

using Functions = std::set<Function>;

bool within(const Functions& used, const Functions& known) {
  return std::includes(known.begin(), known.end(), used.begin(), used.end());
}

bool lists_read(const History& history) {
  return std::any_of(history.operations.begin(), history.operations.end(), [&](const auto& op) {
    return op.function == Function::read && op.ok() && history.values.is_list(op.value);
  });
}

bool negative_added(const History& history) {
  return std::any_of(history.operations.begin(), history.operations.end(), [](const auto& op) {
    return op.function == Function::add && op.value.is_integer() && op.value.as_integer() < 0;
  });
}

}  // namespace

std::vector<LatticeModel> lattice_of(const History& history) {
  using F = Function;
  Functions used;
  for (const Operation& operation : history.operations) used.insert(operation.function);
  if (used.empty()) return {};
  if (within(used, {F::read, F::write, F::cas, F::del}))
    return of_reads_and_writes("linearizable-register", "");
  if (within(used, {F::read, F::append})) return of_reads_and_writes("linearizable", "log");
  if (within(used, {F::read, F::add, F::remove})) {
    if (lists_read(history))
      return {{"linearizable", "linearizable", {"set"}, "set"},
              {"set", "set", {}, ""},
              {"convergence", "convergence", {}, ""}};
    const std::string bounded = negative_added(history) ? "pn-counter" : "counter";
    return {{"linearizable", "linearizable", {bounded}, "counter"},
            {bounded, bounded, {}, ""},
            {"convergence", "convergence", {}, ""}};
  }
  if (within(used, {F::enqueue, F::dequeue}))
    return {
        {"linearizable FIFO queue", "linearizable", {"linearizable unordered queue"}, "fifo-queue"},
        {"linearizable unordered queue", "linearizable", {"total-queue"}, "unordered-queue"},
        {"total-queue", "total-queue", {}, ""}};
  if (within(used, {F::push, F::pop})) return {{"linearizable", "linearizable", {}, "stack"}};
  if (within(used, {F::acquire, F::release}))
    return {{"linearizable", "linearizable", {"mutex"}, "mutex"}, {"mutex", "mutex", {}, ""}};
  if (within(used, {F::generate})) return {{"unique-ids", "unique-ids", {}, ""}};
  if (within(used, {F::read, F::transfer})) return {{"bank", "bank", {}, ""}};
  return {};
}

bool implies(const std::vector<LatticeModel>& lattice, const std::string& stronger,
             const std::string& weaker) {
  if (stronger == weaker) return true;
  const auto it = std::find_if(lattice.begin(), lattice.end(),
                               [&](const auto& model) { return model.name == stronger; });
  if (it == lattice.end()) return false;
  return std::any_of(it->implies.begin(), it->implies.end(),
                     [&](const std::string& next) { return implies(lattice, next, weaker); });
}

}  // namespace tribunal
