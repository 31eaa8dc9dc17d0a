#include "clients/quorum/promises.h"

#include <algorithm>

namespace tribunal {
namespace {

using Names = std::vector<std::string>;
using Options = std::map<std::string, std::string>;

const Names guarantees = {"read-your-writes", "monotonic-reads", "monotonic-writes",
                          "writes-follow-reads"};

// Whose versions a read tells apart, so that an order between reads can be claimed.
bool is_versioned(const std::string& workload) {
  const Names versioned = {"register", "read-write", "sessions", "list-append"};
  return std::find(versioned.begin(), versioned.end(), workload) != versioned.end();
}

Names with(Names names, const Names& more) {
  names.insert(names.end(), more.begin(), more.end());
  return names;
}

// The order of writes shows only to a session that never goes back, so what is promised of it needs
// monotonic reads, too.
Names chosen_guarantees(const Options& options) {
  const auto has = [&](const char* name) { return options.at(name) == "on"; };
  const bool steady = has("monotonic-reads");
  Names names;
  if (has("read-your-writes")) names.push_back("read-your-writes");
  if (steady) names.push_back("monotonic-reads");
  if (steady && has("monotonic-writes")) names.push_back("monotonic-writes");
  if (steady && has("writes-follow-reads")) names.push_back("writes-follow-reads");
  return names.size() == guarantees.size() ? with(names, {"pram"}) : names;
}

Names of_versioned(const std::string& level, const std::string& workload, const Options& options) {
  if (level == "linearizable")
    return workload == "sessions" ? with({"linearizable-register"}, guarantees) : Names{};
  if (level == "sequential") return with({"sequential", "causal"}, guarantees);
  if (level == "session") return with(chosen_guarantees(options), {"convergence"});
  // The largest of concurrent values is no order of the writes.
  const bool ordered = options.at("conflicts") != "merge";
  return with(with(ordered ? Names{"causal", "causal-convergent"} : Names{"causal"}, guarantees),
              {"pram", "convergence"});
}

}  // namespace

Names quorum_promises(const Options& options, const std::string& workload) {
  const std::string& level = options.at("level");
  if (workload == "unique-ids" || workload == "convergence" || workload == "staleness") return {};
  if (level == "weak") return {"progress"};
  if (level == "eventual") return {"convergence"};
  if (is_versioned(workload)) return of_versioned(level, workload, options);
  return level == "linearizable" ? Names{} : Names{"convergence"};
}

}  // namespace tribunal
