#include "checkers/classic/mutex.h"

#include <fmt/core.h>

#include <algorithm>
#include <unordered_map>

#include "checkers/classic/judging.h"
#include "checkers/exhibits.h"
#include "checkers/options.h"

namespace tribunal {
namespace {

enum Figure : std::size_t {
  acquired,
  again,
  fenced,
  released,
  open_holds,
  two_holders,
  strays,
  fences
};

// From when a lock was certainly held to when it may have been released: events, and the calls.
struct Hold {
  static constexpr std::uint32_t none = Operation::never;
  std::uint32_t from = 0, to = none;
  std::uint32_t acquire = 0, release = none;  // places
};

class Lock {
 public:
  Lock(const History& history, KeyFinding& finding) : history_(history), finding_(finding) {}

  void take(std::uint32_t place);
  void judge();

 private:
  const Operation& at(std::uint32_t place) const { return history_.operations[place]; }
  void release(std::uint32_t place);
  void keep(Evidence evidence) {
    if (finding_.wants_evidence()) finding_.evidence.push_back(std::move(evidence));
  }
  Evidence explain_stray(std::uint32_t place) const;
  Evidence explain_holders(const Hold& first, const Hold& second) const;
  Evidence explain_fences(const Hold& first, const Hold& second) const;
  Evidence finish(EvidenceMaker& maker, std::string anomaly, std::string sentence,
                  std::uint32_t event) const;

  const History& history_;
  KeyFinding& finding_;
  std::vector<Hold> holds_;
  std::unordered_map<std::uint32_t, std::uint32_t> held_by_;  // process: its hold that is open
};

// What failed, and acquisitions whose answer was lost, are left out: without them there is an order
// whenever there is one with them, since nobody waits for who holds the lock unawares.
void Lock::take(std::uint32_t place) {
  const Operation& operation = at(place);
  if (operation.outcome == Outcome::failed) return;
  if (operation.function == Function::release) return release(place);
  if (!operation.ok()) return;
  ++finding_.counts[acquired];
  finding_.counts[fenced] += operation.value.is_integer();
  held_by_[operation.process] = static_cast<std::uint32_t>(holds_.size());
  holds_.push_back({operation.ended, Hold::none, place, Hold::none});
}

void Lock::release(std::uint32_t place) {
  const Operation& operation = at(place);
  finding_.counts[released] += operation.ok();
  const auto held = held_by_.find(operation.process);
  if (held != held_by_.end()) {
    holds_[held->second].to = operation.began;
    holds_[held->second].release = place;
    held_by_.erase(held);
  } else if (operation.ok()) {
    ++finding_.counts[strays];
    keep(explain_stray(place));
  }
}

// The certain holds must be disjoint, and then their order is the only one there is: put each
// release at the beginning of its call and each acquisition at the end of its own.
void Lock::judge() {
  std::sort(holds_.begin(), holds_.end(),
            [](const Hold& a, const Hold& b) { return a.from < b.from; });
  const Hold* longest = nullptr;
  const Hold* highest = nullptr;  // of the greatest fence
  for (const Hold& hold : holds_) {
    finding_.counts[open_holds] += hold.release == Hold::none;
    finding_.counts[again] += longest != nullptr;
    if (longest != nullptr && hold.from < longest->to) {
      ++finding_.counts[two_holders];
      keep(explain_holders(*longest, hold));
    }
    const Value fence = at(hold.acquire).value;
    if (fence.is_integer()) {
      if (highest != nullptr && at(highest->acquire).value.as_integer() >= fence.as_integer()) {
        ++finding_.counts[fences];
        keep(explain_fences(*highest, hold));
      } else {
        highest = &hold;
      }
    }
    if (longest == nullptr || hold.to > longest->to) longest = &hold;
  }
}

Evidence Lock::finish(EvidenceMaker& maker, std::string anomaly, std::string sentence,
                      std::uint32_t event) const {
  maker.evidence.anomaly = std::move(anomaly);
  maker.evidence.key = shown_key(history_, at(maker.places().front()));
  maker.evidence.sentence = std::move(sentence);
  maker.evidence.impossible_at = event;
  return std::move(maker.evidence);
}

Evidence Lock::explain_stray(std::uint32_t place) const {
  EvidenceMaker maker(history_, {place});
  return finish(maker, "release without a hold",
                fmt::format("The release by {} was acknowledged, but that process had not acquired "
                            "the lock since it last released it.",
                            who(history_, at(place))),
                at(place).ended);
}

Evidence Lock::explain_holders(const Hold& first, const Hold& second) const {
  std::vector<std::uint32_t> places = {first.acquire, second.acquire};
  if (first.release != Hold::none) places.push_back(first.release);
  EvidenceMaker maker(history_, places);
  const Operation &one = at(first.acquire), &two = at(second.acquire);
  if (one.ended < two.began) maker.real_time(first.acquire, second.acquire);
  maker.arrow(second.acquire, first.release, "real time");
  const std::string start =
      fmt::format("The lock was given to {} and then to {}", who(history_, one),
                  one.process == two.process ? "the same" : who(history_, two));
  return finish(maker, "two holders",
                first.release == Hold::none
                    ? start + ", though the first never tried to release it."
                    : fmt::format("{}, {} before the first tried to release it.", start,
                                  gap(two, at(first.release))),
                two.ended);
}

Evidence Lock::explain_fences(const Hold& first, const Hold& second) const {
  std::vector<std::uint32_t> places = {first.acquire, second.acquire};
  if (first.release != Hold::none) places.push_back(first.release);
  EvidenceMaker maker(history_, places);
  const Operation &one = at(first.acquire), &two = at(second.acquire);
  if (one.ended < two.began) maker.real_time(first.acquire, second.acquire);
  return finish(
      maker, "fence went back",
      fmt::format("The lock was held by {} with the fence {}, and after that by {} with {}; "
                  "fences grow, so that who comes late can be told apart.",
                  who(history_, one), history_.values.show(one.value), who(history_, two),
                  history_.values.show(two.value)),
      std::max(one.ended, two.ended));
}

void survey(const History& history, const Operation& operation) {
  require_function(history, operation, "mutex", {Function::acquire, Function::release});
}

void judge_lock(const History& history, std::span<const std::uint32_t> operations, Watch& watch,
                KeyFinding& finding) {
  Lock lock(history, finding);
  for (const std::uint32_t place : operations) {
    if (watch.spent()) return;
    lock.take(place);
  }
  lock.judge();
  finding.complete = !watch.look();
}

}  // namespace

Verdict check_mutex(const History& history, const CheckOptions& options, const Budget& budget) {
  require_known(options);
  ClassicClaim claim;
  claim.algorithm = "certain holds are disjoint, O(n log n)";
  claim.figures = {{"acquired", ""},
                   {"after another", ""},
                   {"with a fence", ""},
                   {"released", ""},
                   {"never released", ""},
                   {"two holders", "acquisitions while another process held the lock"},
                   {"stray releases", "releases by a process that did not hold the lock"},
                   {"fences that did not grow", "fences not above one before"}};
  claim.survey = survey;
  claim.judge_key = judge_lock;
  claim.vacuous = [](const Counts& counts) -> std::string {
    return counts[again] == 0 ? "no lock was acquired twice" : "";
  };
  claim.satisfied = [](const Counts& counts) {
    return fmt::format("{} acquisitions, never two at once{}", grouped(counts[acquired]),
                       counts[fenced] == 0 ? "" : ", each fence above those before");
  };
  return judge_keys(history, claim, budget);
}

}  // namespace tribunal
