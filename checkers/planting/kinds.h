// The kinds of anomaly that can be planted, and for which checkers each is one.
#pragma once

#include <string>
#include <vector>

#include "checkers/planting/planting.h"
#include "harness/record/random.h"

namespace tribunal {

struct PlantGround {
  History& history;  // only its values may be added to
  Value initial;
  Random& random;
  std::size_t most;
};

struct Planter {
  std::string anomaly;
  std::vector<std::string> checkers;
  std::vector<Plant> (*plant)(const PlantGround&);

  bool serves(const std::string& checker) const;
};

const std::vector<Planter>& planters();

// Of registers: in register_plants.cc.
std::vector<Plant> plant_stale_reads(const PlantGround& ground);
std::vector<Plant> plant_forgotten_writes(const PlantGround& ground);
std::vector<Plant> plant_backward_reads(const PlantGround& ground);
std::vector<Plant> plant_reordered_writes(const PlantGround& ground);
std::vector<Plant> plant_lost_causes(const PlantGround& ground);
std::vector<Plant> plant_values_from_nowhere(const PlantGround& ground);
std::vector<Plant> plant_lost_writes(const PlantGround& ground);

// Of collections: in collection_plants.cc.
std::vector<Plant> plant_lost_elements(const PlantGround& ground);
std::vector<Plant> plant_miscounts(const PlantGround& ground);
std::vector<Plant> plant_repeated_ids(const PlantGround& ground);
std::vector<Plant> plant_wrong_totals(const PlantGround& ground);
std::vector<Plant> plant_repeated_dequeues(const PlantGround& ground);

// Of watches: in watch_plants.cc.
std::vector<Plant> plant_lost_changes(const PlantGround& ground);
std::vector<Plant> plant_torn_transactions(const PlantGround& ground);
std::vector<Plant> plant_disordered_changes(const PlantGround& ground);
std::vector<Plant> plant_repeated_changes(const PlantGround& ground);
std::vector<Plant> plant_foreign_changes(const PlantGround& ground);

// At most `most` of `places`, drawn, in their order.
std::vector<std::uint32_t> drawn(std::vector<std::uint32_t> places, std::size_t most,
                                 Random& random);

}  // namespace tribunal
