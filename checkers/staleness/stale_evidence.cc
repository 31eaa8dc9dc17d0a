#include "checkers/staleness/stale_evidence.h"

#include <fmt/core.h>

#include "checkers/exhibits.h"
#include "checkers/none.h"

namespace tribunal {
namespace {

const char* why_newer(const Sightings& sightings, const StaleRead& stale) {
  const std::uint32_t key = sightings.versions.key_of[stale.version];
  if (sightings.versions.initial(stale.version)) return "what was there at first is older than any";
  if (sightings.versions.listed[key]) return "the list has its elements in that order";
  return sightings.versions.ranked[key] ? "the database itself numbers it as the newer version"
                                        : "which was there before that call was sent";
}

}  // namespace

Evidence stale_evidence(const History& history, const Sightings& sightings,
                        const StaleRead& stale) {
  const Operation& read = history.operations[stale.operation];
  const Operation& write = history.operations[stale.write];
  const Versions& versions = sightings.versions;
  const bool first = versions.initial(stale.version);
  const bool ranked = versions.ranked[versions.key_of[stale.version]];
  std::vector<std::uint32_t> places = {stale.operation, stale.write};
  const std::uint32_t origin = first ? none : versions.writes[stale.version];
  const std::uint32_t shown = first || ranked ? none : sightings.shown_by[stale.version];
  if (origin != none) places.push_back(origin);
  if (shown != none) places.push_back(shown);
  EvidenceMaker maker(history, places);
  maker.real_time(stale.write, stale.operation);
  if (origin != none) maker.arrow(origin, stale.operation, "reads from");
  if (origin != none && ranked)
    maker.arrow(origin, stale.write, "version", why_newer(sightings, stale));
  if (shown != none) {
    if (shown != origin) maker.arrow(origin, shown, "reads from");
    maker.real_time(shown, stale.write);
  }
  for (Exhibit& exhibit : maker.evidence.exhibits) exhibit.text = shortened(exhibit.text);
  Evidence& evidence = maker.evidence;
  evidence.anomaly = "stale read";
  evidence.key = read.key.is_nil() ? "" : history.values.show(read.key);
  evidence.sentence =
      fmt::format("{} asked {} after {}'s {} was acknowledged and got {}, {} version{} behind: {}.",
                  who(history, read), span_of_time(stale.behind), who(history, write),
                  history.show(write), shortened(history.values.show(read.value)), stale.versions,
                  stale.versions == 1 ? "" : "s", why_newer(sightings, stale));
  evidence.impossible_at = read.ended;
  return std::move(evidence);
}

}  // namespace tribunal
