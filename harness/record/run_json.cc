#include "harness/record/run_json.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "harness/record/history.h"

namespace tribunal {
namespace {

using Figures = std::vector<std::pair<std::string, std::string>>;

// A list of objects, not one object: names may repeat and their order is the order to print.
Json to_json(const Figures& figures) {
  Json json = Json::array();
  for (const auto& [name, value] : figures) json.push_back({{"name", name}, {"value", value}});
  return json;
}

Figures figures_from(const JsonField& field) {
  Figures figures;
  for (const auto& item : field.items()) {
    figures.emplace_back(item.at("name").text(), item.at("value").text());
  }
  return figures;
}

Json to_json(const std::optional<std::int64_t>& time) { return time ? Json(*time) : Json(nullptr); }

std::optional<std::int64_t> time_from(const JsonField& field) {
  if (field.is_null()) return std::nullopt;
  return field.signed_integer();
}

Json finite(double number) { return std::isfinite(number) ? number : 0.0; }

Judgement judgement_of(const JsonField& field) {
  try {
    return judgement_from(field.text());
  } catch (const std::invalid_argument& unknown) {
    field.fail(std::string("is no judgement: ") + unknown.what());
  }
}

}  // namespace

Json to_json(const PlannedFault& planned) {
  return {{"id", planned.id},         {"fault", planned.fault},       {"shape", planned.shape},
          {"target", planned.target}, {"options", planned.options},   {"order", planned.order},
          {"at", planned.at},         {"duration", planned.duration}, {"seed", planned.seed}};
}

PlannedFault planned_fault_from(const JsonField& field) {
  PlannedFault planned;
  planned.id = field.at("id").integer<int>();
  planned.fault = field.at("fault").text();
  planned.shape = field.at("shape").text();
  planned.target = field.at("target").text();
  if (const auto options = field.find("options"))
    for (const auto& [name, value] : options->members()) planned.options[name] = value.text();
  planned.order = field.at("order").texts();
  planned.at = field.at("at").signed_integer();
  planned.duration = field.at("duration").signed_integer();
  if (const auto seed = field.find("seed")) planned.seed = seed->unsigned_integer();
  return planned;
}

Json to_json(const Receipt& receipt) {
  Json counters = Json::array();
  for (const auto& [name, count] : receipt.counters) {
    counters.push_back({{"name", name}, {"count", count}});
  }
  return {{"planned", to_json(receipt.planned)},
          {"targets", receipt.targets},
          {"detail", receipt.detail},
          {"means", receipt.means},
          {"installed", to_json(receipt.installed)},
          {"observed", to_json(receipt.observed)},
          {"exercised", to_json(receipt.exercised)},
          {"heal_requested", to_json(receipt.heal_requested)},
          {"healed", to_json(receipt.healed)},
          {"heal_verified", to_json(receipt.heal_verified)},
          {"observed_by", receipt.observed_by},
          {"exercised_by", receipt.exercised_by},
          {"heal_verified_by", receipt.heal_verified_by},
          {"failure", receipt.failure},
          {"counters", counters}};
}

Receipt receipt_from(const JsonField& field) {
  Receipt receipt;
  receipt.planned = planned_fault_from(field.at("planned"));
  receipt.targets = field.at("targets").texts();
  receipt.detail = field.at("detail").text();
  if (const auto means = field.find("means")) receipt.means = means->text();
  receipt.installed = time_from(field.at("installed"));
  receipt.observed = time_from(field.at("observed"));
  receipt.exercised = time_from(field.at("exercised"));
  receipt.heal_requested = time_from(field.at("heal_requested"));
  receipt.healed = time_from(field.at("healed"));
  receipt.heal_verified = time_from(field.at("heal_verified"));
  receipt.observed_by = field.at("observed_by").text();
  receipt.exercised_by = field.at("exercised_by").text();
  receipt.heal_verified_by = field.at("heal_verified_by").text();
  receipt.failure = field.at("failure").text();
  for (const auto& item : field.at("counters").items()) {
    receipt.counters.emplace_back(item.at("name").text(), item.at("count").signed_integer());
  }
  return receipt;
}

Json to_json(const RunFacts& facts) {
  return {{"database", facts.database},
          {"database_version", facts.database_version},
          {"workload", facts.workload},
          {"claim", facts.claim},
          {"faults", facts.faults},
          {"command", facts.command},
          {"seed", facts.seed},
          {"hosts", facts.hosts},
          {"started", facts.started},
          {"seconds", finite(facts.seconds)},
          {"interrupted", facts.interrupted},
          {"environment", to_json(facts.environment)},
          {"notes", facts.notes}};
}

RunFacts facts_from(const JsonField& field) {
  RunFacts facts;
  facts.database = field.at("database").text();
  facts.database_version = field.at("database_version").text();
  facts.workload = field.at("workload").text();
  facts.claim = field.at("claim").text();
  facts.faults = field.at("faults").text();
  facts.command = field.at("command").text();
  facts.seed = field.at("seed").unsigned_integer();
  facts.hosts = field.at("hosts").texts();
  facts.started = field.at("started").text();
  facts.seconds = field.at("seconds").number();
  facts.interrupted = field.at("interrupted").text();
  facts.environment = figures_from(field.at("environment"));
  facts.notes = field.at("notes").texts();
  return facts;
}

namespace {

// Null where there is no completion: the sentinels of the structs are no business of a file.
Json to_json(const Exhibit& exhibit) {
  const bool open = exhibit.ended == Operation::never;
  const bool timeless = exhibit.completed_at == Operation::no_time;
  return {{"began", exhibit.began},
          {"ended", open ? Json(nullptr) : Json(exhibit.ended)},
          {"invoked_at", exhibit.invoked_at},
          {"completed_at", timeless ? Json(nullptr) : Json(exhibit.completed_at)},
          {"process", exhibit.process},
          {"node", exhibit.node},
          {"text", exhibit.text},
          {"outcome", exhibit.outcome}};
}

Exhibit exhibit_from(const JsonField& field) {
  Exhibit exhibit;
  const JsonField ended = field.at("ended");
  exhibit.began = field.at("began").integer<std::uint32_t>();
  exhibit.ended = ended.is_null() ? Operation::never : ended.integer<std::uint32_t>();
  exhibit.invoked_at = field.at("invoked_at").signed_integer();
  exhibit.completed_at = time_from(field.at("completed_at")).value_or(Operation::no_time);
  exhibit.process = field.at("process").integer<std::uint32_t>();
  exhibit.node = field.at("node").text();
  exhibit.text = field.at("text").text();
  exhibit.outcome = field.at("outcome").text();
  return exhibit;
}

Json to_json(const Evidence& evidence) {
  Json exhibits = Json::array();
  for (const auto& exhibit : evidence.exhibits) exhibits.push_back(to_json(exhibit));
  Json arrows = Json::array();
  for (const auto& arrow : evidence.arrows) {
    arrows.push_back(
        {{"from", arrow.from}, {"to", arrow.to}, {"why", arrow.why}, {"label", arrow.label}});
  }
  return {{"anomaly", evidence.anomaly},
          {"key", evidence.key},
          {"sentence", evidence.sentence},
          {"exhibits", exhibits},
          {"arrows", arrows},
          {"impossible_at", evidence.impossible_at}};
}

Evidence evidence_from(const JsonField& field) {
  Evidence evidence;
  evidence.anomaly = field.at("anomaly").text();
  evidence.key = field.at("key").text();
  evidence.sentence = field.at("sentence").text();
  for (const auto& item : field.at("exhibits").items()) {
    evidence.exhibits.push_back(exhibit_from(item));
  }
  for (const auto& item : field.at("arrows").items()) {
    Arrow arrow{item.at("from").integer<std::size_t>(), item.at("to").integer<std::size_t>(),
                item.at("why").text(), item.at("label").text()};
    if (std::max(arrow.from, arrow.to) >= evidence.exhibits.size()) {
      item.fail("points at an exhibit that is not there");
    }
    evidence.arrows.push_back(std::move(arrow));
  }
  evidence.impossible_at = field.at("impossible_at").integer<std::uint32_t>();
  return evidence;
}

Verdict verdict_from(const JsonField& field) {
  Verdict verdict;
  verdict.checker = field.at("checker").text();
  verdict.judgement = judgement_of(field.at("judgement"));
  verdict.reason = field.at("reason").text();
  verdict.algorithm = field.at("algorithm").text();
  verdict.operations = field.at("operations").unsigned_integer();
  verdict.keys = field.at("keys").unsigned_integer();
  verdict.seconds = field.at("seconds").number();
  verdict.violations = field.at("violations").unsigned_integer();
  verdict.figures = figures_from(field.at("figures"));
  for (const auto& item : field.at("evidence").items()) {
    verdict.evidence.push_back(evidence_from(item));
  }
  return verdict;
}

}  // namespace

Json to_json(const Verdict& verdict) {
  Json evidence = Json::array();
  for (const auto& piece : verdict.evidence) evidence.push_back(to_json(piece));
  return {{"checker", verdict.checker},
          {"judgement", name_of(verdict.judgement)},
          {"reason", verdict.reason},
          {"algorithm", verdict.algorithm},
          {"operations", verdict.operations},
          {"keys", verdict.keys},
          {"seconds", finite(verdict.seconds)},
          {"violations", verdict.violations},
          {"figures", to_json(verdict.figures)},
          {"evidence", evidence}};
}

Json to_json(const std::vector<Verdict>& verdicts) {
  Json list = Json::array();
  for (const auto& verdict : verdicts) list.push_back(to_json(verdict));
  const Judgement overall = worst(verdicts);
  return {{"judgement", name_of(overall)}, {"exit_code", exit_code(overall)}, {"verdicts", list}};
}

std::vector<Verdict> verdicts_from(const JsonField& field) {
  std::vector<Verdict> verdicts;
  for (const auto& item : field.at("verdicts").items()) verdicts.push_back(verdict_from(item));
  const JsonField overall = field.at("judgement");
  if (judgement_of(overall) != worst(verdicts)) {
    overall.fail("does not follow from the verdicts listed");
  }
  return verdicts;
}

}  // namespace tribunal
