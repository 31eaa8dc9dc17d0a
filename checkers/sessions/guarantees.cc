#include "checkers/sessions/guarantees.h"

#include <algorithm>
#include <atomic>

#include "checkers/lanes.h"
#include "checkers/sessions/session_pass.h"
#include "checkers/sessions/suspects.h"

namespace tribunal {
namespace {

constexpr std::size_t most_offences = 5;
constexpr std::size_t worth_two_threads = 50'000;  // steps

// Two parts of the sessions with about as many steps each, on any machine, so that the same few
// offences are kept.
bool judge_in_parts(const SessionPass::Inputs& inputs, const Budget& budget,
                    const std::vector<std::uint32_t>& suspects, SessionFindings& findings) {
  const auto& starts = inputs.versions.session_starts;
  const auto sessions = static_cast<std::uint32_t>(inputs.versions.sessions());
  const auto half = static_cast<std::uint32_t>(
      std::lower_bound(starts.begin(), starts.end() - 1, starts.back() / 2) - starts.begin());
  const bool whole = inputs.versions.steps.size() < worth_two_threads;
  const std::vector<std::uint32_t> bounds = whole ? std::vector<std::uint32_t>{0, sessions}
                                                  : std::vector<std::uint32_t>{0, half, sessions};
  std::vector<SessionPass> passes(bounds.size() - 1, SessionPass(inputs));
  std::atomic<bool> complete{true};
  in_lanes(lanes_for(budget.threads, passes.size()), passes.size(),
           [&](std::size_t, std::size_t part) {
             Watch watch(budget, passes.size());
             if (!passes[part].run(watch, suspects, bounds[part], bounds[part + 1]))
               complete = false;
           });
  for (const SessionPass& pass : passes) findings.add(pass.findings());
  return complete;
}

}  // namespace

void GuaranteeCounts::keep(const Offence& offence) {
  if (offences.size() < most_offences) {
    offences.push_back(offence);
    return;
  }
  const auto worst =
      std::max_element(offences.begin(), offences.end(),
                       [](const Offence& a, const Offence& b) { return a.cost < b.cost; });
  if (worst->cost > offence.cost) *worst = offence;
}

void SessionFindings::add(const SessionFindings& other) {
  for (std::size_t g = 0; g < guarantee_count; ++g) {
    GuaranteeCounts& counts = of[g];
    counts.reads += other.of[g].reads;
    counts.pairs += other.of[g].pairs;
    counts.bad_reads += other.of[g].bad_reads;
    counts.bad_pairs += other.of[g].bad_pairs;
    counts.in_real_time += other.of[g].in_real_time;
    for (const Offence& offence : other.of[g].offences) counts.keep(offence);
  }
}

bool judge_sessions(const History& history, const Versions& versions, const Budget& budget,
                    Watch& watch, SessionFindings& findings) {
  const KeyWrites writes(versions);
  Lineup lineup(versions, writes);
  Suspects suspects(versions, writes, lineup);
  CausalOrder order(versions);
  if (!order.sweep(watch, [&](std::uint32_t step, const CausalOrder::View& view) {
        suspects.look(step, view);
      }))
    return false;
  findings.cyclic = order.cyclic();
  if (findings.cyclic) suspects.suspect_all_ranked();
  std::sort(suspects.reads.begin(), suspects.reads.end());
  const SessionIndex index(versions, suspects.reads.empty() ? SessionIndex::Of::keys
                                                            : SessionIndex::Of::keys_and_versions);
  return judge_in_parts({history, versions, writes, lineup, order, index, findings.cyclic}, budget,
                        suspects.reads, findings) &&
         !watch.look();
}

}  // namespace tribunal
