#include "checkers/planting/planting.h"

#include "checkers/planting/kinds.h"

namespace tribunal {
namespace {

// Takes a plant out again, whatever happens.
class Planted {
 public:
  Planted(History& history, const Plant& plant) : history_(history) {
    for (const auto& [place, operation] : plant.changes) {
      before_.emplace_back(place, history_.operations[place]);
      history_.operations[place] = operation;
    }
  }
  ~Planted() {
    for (const auto& [place, operation] : before_) history_.operations[place] = operation;
  }
  Planted(const Planted&) = delete;
  Planted& operator=(const Planted&) = delete;

 private:
  History& history_;
  std::vector<std::pair<std::uint32_t, Operation>> before_;
};

// How many violations a checker finds.
std::uint64_t violations(const Checker& checker, const History& history,
                         const CheckOptions& options, const Budget& budget) {
  const Verdict verdict = checker.check(history, options, budget);
  return verdict.judgement == Judgement::violated ? std::max<std::uint64_t>(1, verdict.violations)
                                                  : 0;
}

}  // namespace

std::vector<PlantKind> plants_for(const std::string& checker, History& history, Value initial,
                                  std::uint64_t seed, std::size_t most) {
  std::vector<PlantKind> kinds;
  for (const Planter& planter : planters()) {
    if (!planter.serves(checker)) continue;
    Random random = Random::stream(seed, "plant " + planter.anomaly, 0);
    kinds.push_back({planter.anomaly, planter.plant({history, initial, random, most})});
  }
  return kinds;
}

std::vector<Detection> detection_power(const Checker& checker, History& history,
                                       const CheckOptions& options, const Budget& budget,
                                       std::uint64_t seed, std::size_t most) {
  std::vector<Detection> detections;
  const auto kinds = plants_for(checker.name, history, options.initial, seed, most);
  if (kinds.empty()) return detections;
  const std::uint64_t before = violations(checker, history, options, budget);
  for (const PlantKind& kind : kinds) {
    Detection detection{kind.anomaly, 0, 0, {}};
    for (const Plant& plant : kind.plants) {
      if (budget.stop.stop_requested() || std::chrono::steady_clock::now() > budget.deadline) break;
      const Planted planted(history, plant);
      ++detection.planted;
      if (violations(checker, history, options, budget) > before) {
        ++detection.found;
      } else if (detection.missed.empty()) {
        detection.missed = plant.proof;
      }
    }
    detections.push_back(std::move(detection));
  }
  return detections;
}

}  // namespace tribunal
