#include "checkers/convergence/convergence.h"

#include <fmt/core.h>

#include <algorithm>

#include "checkers/convergence/accounts.h"
#include "checkers/convergence/agreement_figures.h"
#include "checkers/convergence/findings.h"
#include "checkers/options.h"

namespace tribunal {
namespace {

constexpr std::int64_t usual_patience = 5'000'000'000;

// What became of the keys that someone may have written.
struct Census {
  std::uint64_t written = 0, agreed = 0, diverged = 0, differed = 0, slow = 0, partly = 0;
  std::uint64_t acknowledged = 0;  // calls other than reads
  std::size_t answering = 0;       // replicas
  std::string silent;              // the names of the others
};

class Judge {
 public:
  Judge(const History& history, const CheckOptions& options, const Budget& budget)
      : history_(history),
        options_(options),
        watch_(budget, 1),
        objects_(objects_of(history)),
        patience_(duration(options, "converge-within", usual_patience)),
        settled_{history, look_, {}} {}

  Verdict judge();

 private:
  bool begin();
  void census();
  void judge_key(std::uint32_t key);
  bool written(std::uint32_t key) const;
  std::int64_t agreed_after(std::uint32_t key) const;
  void judge_ends();
  void convict_divergence(std::uint32_t key, const Holding& other);
  void convict_slowness(std::uint32_t key);
  std::uint32_t origin_of(std::uint32_t key, std::uint32_t read, std::uint32_t other) const;
  std::string offences() const;
  std::string doubts() const;
  void conclude();
  const Operation& at(std::uint32_t place) const { return history_.operations[place]; }
  std::string name(std::uint32_t place) const { return history_.nodes[at(place).node]; }

  const History& history_;
  const CheckOptions& options_;
  Watch watch_;
  Objects objects_;
  std::int64_t patience_;
  LastLook look_;
  Settled settled_;
  Census census_;
  Findings findings_;
  AccountFindings accounts_;
  std::vector<Evidence> evidence_;  // of divergence
  Verdict verdict_;
};

// False: the verdict is there already.
bool Judge::begin() {
  std::optional<std::uint32_t> begins = last_look_event(history_);
  if (options_.more.contains("last-look"))
    begins = static_cast<std::uint32_t>(count(options_, "last-look", 0));
  if (!begins) {
    verdict_.judgement = Judgement::vacuous;
    verdict_.reason =
        "the history does not say where its last look begins: no record of the nemesis is called "
        "last-look (last-look=EVENT tells it)";
    return false;
  }
  if (look_last(history_, objects_, *begins, watch_, look_)) return true;
  verdict_.reason = fmt::format("{} before anything was judged", watch_.why());
  return false;
}

bool Judge::written(std::uint32_t key) const {
  const auto places = look_.keys.of(key);
  return std::any_of(places.begin(), places.end(), [this](std::uint32_t place) {
    return at(place).function != Function::read && at(place).outcome != Outcome::failed;
  });
}

void Judge::census() {
  for (const Operation& operation : history_.operations)
    census_.acknowledged += operation.ok() && operation.function != Function::read;
  for (std::size_t column = 0; column < look_.replicas.size(); ++column) {
    bool answered = false;
    for (std::uint32_t key = 0; key < look_.keys.size() && !answered; ++key)
      answered = look_.of(key)[column].read != Holding::none;
    census_.answering += answered;
    if (!answered)
      census_.silent +=
          (census_.silent.empty() ? "" : ", ") + history_.nodes[look_.replicas[column]];
  }
  for (std::uint32_t key = 0; key < look_.keys.size(); ++key) judge_key(key);
}

void Judge::judge_key(std::uint32_t key) {
  const bool counts = written(key);
  census_.written += counts;
  const Holding* other = look_.answered(key) > 1 ? look_.other(history_, objects_, key) : nullptr;
  if (other != nullptr) {
    const bool long_enough = look_.ended_at - look_.began_at >= patience_;
    ++(long_enough ? census_.diverged : census_.differed);
    if (long_enough && evidence_.size() < 4) convict_divergence(key, *other);
  } else if (!look_.whole(key) || look_.replicas.size() < 2) {
    census_.partly += counts;
  } else {
    census_.agreed += counts;
    settled_.keys.push_back(key);
    if (!options_.more.contains("converge-within") || agreed_after(key) <= patience_) return;
    ++census_.slow;
    if (evidence_.size() < 4) convict_slowness(key);
  }
}

// How long after the look began the last replica was first seen to hold what all ended with.
std::int64_t Judge::agreed_after(std::uint32_t key) const {
  std::int64_t latest = 0;
  for (const Holding& holding : look_.of(key))
    latest = std::max(latest, at(holding.since).completed_at - look_.began_at);
  return latest;
}

// The call that made a difference between two answers; none: nobody can say.
std::uint32_t Judge::origin_of(std::uint32_t key, std::uint32_t read, std::uint32_t other) const {
  Value wanted = at(read).value;
  if (history_.values.is_list(wanted)) {
    const auto elements = elements_of(history_, wanted);
    const auto missing = std::find_if(elements.begin(), elements.end(), [&](Value element) {
      return !holds_element(history_, at(other), element);
    });
    if (missing == elements.end()) return Holding::none;
    wanted = *missing;
  }
  for (const std::uint32_t place : look_.keys.of(key)) {
    const Operation& operation = at(place);
    if (operation.function == Function::read || operation.function == Function::remove ||
        operation.outcome == Outcome::failed || objects_ == Objects::counters)
      continue;
    if ((operation.function == Function::cas ? operation.to : operation.value) == wanted &&
        !wanted.is_nil())
      return place;
  }
  return Holding::none;
}

void Judge::convict_divergence(std::uint32_t key, const Holding& other) {
  const std::uint32_t reads[] = {look_.any(key).read, other.read};
  const std::uint32_t origins[] = {origin_of(key, reads[0], reads[1]),
                                   origin_of(key, reads[1], reads[0])};
  std::vector<std::uint32_t> places = {reads[0], reads[1]};
  for (const std::uint32_t origin : origins) {
    if (origin != Holding::none) places.push_back(origin);
  }
  EvidenceMaker maker(history_, places);
  for (int i = 0; i < 2; ++i) {
    if (origins[i] != Holding::none) maker.arrow(origins[i], reads[i], "reads from");
  }
  const std::uint32_t shown = origins[0] != Holding::none ? origins[0] : origins[1];
  if (shown != Holding::none)
    shorten_lists(history_, maker.places(), at(shown).value, maker.evidence);
  Evidence evidence = end_evidence(
      settled_, maker, key, "divergence",
      fmt::format(
          "{} after the last look began, {} after the last heal, and with no more writes, "
          "{} still answered {} and {} {}{}.",
          span_of_time(at(reads[1]).completed_at - look_.began_at),
          span_of_time(at(reads[1]).completed_at - look_.heal_or_look()), name(reads[0]),
          shortened(history_.values.show(at(reads[0]).value)), name(reads[1]),
          shortened(history_.values.show(at(reads[1]).value)),
          at(reads[0]).key.is_nil() ? "" : " for key " + history_.values.show(at(reads[0]).key)));
  evidence.impossible_at = std::max(at(reads[0]).ended, at(reads[1]).ended);
  evidence_.push_back(std::move(evidence));
}

void Judge::convict_slowness(std::uint32_t key) {
  const auto row = look_.of(key);
  const auto slowest =
      std::max_element(row.begin(), row.end(), [this](const Holding& a, const Holding& b) {
        return at(a.since).completed_at < at(b.since).completed_at;
      });
  std::vector<std::uint32_t> places = {slowest->since};
  const auto reads = look_.keys.of(key);
  for (const std::uint32_t place : reads) {
    const Operation& read = at(place);
    if (place < slowest->since && read.ok() && read.function == Function::read &&
        read.node == at(slowest->since).node && read.began >= look_.begins)
      places = {slowest->since, place};
  }
  EvidenceMaker maker(history_, places);
  evidence_.push_back(end_evidence(
      settled_, maker, key, "slow convergence",
      fmt::format("{} was first seen to hold what all replicas ended with {} after the last look "
                  "began, where {} is asked for.",
                  name(slowest->since), span_of_time(agreed_after(key)), span_of_time(patience_))));
}

void Judge::judge_ends() {
  switch (objects_) {
    case Objects::versioned:
      findings_ = judge_versioned(settled_, options_.initial, watch_);
      break;
    case Objects::sets:
      findings_ = judge_sets(settled_, watch_);
      break;
    case Objects::counters:
      findings_ = judge_counters(settled_, options_.initial, watch_);
      break;
  }
}

std::string Judge::offences() const {
  std::string text;
  const auto name = [&text](std::uint64_t number, const char* what) {
    if (number != 0)
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", grouped(number), what);
  };
  name(census_.diverged, "keys on which the replicas never agreed");
  name(findings_.lost, "lost acknowledged writes");
  name(findings_.resurrected, "values that came back");
  name(findings_.out_of_bounds, "counters out of bounds");
  name(findings_.nowhere, "values from nowhere");
  name(census_.slow, "keys that agreed too late");
  name(accounts_.unlike, "pairs of replicas in two states after the same updates");
  return text;
}

// Why nothing amiss is not yet convergence; empty: it is.
std::string Judge::doubts() const {
  if (!census_.silent.empty())
    return fmt::format("{} answered nothing since the last look began", census_.silent);
  if (census_.differed != 0)
    return fmt::format(
        "the replicas still differed on {} keys when the last look ended after {}, "
        "sooner than {} (converge-within)",
        grouped(census_.differed), span_of_time(look_.ended_at - look_.began_at),
        span_of_time(patience_));
  if (census_.partly != 0)
    return fmt::format("{} of {} written keys were not read from every replica in the last look",
                       grouped(census_.partly), grouped(census_.written));
  if (accounts_.covert != 0)
    return fmt::format(
        "{} pairs of replicas are in two states after the same updates by their own word, but no "
        "read showed it",
        grouped(accounts_.covert));
  return findings_.undecided;
}

void Judge::conclude() {
  verdict_.violations = census_.diverged + census_.slow + accounts_.unlike + findings_.violations();
  const std::string doubt = doubts();
  if (verdict_.violations != 0) {
    verdict_.judgement = Judgement::violated;
    verdict_.reason = offences();
  } else if (census_.acknowledged == 0) {
    verdict_.judgement = Judgement::vacuous;
    verdict_.reason = "nothing was written: no write was acknowledged";
  } else if (census_.answering < 2) {
    verdict_.judgement = Judgement::vacuous;
    verdict_.reason = fmt::format(
        "{} replicas answered in the last look, and one has nobody to "
        "agree with",
        census_.answering);
  } else if (!doubt.empty()) {
    verdict_.judgement = Judgement::inconclusive;
    verdict_.reason = doubt;
  } else {
    verdict_.judgement = Judgement::satisfied;
    verdict_.reason = fmt::format(
        "all {} replicas agree on all {} written keys, and nothing acknowledged is lost",
        look_.replicas.size(), grouped(census_.written));
  }
}

Verdict Judge::judge() {
  verdict_.checker = "convergence";
  verdict_.algorithm = "last answers of every replica, against the causal order";
  if (!begin()) return std::move(verdict_);
  census();
  accounts_ = judge_accounts(settled_, objects_);
  judge_ends();
  verdict_.operations = history_.operations.size();
  verdict_.keys = look_.keys.size();
  verdict_.figures = {
      {"keys", fmt::format("{} written, {} agreed on by every replica, {} never, {} read from some "
                           "replicas only",
                           grouped(census_.written), grouped(census_.agreed),
                           grouped(census_.diverged + census_.differed), grouped(census_.partly))}};
  add_agreement_figures(settled_, objects_, verdict_.figures);
  verdict_.figures.insert(verdict_.figures.end(), findings_.figures.begin(),
                          findings_.figures.end());
  verdict_.figures.insert(verdict_.figures.end(), accounts_.figures.begin(),
                          accounts_.figures.end());
  verdict_.evidence = std::move(evidence_);
  for (auto* more : {&accounts_.evidence, &findings_.evidence})
    std::move(more->begin(), more->end(), std::back_inserter(verdict_.evidence));
  conclude();
  return std::move(verdict_);
}

}  // namespace

Verdict check_convergence(const History& history, const CheckOptions& options,
                          const Budget& budget) {
  require_known(options);
  return Judge(history, options, budget).judge();
}

}  // namespace tribunal
