// Plants in histories of sets, counters, ids, queues and banks.
#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <set>

#include "checkers/exhibits.h"
#include "checkers/planting/kinds.h"

namespace tribunal {

// An element whose add was acknowledged before a read began is missing from that read and from
// every later one of its set.
std::vector<Plant> plant_lost_elements(const PlantGround& ground) {
  History& history = ground.history;
  std::vector<std::uint32_t> adds;
  std::set<std::pair<Value, Value>> removed;
  std::map<Value, std::uint32_t> last_read;
  for (std::uint32_t i = 0; i < history.operations.size(); ++i) {
    const Operation& operation = history.operations[i];
    if (operation.function == Function::add && operation.ok()) adds.push_back(i);
    if (operation.function == Function::remove) removed.insert({operation.key, operation.value});
    if (operation.function == Function::read && operation.ok()) last_read[operation.key] = i;
  }
  std::erase_if(adds, [&](std::uint32_t place) {
    const Operation& add = history.operations[place];
    const auto read = last_read.find(add.key);
    return removed.contains({add.key, add.value}) || read == last_read.end() ||
           history.operations[read->second].began < add.ended;
  });
  std::vector<Plant> plants;
  for (const std::uint32_t place : drawn(std::move(adds), ground.most, ground.random)) {
    const Operation add = history.operations[place];
    Plant plant;
    plant.proof =
        fmt::format("{} was acknowledged at event {}, and no read that began later has it",
                    history.show(add), add.ended);
    for (std::uint32_t i = 0; i < history.operations.size(); ++i) {
      Operation read = history.operations[i];
      if (read.function != Function::read || !read.ok() || read.key != add.key ||
          !history.values.is_list(read.value) || read.began < add.ended)
        continue;
      const auto elements = history.values.elements(read.value);
      std::vector<Value> rest(elements.begin(), elements.end());
      std::erase(rest, add.value);
      if (rest.size() == elements.size()) continue;
      read.value = history.values.list(rest);
      plant.changes.emplace_back(i, read);
    }
    if (!plant.changes.empty()) plants.push_back(std::move(plant));
  }
  return plants;
}

// A read answers with more than all that was ever added, every add of unknown outcome included.
std::vector<Plant> plant_miscounts(const PlantGround& ground) {
  const History& history = ground.history;
  std::map<Value, std::int64_t> most;
  std::vector<std::uint32_t> reads;
  for (std::uint32_t i = 0; i < history.operations.size(); ++i) {
    const Operation& operation = history.operations[i];
    if (operation.function == Function::add && operation.outcome != Outcome::failed &&
        operation.value.is_integer())
      most[operation.key] += std::max<std::int64_t>(0, operation.value.as_integer());
    if (operation.function == Function::read && operation.ok() && operation.value.is_integer())
      reads.push_back(i);
  }
  std::vector<Plant> plants;
  for (const std::uint32_t place : drawn(std::move(reads), ground.most, ground.random)) {
    Operation changed = history.operations[place];
    changed.value = Value::integer(most[changed.key] + 1);
    plants.push_back({fmt::format("the read of event {} answers {}, one more than was ever added",
                                  changed.began, most[changed.key] + 1),
                      {{place, changed}}});
  }
  return plants;
}

std::vector<Plant> plant_repeated_ids(const PlantGround& ground) {
  const History& history = ground.history;
  std::vector<std::uint32_t> ids;
  for (std::uint32_t i = 0; i < history.operations.size(); ++i) {
    const Operation& operation = history.operations[i];
    if (operation.function == Function::generate && operation.ok()) ids.push_back(i);
  }
  if (ids.size() < 2) return {};
  const std::uint32_t first = ids.front();
  ids.erase(ids.begin());
  std::vector<Plant> plants;
  for (const std::uint32_t place : drawn(std::move(ids), ground.most, ground.random)) {
    Operation changed = history.operations[place];
    changed.value = history.operations[first].value;
    plants.push_back(
        {fmt::format("events {} and {} were both given {}", history.operations[first].began,
                     changed.began, history.values.show(changed.value)),
         {{place, changed}}});
  }
  return plants;
}

// One account of one read has one more than it had.
std::vector<Plant> plant_wrong_totals(const PlantGround& ground) {
  History& history = ground.history;
  std::vector<std::uint32_t> reads;
  for (std::uint32_t i = 0; i < history.operations.size(); ++i) {
    const Operation& operation = history.operations[i];
    if (operation.function == Function::read && operation.ok() &&
        history.values.is_list(operation.value) &&
        !history.values.elements(operation.value).empty())
      reads.push_back(i);
  }
  std::vector<Plant> plants;
  for (const std::uint32_t place : drawn(std::move(reads), ground.most, ground.random)) {
    Operation changed = history.operations[place];
    const auto accounts = history.values.elements(changed.value);
    std::vector<Value> balances(accounts.begin(), accounts.end());
    if (!history.values.is_list(balances[0])) continue;
    const auto pair = history.values.elements(balances[0]);
    if (pair.size() != 2 || !pair[1].is_integer()) continue;
    const std::vector<Value> richer = {pair[0], Value::integer(pair[1].as_integer() + 1)};
    balances[0] = history.values.list(richer);
    changed.value = history.values.list(balances);
    plants.push_back(
        {fmt::format("the read of event {} finds one more than there is, in account {}",
                     changed.began, history.values.show(richer[0])),
         {{place, changed}}});
  }
  return plants;
}

// Two acknowledged dequeues of one queue give the same element.
std::vector<Plant> plant_repeated_dequeues(const PlantGround& ground) {
  const History& history = ground.history;
  std::map<Value, std::uint32_t> first;
  std::vector<std::uint32_t> dequeues;
  for (std::uint32_t i = 0; i < history.operations.size(); ++i) {
    const Operation& operation = history.operations[i];
    if (operation.function != Function::dequeue || !operation.ok() || operation.value.is_nil())
      continue;
    if (!first.try_emplace(operation.key, i).second) dequeues.push_back(i);
  }
  std::vector<Plant> plants;
  for (const std::uint32_t place : drawn(std::move(dequeues), ground.most, ground.random)) {
    Operation changed = history.operations[place];
    changed.value = history.operations[first[changed.key]].value;
    plants.push_back({fmt::format("events {} and {} both dequeued {}, which was enqueued once",
                                  history.operations[first[changed.key]].began, changed.began,
                                  history.values.show(changed.value)),
                      {{place, changed}}});
  }
  return plants;
}

}  // namespace tribunal
