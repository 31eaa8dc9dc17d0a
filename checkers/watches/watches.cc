#include "checkers/watches/watches.h"

#include <fmt/format.h>

#include "checkers/classic/judging.h"
#include "checkers/exhibits.h"
#include "checkers/options.h"
#include "checkers/watches/group_judge.h"

namespace tribunal {
namespace {

// In the order of WatchFigure.
std::vector<ClassicFigure> watch_figures() {
  return {{"watches", ""},
          {"went on from another", ""},
          {"with a bookmark", ""},
          {"changes shown", ""},
          {"acknowledged writes", ""},
          {"unacknowledged writes shown", ""},
          {"from nowhere", "changes that nobody made"},
          {"failed", "changes whose writes had failed"},
          {"at two versions", "changes at another version than their write's"},
          {"two at one version", "writes of one register at the same version as another"},
          {"out of order", "watches out of order"},
          {"repeated", "watches that show a change twice"},
          {"from before", "watches that show what was before their beginning"},
          {"lost", "changes missing below a bookmark"},
          {"torn", "transactions shown in part"},
          {"bookmarks that went back", "bookmarks that went back"}};
}

std::uint64_t count_in(const Counts& counts, WatchFigure figure) {
  return counts[static_cast<std::size_t>(figure)];
}

}  // namespace

Verdict check_watches(const History& history, const CheckOptions& options, const Budget& budget) {
  require_known(options);
  ClassicClaim claim;
  claim.algorithm = "each watch against all that was shown or acknowledged, O(n log n)";
  claim.figures = watch_figures();
  claim.survey = survey_group;
  claim.judge_key = [](const History& all, std::span<const std::uint32_t> operations, Watch& watch,
                       KeyFinding& finding) {
    WatchedGroup group;
    if (!read_group(all, operations, watch, group)) return;
    finding.undecided = group.undecided;
    finding.complete = !finding.undecided.empty() || GroupJudge(all, group, finding).judge(watch);
  };
  claim.vacuous = [](const Counts& counts) -> std::string {
    if (count_in(counts, WatchFigure::shown) == 0) return "no watch shows a change";
    if (count_in(counts, WatchFigure::bookmarked) == 0)
      return "no watch says up to which version it shows all changes";
    return "";
  };
  claim.satisfied = [](const Counts& counts) {
    return fmt::format("{} watches show {} changes, each in its order, whole and once",
                       grouped(count_in(counts, WatchFigure::watches)),
                       grouped(count_in(counts, WatchFigure::shown)));
  };
  return judge_keys(history, claim, budget);
}

}  // namespace tribunal
