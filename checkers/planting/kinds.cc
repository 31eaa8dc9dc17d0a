#include "checkers/planting/kinds.h"

#include <algorithm>

namespace tribunal {

bool Planter::serves(const std::string& checker) const {
  return std::find(checkers.begin(), checkers.end(), checker) != checkers.end();
}

const std::vector<Planter>& planters() {
  static const std::vector<Planter> all = {
      {"stale read", {"linearizable-register", "linearizable"}, plant_stale_reads},
      {"value from nowhere",
       {"linearizable-register", "linearizable", "sequential", "causal", "causal-convergent",
        "causal-memory", "read-your-writes", "monotonic-reads", "monotonic-writes",
        "writes-follow-reads", "pram"},
       plant_values_from_nowhere},
      {"own write not seen",
       {"read-your-writes", "pram", "causal", "causal-convergent", "causal-memory", "sequential"},
       plant_forgotten_writes},
      {"read goes backwards",
       {"monotonic-reads", "pram", "causal", "causal-convergent", "causal-memory", "sequential"},
       plant_backward_reads},
      {"writes out of order",
       {"monotonic-writes", "pram", "causal", "causal-convergent", "causal-memory", "sequential"},
       plant_reordered_writes},
      {"effect without its cause",
       {"writes-follow-reads", "causal", "causal-convergent", "causal-memory", "sequential"},
       plant_lost_causes},
      {"lost acknowledged write", {"convergence"}, plant_lost_writes},
      {"lost element", {"set", "set-full"}, plant_lost_elements},
      {"miscount", {"counter", "pn-counter"}, plant_miscounts},
      {"repeated id", {"unique-ids"}, plant_repeated_ids},
      {"wrong total", {"bank"}, plant_wrong_totals},
      {"element dequeued twice",
       {"queue", "total-queue", "unordered-queue"},
       plant_repeated_dequeues},
      {"lost change", {"watches"}, plant_lost_changes},
      {"torn transaction", {"watches"}, plant_torn_transactions},
      {"changes out of order", {"watches"}, plant_disordered_changes},
      {"change shown twice", {"watches"}, plant_repeated_changes},
      {"change from nowhere", {"watches"}, plant_foreign_changes},
  };
  return all;
}

std::vector<std::uint32_t> drawn(std::vector<std::uint32_t> places, std::size_t most,
                                 Random& random) {
  for (std::size_t i = 0; i < most && i < places.size(); ++i)
    std::swap(places[i], places[i + random.below(places.size() - i)]);
  places.resize(std::min(places.size(), most));
  std::sort(places.begin(), places.end());
  return places;
}

}  // namespace tribunal
