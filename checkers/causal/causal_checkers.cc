#include "checkers/causal/causal_checkers.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>

#include "checkers/causal/causal_evidence.h"
#include "checkers/causal/patterns.h"
#include "checkers/causal/view_evidence.h"
#include "checkers/options.h"
#include "checkers/sessions/movement.h"
#include "checkers/versions/smaller_evidence.h"
#include "harness/record/figure.h"

namespace tribunal {
namespace {

constexpr std::size_t most_evidence = 5;

enum class Claim { causal, convergent, memory, pram };
enum class Witnesses { as_found, small };

// One claim about one history.
class CausalJudge {
 public:
  CausalJudge(const History& history, const CheckOptions& options, const Budget& budget,
              Claim claim, Witnesses witnesses = Witnesses::small)
      : history_(history),
        options_(options),
        watch_(budget, 1),
        claim_(claim),
        witnesses_(witnesses) {}

  Verdict judge(const char* name, const char* algorithm) {
    require_known(options_);
    const auto started = std::chrono::steady_clock::now();
    verdict_.checker = name;
    verdict_.algorithm = algorithm;
    if (!read_versions(history_, options_.initial, watch_, versions_)) {
      verdict_.reason = spent("before the history was read");
    } else if (versions_.repeated) {
      verdict_.reason = repeated_reason(history_, versions_);
    } else {
      judge_versions();
    }
    verdict_.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    return std::move(verdict_);
  }

 private:
  std::string spent(const std::string& when) const {
    return fmt::format(
        "{} {}", watch_.why().empty() ? std::string_view("the budget was spent") : watch_.why(),
        when);
  }

  void judge_versions();
  void judge_flaws();
  bool judge_patterns(CausalPatterns& patterns);
  bool judge_convergence(const CausalPatterns& patterns);
  bool judge_views(const KeyWrites& writes, const CausalOrder* order);
  void offend(std::uint64_t count, std::string reason);
  void add(Evidence evidence) {
    if (verdict_.evidence.size() < most_evidence && !evidence.exhibits.empty())
      verdict_.evidence.push_back(std::move(evidence));
  }
  void conclude();
  JudgePart judge_part() const {
    return [claim = claim_](const History& part, Value initial) {
      const CheckOptions options{initial, {}};
      const Budget budget;
      return CausalJudge(part, options, budget, claim, Witnesses::as_found).judge("", "").evidence;
    };
  }
  void figure(std::string name, std::string value) {
    verdict_.figures.emplace_back(std::move(name), std::move(value));
  }

  const History& history_;
  const CheckOptions& options_;
  Watch watch_;
  const Claim claim_;
  const Witnesses witnesses_;
  Versions versions_;
  Verdict verdict_;
  std::uint64_t reads_ = 0, writes_ = 0;
};

void CausalJudge::offend(std::uint64_t count, std::string reason) {
  if (count == 0) return;
  verdict_.judgement = Judgement::violated;
  verdict_.reason = (verdict_.violations == 0 ? "" : verdict_.reason + "; ") + std::move(reason);
  verdict_.violations += count;
}

// Reads that break every claim alike.
void CausalJudge::judge_flaws() {
  const auto count = static_cast<std::uint64_t>(
      std::count_if(versions_.flaws.begin(), versions_.flaws.end(),
                    [](const ReadFlaw& flaw) { return flaw.kind != ReadFlaw::disputed; }));
  offend(count, fmt::format("{} reads return what no order of writes explains", grouped(count)));
  for (Evidence& evidence : flaw_evidence(history_, versions_, most_evidence))
    add(std::move(evidence));
  const std::size_t disputed = versions_.flaws.size() - count;
  if (disputed != 0) figure("lists that contradict each other, keys", grouped(disputed));
}

void CausalJudge::judge_versions() {
  // What the database numbers is no part of these claims.
  for (std::size_t key = 0; key < versions_.keys.size(); ++key)
    versions_.ranked[key] = versions_.ranked[key] && versions_.listed[key];
  for (const SessionStep& step : versions_.steps) {
    reads_ += step.read != Versions::none;
    writes_ += step.wrote != Versions::none;
  }
  verdict_.operations = versions_.steps.size();
  verdict_.keys = versions_.keys.size();
  figure("reads", grouped(reads_));
  figure("writes that count", grouped(writes_));
  judge_flaws();
  bool complete = true;
  if (claim_ == Claim::pram) {
    complete = judge_views(KeyWrites(versions_), nullptr);
  } else {
    CausalPatterns patterns(history_, versions_,
                            claim_ == Claim::convergent ? CausalPatterns::Claim::convergent
                                                        : CausalPatterns::Claim::plain);
    complete = judge_patterns(patterns);
    if (complete && !patterns.cyclic() && claim_ == Claim::convergent)
      complete = judge_convergence(patterns);
    // Without causal consistency there is no causal memory, and what is missed is shown above.
    if (complete && !patterns.cyclic() && claim_ == Claim::memory && verdict_.violations == 0)
      complete = judge_views(patterns.writes(), &patterns.order());
  }
  if (!complete && verdict_.violations == 0) verdict_.reason = spent("before all was judged");
  if (complete && verdict_.violations == 0) conclude();
  if (witnesses_ == Witnesses::small)
    look_for_smaller(history_, versions_, options_.initial, judge_part(), verdict_.evidence);
  show_smallest(verdict_.evidence);
}

bool CausalJudge::judge_patterns(CausalPatterns& patterns) {
  if (!patterns.find(watch_)) return false;
  if (patterns.cyclic()) {
    offend(1, "session order and reads-from form a cycle");
    add(cyclic_evidence(history_, versions_, patterns.order()));
  }
  figure("violating", rate(patterns.bad_reads, reads_, "reads"));
  offend(patterns.bad_reads,
         rate(patterns.bad_reads, reads_, "reads") + ", miss a version of their causal past");
  offend(patterns.misordered,
         fmt::format("{} lists stand against the causal order", grouped(patterns.misordered)));
  for (const CausalMiss& miss : patterns.misses) {
    if (verdict_.evidence.size() == most_evidence) break;
    add(miss_evidence(history_, versions_, miss));
  }
  return true;
}

bool CausalJudge::judge_convergence(const CausalPatterns& patterns) {
  figure("orders that reads force", grouped(patterns.orders.size()));
  if (!watch_.affords(versions_.bytes() + patterns.order().bytes() +
                      patterns.orders.capacity() * sizeof(Ordered) + versions_.steps.size() * 16))
    return false;
  const std::vector<std::uint32_t> caught = caught_in_cycles(versions_, patterns.orders);
  if (caught.empty()) return !watch_.look();
  const bool alone = verdict_.violations == 0;
  offend(1,
         "what sessions know and read puts writes into a cycle, so that no one order of them "
         "serves all sessions");
  if (alone) add(smallest_conflict(history_, versions_, patterns.orders, caught));
  return true;
}

bool CausalJudge::judge_views(const KeyWrites& writes, const CausalOrder* order) {
  SessionViews views(history_, versions_, writes, order);
  std::uint64_t judged = 0, without = 0;
  bool complete = true;
  for (std::uint32_t session = 0; session < versions_.sessions() && complete; ++session) {
    std::optional<ViewConflict> conflict;
    complete = views.judge(session, watch_, conflict);
    judged += complete;
    if (!conflict) continue;
    ++without;
    if (verdict_.evidence.size() < most_evidence)
      add(view_evidence(history_, versions_, *conflict, order != nullptr));
  }
  figure("sessions judged", grouped(judged));
  offend(without, fmt::format("{} of {} sessions have no one order of their reads and all writes",
                              grouped(without), grouped(versions_.sessions())));
  return complete;
}

void CausalJudge::conclude() {
  const SessionMoves movement = movement_of(history_, versions_);
  figure("sessions", grouped(movement.sessions));
  figure("sessions on more than one node", grouped(movement.moved));
  if (reads_ == 0 || writes_ == 0) {
    verdict_.judgement = Judgement::vacuous;
    verdict_.reason =
        reads_ == 0 ? "nothing was read" : "nothing was written that counts, so every read is idle";
    return;
  }
  verdict_.judgement = Judgement::satisfied;
  verdict_.reason = fmt::format("{} reads judged in {} sessions{}", grouped(reads_),
                                grouped(movement.sessions), movement.caution());
}

}  // namespace

Verdict check_causal(const History& history, const CheckOptions& options, const Budget& budget) {
  return CausalJudge(history, options, budget, Claim::causal)
      .judge("causal", "bad patterns of causal consistency by vector clocks");
}

Verdict check_causal_convergent(const History& history, const CheckOptions& options,
                                const Budget& budget) {
  return CausalJudge(history, options, budget, Claim::convergent)
      .judge("causal-convergent",
             "bad patterns of causal convergence by vector clocks and one topological sort");
}

Verdict check_causal_memory(const History& history, const CheckOptions& options,
                            const Budget& budget) {
  return CausalJudge(history, options, budget, Claim::memory)
      .judge("causal-memory", "causal order saturated for each session");
}

Verdict check_pram(const History& history, const CheckOptions& options, const Budget& budget) {
  return CausalJudge(history, options, budget, Claim::pram)
      .judge("pram", "session order saturated for each session");
}

}  // namespace tribunal
