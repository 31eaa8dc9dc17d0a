#include "checkers/classic/unique_ids.h"

#include <fmt/core.h>

#include "checkers/classic/judging.h"
#include "checkers/exhibits.h"
#include "checkers/flat_index.h"
#include "checkers/options.h"

namespace tribunal {
namespace {

enum Figure : std::size_t { attempts, acknowledged, repeated };

void survey(const History& history, const Operation& operation) {
  require_function(history, operation, "unique-ids", {Function::generate});
  if (operation.ok() && operation.value.is_nil())
    refuse_value(history, operation, "an acknowledged generate returns an id",
                 "leave those calls out of the history");
}

Evidence explain(const History& history, std::uint32_t first, std::uint32_t again) {
  EvidenceMaker maker(history, {first, again});
  const Operation& before = history.operations[first];
  const Operation& after = history.operations[again];
  maker.arrow(first, again, "same value");
  if (before.ended < after.began) maker.real_time(first, again);
  maker.evidence.anomaly = "repeated id";
  maker.evidence.key = shown_key(history, after);
  maker.evidence.sentence =
      fmt::format("The id {} was given to {} and to {}; an id is given once.",
                  history.values.show(after.value), who(history, before), who(history, after));
  maker.evidence.impossible_at = std::max(before.ended, after.ended);
  return std::move(maker.evidence);
}

// Linear, by hashing.
void judge(const History& history, std::span<const std::uint32_t> operations, Watch& watch,
           KeyFinding& finding) {
  FlatIndex ids;
  ids.reset(operations.size());
  std::vector<std::uint32_t> first;  // by number of the id: the place where it was given
  for (const std::uint32_t place : operations) {
    if (watch.spent()) return;
    const Operation& operation = history.operations[place];
    ++finding.counts[attempts];
    if (!operation.ok()) continue;
    ++finding.counts[acknowledged];
    const std::uint32_t number = ids.number(operation.value);
    if (number == first.size()) {
      first.push_back(place);
      continue;
    }
    ++finding.counts[repeated];
    if (finding.wants_evidence())
      finding.evidence.push_back(explain(history, first[number], place));
  }
  finding.complete = !watch.look();
}

}  // namespace

Verdict check_unique_ids(const History& history, const CheckOptions& options,
                         const Budget& budget) {
  require_known(options);
  ClassicClaim claim;
  claim.algorithm = "every id looked up, linear";
  claim.figures = {
      {"attempts", ""}, {"acknowledged", ""}, {"repeated", "ids given that were given before"}};
  claim.survey = survey;
  claim.judge_key = judge;
  claim.vacuous = [](const Counts& counts) -> std::string {
    return counts[acknowledged] < 2 ? "fewer than two ids were given" : "";
  };
  claim.satisfied = [](const Counts& counts) {
    return fmt::format("{} ids, no two of them the same", grouped(counts[acknowledged]));
  };
  return judge_keys(history, claim, budget);
}

}  // namespace tribunal
