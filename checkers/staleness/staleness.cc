#include "checkers/staleness/staleness.h"

#include <fmt/core.h>

#include <algorithm>

#include "checkers/exhibits.h"
#include "checkers/options.h"
#include "checkers/staleness/measurement.h"
#include "checkers/staleness/stale_evidence.h"
#include "checkers/versions/witness.h"

namespace tribunal {
namespace {

constexpr std::uint64_t least_reads = 20;
constexpr std::size_t most_evidence = 3;

using Figures = std::vector<std::pair<std::string, std::string>>;

// Of so many reads those that are stale, the stalest first.
std::string spread(std::uint64_t reads, const std::vector<std::int64_t>& stale) {
  if (reads == 0) return "no read that tells";
  const auto at_most = [&](double share) {
    const auto place = static_cast<std::uint64_t>((1 - share) * static_cast<double>(reads));
    return span_of_time(place < stale.size() ? stale[place] : 0);
  };
  return fmt::format("{} reads, {:.3f} % fresh, t50 {}, t99 {}, t99.9 {}, worst {}", grouped(reads),
                     100 * (1 - static_cast<double>(stale.size()) / static_cast<double>(reads)),
                     at_most(0.5), at_most(0.99), at_most(0.999),
                     span_of_time(stale.empty() ? 0 : stale.front()));
}

class Judge {
 public:
  Judge(const History& history, const CheckOptions& options, const Budget& budget)
      : history_(history),
        initial_(options.initial),
        watch_(budget, 1),
        asked_(options.more.contains("freshness") || options.more.contains("within")),
        calm_only_(choice(options, "outside-faults", "false")),
        freshness_(share(options, "freshness", 0.99)),
        within_(duration(options, "within", 0)) {}

  Verdict judge();

 private:
  void add_figures();
  template <class Counts>
  void add_spread(const std::string& name, std::uint64_t reads, const Counts& counts);
  void add_curve(const std::string& name, const Curve& curve);
  void conclude();
  void conclude_target();
  void show_late_reads();

  const History& history_;
  Value initial_;
  Watch watch_;
  bool asked_, calm_only_;
  double freshness_;
  std::int64_t within_;
  Sightings sightings_;
  Measurement measured_;
  Verdict verdict_;
};

Verdict Judge::judge() {
  verdict_.checker = "staleness";
  verdict_.algorithm = "all pairs of a write and a later read, counted by a wavelet matrix";
  if (!find_sightings(history_, initial_, watch_, sightings_)) {
    verdict_.reason = fmt::format("{} before anything was measured", watch_.why());
    return std::move(verdict_);
  }
  if (sightings_.versions.repeated) {
    verdict_.reason = repeated_reason(history_, sightings_.versions);
    return std::move(verdict_);
  }
  const bool complete = measure(sightings_, within_, watch_, measured_);
  verdict_.operations = history_.operations.size();
  verdict_.keys = sightings_.keys();
  if (complete) {
    add_figures();
    conclude();
  } else {
    verdict_.reason =
        fmt::format("{} after {} reads were measured", watch_.why(), grouped(measured_.reads));
  }
  return std::move(verdict_);
}

template <class Counts>
void Judge::add_spread(const std::string& name, std::uint64_t reads, const Counts& counts) {
  std::vector<std::int64_t> stale;
  for (const StaleRead& read : measured_.stale) {
    if (counts(read)) stale.push_back(read.behind);
  }
  verdict_.figures.emplace_back(name, spread(reads, stale));
}

void Judge::add_curve(const std::string& name, const Curve& curve) {
  if (curve.total() != 0)
    verdict_.figures.emplace_back("fresh by time since the write" + name, curve.text());
}

void Judge::add_figures() {
  Figures& figures = verdict_.figures;
  add_spread("staleness", measured_.reads, [](const StaleRead&) { return true; });
  std::uint32_t most = 0;
  for (const StaleRead& read : measured_.stale) most = std::max(most, read.versions);
  figures.emplace_back("versions behind, at most", grouped(most));
  figures.emplace_back(
      "reads that do not tell",
      fmt::format("{} called before any write was acknowledged, {} of unknown version",
                  grouped(sightings_.reads.size() - measured_.reads),
                  grouped(sightings_.ok_reads - sightings_.reads.size())));
  figures.emplace_back(
      "order of versions",
      sightings_.by_real_time
          ? "real time between writes that do not overlap, where neither lists nor "
            "the database's numbers give it"
          : "lists or the database's own numbers");
  const auto reached = measured_.all.reaches(freshness_);
  figures.emplace_back(fmt::format("{:g} % fresh", 100 * freshness_),
                       reached ? "from " + time_since(curve_from[*reached]) + " after a write on"
                               : "at no time after a write");
  add_curve("", measured_.all);
  add_curve(", same session", measured_.same_session);
  add_curve(", other sessions", measured_.all - measured_.same_session);
  add_curve(", same node", measured_.same_node);
  add_curve(", other nodes", measured_.all - measured_.same_node);
  for (std::size_t kind = 0; kind < sightings_.kinds.size(); ++kind) {
    const std::string& fault = sightings_.kinds[kind];
    const auto during = [kind](const StaleRead& read) { return (read.faults >> kind & 1) != 0; };
    add_spread("staleness during " + fault, measured_.reads_during[kind], during);
    add_spread("staleness outside " + fault, measured_.reads - measured_.reads_during[kind],
               [&](const StaleRead& read) { return !during(read); });
    add_curve(", during " + fault, measured_.during[kind]);
    add_curve(", outside " + fault, measured_.all - measured_.during[kind]);
  }
  if (sightings_.kinds.empty()) return;
  add_spread("staleness outside every fault", measured_.calm_reads,
             [](const StaleRead& read) { return read.faults == 0; });
  add_curve(", outside every fault", measured_.calm);
}

void Judge::conclude() {
  if (asked_) return conclude_target();
  verdict_.judgement = Judgement::vacuous;
  verdict_.reason =
      measured_.reads >= least_reads
          ? fmt::format(
                "measured on {} reads: {} stale, {} at worst; but no target was set, so "
                "nothing is claimed: --option freshness=0.99,within=100ms",
                grouped(measured_.reads), grouped(measured_.stale.size()),
                span_of_time(measured_.stale.empty() ? 0 : measured_.stale[0].behind))
          : fmt::format(
                "only {} reads began after an acknowledged write of their key; {} are the "
                "least that tells",
                measured_.reads, least_reads);
}

void Judge::conclude_target() {
  const std::string target =
      fmt::format("{:g} % of reads{} see all that was acknowledged {} before", 100 * freshness_,
                  calm_only_ ? " outside of faults" : "", time_since(within_));
  const Due& due = calm_only_ ? measured_.calm_due : measured_.due;
  if (due.reads == 0) {
    verdict_.judgement = Judgement::vacuous;
    verdict_.reason =
        fmt::format("{}: no read was called that long after an acknowledged write{}", target,
                    calm_only_ && measured_.due.reads != 0 ? " and after the last fault" : "");
    return;
  }
  const std::uint64_t fresh = due.reads - due.late;
  const Interval interval = wilson(fresh, due.reads);
  const std::string found = fmt::format(
      "{} of {} do, {:.3f} % (95 % interval {:.3f} to {:.3f} %)", grouped(fresh),
      grouped(due.reads), 100 * static_cast<double>(fresh) / static_cast<double>(due.reads),
      100 * interval.low, 100 * interval.high);
  verdict_.figures.emplace_back("target", target + ": " + found);
  verdict_.judgement = interval.high < freshness_   ? Judgement::violated
                       : interval.low >= freshness_ ? Judgement::satisfied
                                                    : Judgement::inconclusive;
  verdict_.reason =
      target + ": " + found +
      (verdict_.judgement == Judgement::inconclusive ? ", so more reads must tell" : "");
  if (verdict_.judgement != Judgement::violated) return;
  verdict_.violations = due.late;
  show_late_reads();
}

void Judge::show_late_reads() {
  for (const StaleRead& stale : measured_.stale) {
    if (verdict_.evidence.size() == most_evidence || stale.behind < within_) return;
    const std::int64_t asked_at = history_.operations[stale.operation].invoked_at;
    if (calm_only_ && !sightings_.calm(asked_at - within_, asked_at)) continue;
    verdict_.evidence.push_back(stale_evidence(history_, sightings_, stale));
  }
}

}  // namespace

Verdict check_staleness(const History& history, const CheckOptions& options, const Budget& budget) {
  require_known(options);
  return Judge(history, options, budget).judge();
}

}  // namespace tribunal
