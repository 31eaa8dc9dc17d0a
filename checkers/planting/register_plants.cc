// Plants in histories of registers: one read answers with an older version, so chosen that the
// operations around it prove the anomaly whatever else happened.
#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>

#include "checkers/exhibits.h"
#include "checkers/keys.h"
#include "checkers/none.h"
#include "checkers/planting/kinds.h"
#include "checkers/versions/versions.h"

namespace tribunal {
namespace {

constexpr std::size_t looked_back = 8;  // how many of the versions seen last are tried as a cause

// Where a plant can stand: the read, the version it is to answer with, and the two operations that
// forbid it.
struct Site {
  std::uint32_t read, version, first, second;
};

// The versions of a history, and who wrote or read what before.
class Field {
 public:
  explicit Field(const PlantGround& ground) : ground_(ground), watch_(unlimited_, 1) {
    whole_ = read_versions(ground.history, ground.initial, watch_, versions) &&
             !versions.repeated && versions.flaws.empty();
    for (const Operation& operation : ground.history.operations)
      deletes_ = deletes_ || operation.function == Function::del;
  }

  bool fertile() const { return whole_; }
  bool plain_read(const SessionStep& step) const {
    const Operation& operation = ground_.history.operations[step.operation];
    return operation.function == Function::read && !ground_.history.values.is_list(operation.value);
  }
  // What the session of a version wrote to the same key before it, or else the initial version;
  // nothing where nobody could tell that from a delete.
  std::optional<std::uint32_t> predecessor(std::uint32_t version) const {
    const SessionStep& writer = versions.steps[versions.writers[version]];
    const auto session = versions.session(writer.session);
    for (std::size_t i = writer.place; i-- > 0;) {
      if (session[i].key == writer.key && session[i].wrote != none) return session[i].wrote;
    }
    if (deletes_) return std::nullopt;
    return writer.key;
  }
  Value value_of(std::uint32_t version) const {
    if (versions.initial(version)) return ground_.initial;
    const Operation& operation = ground_.history.operations[versions.writes[version]];
    return operation.function == Function::cas ? operation.to : operation.value;
  }
  std::string show(std::uint32_t place) const {
    const Operation& operation = ground_.history.operations[place];
    return fmt::format("{} ({})", ground_.history.show(operation), who(ground_.history, operation));
  }

  // At most so many of the sites as plants, drawn.
  std::vector<Plant> plants(const std::vector<Site>& sites, std::string_view why) const {
    std::vector<std::uint32_t> places(sites.size());
    for (std::uint32_t i = 0; i < places.size(); ++i) places[i] = i;
    std::vector<Plant> plants;
    for (const std::uint32_t i : drawn(std::move(places), ground_.most, ground_.random)) {
      const Site& site = sites[i];
      Operation changed = ground_.history.operations[site.read];
      changed.value = value_of(site.version);
      plants.push_back({fmt::format("the read of event {} answers {}, but {}: {}; {}",
                                    changed.began, ground_.history.values.show(changed.value), why,
                                    show(site.first), show(site.second)),
                        {{site.read, changed}}});
    }
    return plants;
  }

  Versions versions;

 private:
  const PlantGround& ground_;
  Budget unlimited_;
  Watch watch_;
  bool whole_ = false, deletes_ = false;
};

// The version last written and last read by one session to one key, at the places they stand.
struct Doings {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> wrote, read;  // place, version
};

using DoingsOf = std::map<std::pair<std::uint32_t, std::uint32_t>, Doings>;  // session, key

DoingsOf doings_of(const Versions& versions) {
  DoingsOf doings;
  for (const SessionStep& step : versions.steps) {
    Doings& own = doings[{step.session, step.key}];
    if (step.wrote != none) own.wrote.emplace_back(step.place, step.wrote);
    if (step.read != none && !versions.initial(step.read))
      own.read.emplace_back(step.place, step.read);
  }
  return doings;
}

// The last entry before `place`.
std::optional<std::uint32_t> last_before(
    const std::vector<std::pair<std::uint32_t, std::uint32_t>>& list, std::uint32_t place) {
  const auto it = std::lower_bound(list.begin(), list.end(), std::pair(place, 0U));
  if (it == list.begin()) return std::nullopt;
  return std::prev(it)->second;
}

enum class Cause { written_before, read_before };

// Reads of key k by a session that saw a write w2 of another, which had before written k, or read a
// version of it: no version before that one may be answered.
std::vector<Site> sites_after_others(const Field& field, Cause cause) {
  const Versions& versions = field.versions;
  const DoingsOf doings = doings_of(versions);
  std::vector<Site> sites;
  for (std::uint32_t s = 0; s < versions.sessions(); ++s) {
    std::vector<std::uint32_t> seen;
    for (const SessionStep& step : versions.session(s)) {
      if (field.plain_read(step) && step.read != none) {
        for (std::size_t back = 0; back < std::min(seen.size(), looked_back); ++back) {
          const std::uint32_t effect = seen[seen.size() - 1 - back];
          const SessionStep& writer = versions.steps[versions.writers[effect]];
          const auto own = doings.find({writer.session, step.key});
          if (own == doings.end()) continue;
          const auto& list = cause == Cause::written_before ? own->second.wrote : own->second.read;
          const auto version = last_before(list, writer.place);
          if (!version || versions.writers[*version] == none) continue;
          const auto older = field.predecessor(*version);
          if (!older) continue;
          sites.push_back(
              {step.operation, *older, versions.writes[*version], versions.writes[effect]});
          break;
        }
      }
      if (step.read == none || versions.initial(step.read)) continue;
      if (versions.steps[versions.writers[step.read]].session != s) seen.push_back(step.read);
    }
  }
  return sites;
}

}  // namespace

// Real time: u ended before w began, and w before the read began, which then answers u.
std::vector<Plant> plant_stale_reads(const PlantGround& ground) {
  const Field field(ground);
  if (!field.fertile()) return {};
  const History& history = ground.history;
  std::vector<Site> sites;
  const Keys keys = by_key(history);
  for (std::uint32_t key = 0; key < keys.size(); ++key) {
    std::uint32_t latest = none, older = none;  // acknowledged writes; `older` ended before it
    std::vector<std::uint32_t> ended;           // acknowledged writes by their end
    for (const std::uint32_t place : keys.of(key)) {
      const Operation& operation = history.operations[place];
      if (operation.ok() && operation.function != Function::read) ended.push_back(place);
    }
    std::sort(ended.begin(), ended.end(), [&](std::uint32_t a, std::uint32_t b) {
      return history.operations[a].ended < history.operations[b].ended;
    });
    std::size_t next = 0;
    for (const std::uint32_t place : keys.of(key)) {
      const Operation& operation = history.operations[place];
      for (; next < ended.size() && history.operations[ended[next]].ended < operation.began;
           ++next) {
        for (std::size_t i = next; i-- > 0;) {
          if (history.operations[ended[i]].ended >= history.operations[ended[next]].began) continue;
          latest = ended[next];
          older = ended[i];
          break;
        }
      }
      if (operation.function != Function::read || !operation.ok() || latest == none) continue;
      const Operation& write = history.operations[older];
      const Value value = write.function == Function::cas ? write.to : write.value;
      if (value != operation.value && !history.values.is_list(operation.value))
        sites.push_back({place, none, older, latest});
    }
  }
  std::vector<Plant> plants;
  std::vector<std::uint32_t> places(sites.size());
  for (std::uint32_t i = 0; i < places.size(); ++i) places[i] = i;
  for (const std::uint32_t i : drawn(std::move(places), ground.most, ground.random)) {
    const Operation& write = history.operations[sites[i].first];
    Operation changed = history.operations[sites[i].read];
    changed.value = write.function == Function::cas ? write.to : write.value;
    plants.push_back(
        {fmt::format("the read of event {} answers {}, but {} ended before {} began, and that "
                     "before the read",
                     changed.began, history.values.show(changed.value), field.show(sites[i].first),
                     field.show(sites[i].second)),
         {{sites[i].read, changed}}});
  }
  return plants;
}

std::vector<Plant> plant_forgotten_writes(const PlantGround& ground) {
  const Field field(ground);
  if (!field.fertile()) return {};
  std::vector<Site> sites;
  for (std::uint32_t s = 0; s < field.versions.sessions(); ++s) {
    std::map<std::uint32_t, std::uint32_t> own;  // by key: the version written last
    for (const SessionStep& step : field.versions.session(s)) {
      const auto it = own.find(step.key);
      if (field.plain_read(step) && step.read != none && it != own.end()) {
        const std::uint32_t write = field.versions.writes[it->second];
        if (const auto older = field.predecessor(it->second))
          sites.push_back({step.operation, *older, write, write});
      }
      if (step.wrote != none) own[step.key] = step.wrote;
    }
  }
  return field.plants(sites, "its session had written a later version itself");
}

std::vector<Plant> plant_backward_reads(const PlantGround& ground) {
  const Field field(ground);
  if (!field.fertile()) return {};
  std::vector<Site> sites;
  for (std::uint32_t s = 0; s < field.versions.sessions(); ++s) {
    std::map<std::uint32_t, const SessionStep*> before;  // by key: the last read of a version
    for (const SessionStep& step : field.versions.session(s)) {
      if (!field.plain_read(step) || step.read == none) continue;
      if (const auto it = before.find(step.key); it != before.end()) {
        if (const auto older = field.predecessor(it->second->read)) {
          sites.push_back({step.operation, *older, field.versions.writes[it->second->read],
                           it->second->operation});
        }
      }
      if (!field.versions.initial(step.read)) before[step.key] = &step;
    }
  }
  return field.plants(sites, "its session had read a later version before");
}

std::vector<Plant> plant_reordered_writes(const PlantGround& ground) {
  const Field field(ground);
  if (!field.fertile()) return {};
  return field.plants(
      sites_after_others(field, Cause::written_before),
      "its session had seen the second of two writes of one process, and now misses "
      "the first");
}

std::vector<Plant> plant_lost_causes(const PlantGround& ground) {
  const Field field(ground);
  if (!field.fertile()) return {};
  return field.plants(sites_after_others(field, Cause::read_before),
                      "its session had seen a write whose process had read the version that is now "
                      "missed");
}

std::vector<Plant> plant_values_from_nowhere(const PlantGround& ground) {
  const History& history = ground.history;
  std::int64_t highest = 0;
  std::vector<std::uint32_t> reads;
  for (std::uint32_t i = 0; i < history.operations.size(); ++i) {
    const Operation& operation = history.operations[i];
    for (const Value value : {operation.value, operation.to}) {
      if (value.is_integer()) highest = std::max(highest, value.as_integer());
    }
    if (operation.function == Function::read && operation.ok() && operation.value.is_integer())
      reads.push_back(i);
  }
  std::vector<Plant> plants;
  for (const std::uint32_t place : drawn(std::move(reads), ground.most, ground.random)) {
    Operation changed = history.operations[place];
    changed.value = Value::integer(highest + 1);
    plants.push_back({fmt::format("the read of event {} answers {}, which nobody ever wrote",
                                  changed.began, highest + 1),
                      {{place, changed}}});
  }
  return plants;
}

// In the last look every replica answers with a version that the writer of the one they hold had
// itself overwritten.
std::vector<Plant> plant_lost_writes(const PlantGround& ground) {
  const History& history = ground.history;
  const auto look = std::find_if(history.faults.begin(), history.faults.end(),
                                 [](const FaultEvent& event) { return event.name == "last-look"; });
  const Field field(ground);
  if (!field.fertile() || look == history.faults.end()) return {};
  struct End {
    std::uint32_t version = none;
    bool agreed = true;
    std::vector<std::uint32_t> reads;
  };
  std::map<std::uint32_t, End> ends;  // by key
  for (const SessionStep& step : field.versions.steps) {
    if (history.operations[step.operation].began < look->index || !field.plain_read(step)) continue;
    End& end = ends[step.key];
    end.agreed = end.agreed && step.read != none && !field.versions.initial(step.read) &&
                 (end.reads.empty() || end.version == step.read);
    end.version = step.read;
    end.reads.push_back(step.operation);
  }
  std::vector<Plant> plants;
  for (const auto& [key, end] : ends) {
    if (!end.agreed || !history.operations[field.versions.writes[end.version]].ok()) continue;
    const auto older = field.predecessor(end.version);
    if (!older || field.versions.initial(*older)) continue;
    Plant plant;
    plant.proof = fmt::format(
        "every replica answers {} at the end, but its own process had "
        "overwritten it: {}",
        history.values.show(field.value_of(*older)),
        field.show(field.versions.writes[end.version]));
    for (const std::uint32_t place : end.reads) {
      Operation changed = history.operations[place];
      changed.value = field.value_of(*older);
      plant.changes.emplace_back(place, changed);
    }
    plants.push_back(std::move(plant));
  }
  ground.random.shuffle(plants);
  plants.resize(std::min(plants.size(), ground.most));
  return plants;
}

}  // namespace tribunal
