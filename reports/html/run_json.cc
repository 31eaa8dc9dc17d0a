// The page's JSON.
#include "reports/html/run_json.h"

#include <nlohmann/json.hpp>
#include <optional>

#include "reports/escape.h"
#include "reports/headline.h"
#include "reports/words.h"

namespace tribunal {
namespace {

using Json = nlohmann::json;

constexpr std::size_t most_evidence = 20;  // a verdict's; each is a drawing
constexpr std::size_t longest_text = 4000;

Json text(const std::string& value) { return clipped(value, longest_text); }

Json microseconds(std::optional<std::int64_t> nanoseconds) {
  return nanoseconds ? Json(static_cast<double>(*nanoseconds) / 1e3) : Json();
}

Json exhibit_json(const Exhibit& exhibit) {
  const bool open = exhibit.completed_at == Operation::no_time;
  return {{"began", exhibit.began},
          {"ended", exhibit.ended == Operation::never ? Json() : Json(exhibit.ended)},
          {"invoked", microseconds(exhibit.invoked_at)},
          {"completed", open ? Json() : microseconds(exhibit.completed_at)},
          {"process", exhibit.process},
          {"node", text(exhibit.node)},
          {"text", text(exhibit.text)},
          {"outcome", text(exhibit.outcome)}};
}

Json evidence_json(const RunRecord& record, const Evidence& evidence) {
  Json exhibits = Json::array(), arrows = Json::array();
  for (const auto& exhibit : evidence.exhibits) exhibits.push_back(exhibit_json(exhibit));
  for (const auto& arrow : evidence.arrows) {
    if (arrow.from >= evidence.exhibits.size() || arrow.to >= evidence.exhibits.size()) continue;
    arrows.push_back({{"from", arrow.from},
                      {"to", arrow.to},
                      {"why", text(arrow.why)},
                      {"label", text(arrow.label)}});
  }
  const auto moment = moment_of(evidence);
  return {{"anomaly", text(evidence.anomaly)},
          {"key", evidence.key},
          {"sentence", text(evidence.sentence)},
          {"impossible_at", evidence.impossible_at},
          {"moment", microseconds(moment)},
          {"faults", moment ? text(faults_at(record, *moment)) : Json("")},
          {"exhibits", exhibits},
          {"arrows", arrows}};
}

Json verdicts_json_of(const RunRecord& record) {
  Json verdicts = Json::array();
  for (const auto& verdict : record.verdicts) {
    Json evidence = Json::array();
    for (const auto& one : verdict.evidence) {
      if (evidence.size() < most_evidence) evidence.push_back(evidence_json(record, one));
    }
    verdicts.push_back({{"checker", text(verdict.checker)},
                        {"judgement", name_of(verdict.judgement)},
                        {"violations", verdict.violations},
                        {"evidence", evidence}});
  }
  return verdicts;
}

Json counters_json(const Receipt& receipt) {
  Json counters = Json::array();
  for (const auto& [name, count] : receipt.counters) counters.push_back({text(name), count});
  return counters;
}

Json planned_json(const PlannedFault& planned) {
  Json options = Json::object();
  for (const auto& [name, value] : planned.options) options[name] = text(value);
  return {{"id", planned.id},
          {"kind", text(planned.fault)},
          {"options", options},
          {"name", text(planned.name())},
          {"at", microseconds(planned.at)},
          {"until", microseconds(planned.at + planned.duration)},
          {"state", "planned"}};
}

Json receipt_json(const Receipt& receipt) {
  Json json = planned_json(receipt.planned);
  json["state"] = state_of(receipt);
  json["described"] = text(described(receipt));
  json["targets"] = receipt.targets;
  json["detail"] = text(receipt.detail);
  json["means"] = text(receipt.means);
  json["installed"] = microseconds(receipt.installed);
  json["observed"] = microseconds(receipt.observed);
  json["exercised"] = microseconds(receipt.exercised);
  json["heal_requested"] = microseconds(receipt.heal_requested);
  json["healed"] = microseconds(receipt.healed);
  json["heal_verified"] = microseconds(receipt.heal_verified);
  json["observed_by"] = text(receipt.observed_by);
  json["exercised_by"] = text(receipt.exercised_by);
  json["heal_verified_by"] = text(receipt.heal_verified_by);
  json["failure"] = text(receipt.failure);
  json["counters"] = counters_json(receipt);
  return json;
}

// A history from elsewhere has records of its nemesis and no receipts: those are all there is to
// draw.
Json events_json(const History& history) {
  Json events = Json::array();
  for (const auto& event : history.faults) {
    events.push_back({{"time", microseconds(event.time)},
                      {"fault", event.fault},
                      {"starts", event.starts},
                      {"stops", event.stops},
                      {"name", text(event.name)},
                      {"detail", text(event.detail)}});
  }
  return events;
}

}  // namespace

std::string run_json(const RunRecord& record, const History& history, const Columns& columns) {
  Json receipts = Json::array(), names = Json::array(), nodes = Json::array();
  for (const auto& receipt : record.receipts) receipts.push_back(receipt_json(receipt));
  for (const auto& planned : record.never_begun) {
    receipts.push_back(planned_json(planned));
    receipts.back()["never_begun"] = true;
  }
  for (const auto& column : columns.columns) names.push_back(column.first);
  for (const auto& node : history.nodes) nodes.push_back(text(node));
  const Json json = {{"judgement", name_of(record.judgement)},
                     {"operations", columns.operations},
                     {"columns", names},
                     {"texts", columns.texts},
                     {"errors", columns.errors},
                     {"functions", columns.functions},
                     {"nodes", nodes},
                     {"verdicts", verdicts_json_of(record)},
                     {"receipts", receipts},
                     {"events", receipts.empty() ? events_json(history) : Json::array()},
                     {"command", record.facts.command}};
  return script_escaped(json.dump(-1, ' ', false, Json::error_handler_t::replace));
}

}  // namespace tribunal
