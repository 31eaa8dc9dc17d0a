#include "checkers/linearizability/judging.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>

#include "checkers/keys.h"
#include "checkers/lanes.h"
#include "checkers/linearizability/key_judge.h"
#include "harness/record/error.h"
#include "harness/record/figure.h"

namespace tribunal {
namespace {

constexpr std::size_t most_evidence = 5;
// Operations that are worth a thread: where near-linear methods may do, and where searches must.
constexpr std::size_t many = 20'000, few = 200;

class Judging {
 public:
  Judging(const History& history, const LinearizabilityClaim& claim, const Budget& budget)
      : history_(history), claim_(claim), kind_(*claim.kind), budget_(budget) {}

  Verdict verdict();

 private:
  using State = KeyAnswer::State;
  using Method = KeyAnswer::Method;

  void survey();
  void refuse(const Operation& operation) const;
  void judge_keys();
  void judge_in_lanes(std::size_t count);
  std::string algorithm() const;
  std::string name_of_search() const;
  void add_evidence(Verdict& verdict);
  void conclude(Verdict& verdict) const;
  std::string partial() const;
  std::uint64_t count(State state) const;
  std::uint64_t count(Method method) const;

  const History& history_;
  const LinearizabilityClaim& claim_;
  const ModelKind& kind_;
  Budget budget_;  // less what is held here
  Keys keys_;
  std::vector<KeyAnswer> answers_;
  Fallback fallback_;
  std::string_view why_;  // nothing was judged
  std::uint64_t observed_ = 0, acknowledged_ = 0, unknown_ = 0;
};

void Judging::refuse(const Operation& operation) const {
  std::string names;
  for (const std::string& name : kind_.functions) names += (names.empty() ? "" : ", ") + name;
  throw Error(
      Blame::usage,
      fmt::format("{} knows {}, but process {} calls '{}' (event {})", claim_.subject, names,
                  operation.process, history_.function_name(operation.function), operation.began),
      fmt::format("choose {} for that call, or leave those calls out of the history",
                  claim_.choose));
}

void Judging::survey() {
  std::array<bool, 256> known{}, observes{};
  for (std::size_t f = 0; f < known.size(); ++f) {
    const std::string name = history_.function_name(static_cast<Function>(f));
    const auto listed = [&](const std::vector<std::string>& names) {
      return std::find(names.begin(), names.end(), name) != names.end();
    };
    known[f] = listed(kind_.functions);
    observes[f] = listed(claim_.observers);
  }
  for (const Operation& operation : history_.operations) {
    const auto function = static_cast<std::size_t>(operation.function);
    if (!known[function]) refuse(operation);
    acknowledged_ += operation.ok();
    unknown_ += operation.outcome == Outcome::unknown;
    observed_ += operation.ok() && observes[function];
  }
  if (kind_.require) kind_.require(history_, claim_.options);
}

Verdict Judging::verdict() {
  survey();
  judge_keys();
  Verdict verdict;
  verdict.checker = claim_.checker;
  verdict.algorithm = algorithm();
  add_evidence(verdict);
  conclude(verdict);
  return verdict;
}

void Judging::judge_keys() {
  Watch watch(budget_, 1);
  const std::size_t making = history_.operations.size() * bytes_an_operation_while_sorted;
  if (watch.look() || !watch.affords(making) || !by_key(history_, watch, keys_)) {
    why_ = watch.why();
    keys_ = {};
    return;
  }
  answers_.resize(keys_.size());
  const std::size_t held = keys_.bytes() + answers_.capacity() * sizeof(KeyAnswer);
  budget_.bytes -= std::min(budget_.bytes, held);
  const bool near_linear = kind_.zones != ModelKind::Zones::none;
  const std::size_t worthwhile = 1 + history_.operations.size() / (near_linear ? many : few);
  judge_in_lanes(std::min(lanes_for(budget_.threads, keys_.size()), worthwhile));
}

void Judging::judge_in_lanes(std::size_t count) {
  SpareThreads spare(lanes_for(budget_.threads, SIZE_MAX), keys_.size());
  std::vector<std::unique_ptr<KeyJudge>> lanes;
  for (std::size_t i = 0; i < count; ++i) {
    lanes.push_back(
        std::make_unique<KeyJudge>(history_, kind_, claim_.options, budget_, count, &spare));
  }
  const std::vector<std::uint32_t> order = keys_.widest_first();
  in_lanes(count, order.size(), [&](std::size_t lane, std::size_t item) {
    const std::uint32_t key = order[item];
    answers_[key] = lanes[lane]->judge(key, keys_.of(key));
    spare.finish_item();
  });
  for (const auto& lane : lanes) {
    if (lane->fallback().key < fallback_.key) fallback_ = lane->fallback();
  }
}

std::string Judging::name_of_search() const {
  const std::string since = fallback_.why.empty() ? "" : ", since " + fallback_.why;
  return "just-in-time search" + claim_.of_model + since;
}

std::string Judging::algorithm() const {
  const std::uint64_t zones = count(Method::zones), monitored = count(Method::monitor);
  const std::uint64_t searched = keys_.size() - zones - monitored;
  const std::string all_zones = "zones with compare-and-set chains, O(n log n)";
  const std::string monitor = "log-linear monitor" + claim_.of_model;
  if (keys_.size() == 0 && kind_.zones != ModelKind::Zones::none) return all_zones;
  if (searched == keys_.size()) return name_of_search();
  if (zones == keys_.size()) return all_zones;
  if (monitored == keys_.size()) return monitor;
  std::string told;
  const auto tell = [&](const std::string& method, std::uint64_t keys) {
    if (keys == 0) return;
    told += told.empty() ? fmt::format("{} for {} keys", method, grouped(keys))
                         : fmt::format("; {} for {}", method, grouped(keys));
  };
  tell("zones", zones);
  tell(monitor + (claim_.of_model.empty() ? "" : ","), monitored);
  tell(name_of_search(), searched);
  return told;
}

void Judging::add_evidence(Verdict& verdict) {
  verdict.violations = count(State::violated);
  for (std::uint32_t key = 0; key < keys_.size() && verdict.evidence.size() < most_evidence;
       ++key) {
    if (answers_[key].state != State::violated) continue;
    KeyJudge judge(history_, kind_, claim_.options, budget_, 1);
    verdict.evidence.push_back(judge.evidence(answers_[key], keys_.of(key)));
  }
  std::stable_sort(
      verdict.evidence.begin(), verdict.evidence.end(),
      [](const Evidence& a, const Evidence& b) { return a.exhibits.size() < b.exhibits.size(); });
}

void Judging::conclude(Verdict& verdict) const {
  for (std::size_t key = 0; key < keys_.size(); ++key) {
    const State state = answers_[key].state;
    if (state != State::linearizable && state != State::violated) continue;
    verdict.operations += keys_.of(key).size();
    ++verdict.keys;
  }
  verdict.figures = {{"keys", grouped(keys_.size())},
                     {"operations", grouped(history_.operations.size())},
                     {"acknowledged", grouped(acknowledged_)},
                     {fmt::format("acknowledged {}", claim_.figure), grouped(observed_)},
                     {"unknown", grouped(unknown_)}};
  if (verdict.violations != 0) {
    verdict.judgement = Judgement::violated;
    verdict.reason = fmt::format("{} of {} keys not linearizable", grouped(verdict.violations),
                                 grouped(keys_.size()));
  } else if (!why_.empty() || verdict.keys < keys_.size()) {
    verdict.judgement = Judgement::inconclusive;
    verdict.reason = partial();
  } else if (observed_ == 0) {
    verdict.judgement = Judgement::vacuous;
    verdict.reason = fmt::format("{}: none of {} operations is an acknowledged {}", claim_.nothing,
                                 grouped(history_.operations.size()), claim_.observers.front());
  } else {
    verdict.judgement = Judgement::satisfied;
    verdict.reason = fmt::format("every key is linearizable ({}), with {} acknowledged {}",
                                 grouped(keys_.size()), grouped(observed_), claim_.answers);
  }
}

// "930 of 1,000 keys judged; key 931 linearizable up to its operation 48,211 (its memory is
// spent)".
std::string Judging::partial() const {
  if (!why_.empty()) return fmt::format("no key was judged ({})", why_);
  const std::string statement =
      fmt::format("{} of {} keys judged, all linearizable", grouped(count(State::linearizable)),
                  grouped(keys_.size()));
  for (std::size_t key = 0; key < keys_.size(); ++key) {
    const KeyAnswer& answer = answers_[key];
    if (answer.state != State::spent) continue;
    const std::string name =
        keys_.keys[key].is_nil() ? "the only key" : "key " + history_.values.show(keys_.keys[key]);
    if (answer.begun == 0) return fmt::format("{}; {} not ({})", statement, name, answer.why);
    return fmt::format("{}; {} linearizable up to its operation {} of {} ({})", statement, name,
                       grouped(answer.begun), grouped(keys_.of(key).size()), answer.why);
  }
  return statement + (budget_.stop.stop_requested() ? " (it was stopped)" : " (its time is spent)");
}

std::uint64_t Judging::count(State state) const {
  return static_cast<std::uint64_t>(
      std::count_if(answers_.begin(), answers_.end(),
                    [&](const KeyAnswer& answer) { return answer.state == state; }));
}

std::uint64_t Judging::count(Method method) const {
  return static_cast<std::uint64_t>(
      std::count_if(answers_.begin(), answers_.end(),
                    [&](const KeyAnswer& answer) { return answer.method == method; }));
}

}  // namespace

Verdict judge(const History& history, const LinearizabilityClaim& claim, const Budget& budget) {
  const auto started = std::chrono::steady_clock::now();
  Verdict verdict = Judging(history, claim, budget).verdict();
  verdict.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  return verdict;
}

NilRead nil_read(const CheckOptions& options, NilRead otherwise) {
  const auto given = options.more.find("nil");
  if (given == options.more.end()) return otherwise;
  if (given->second == "any") return NilRead::any;
  if (given->second == "absent") return NilRead::absent;
  throw Error(Blame::usage,
              "the option nil is '" + given->second + "', which is neither any nor absent",
              "nil=any: a read of nil fits every state; nil=absent: nothing was written");
}

}  // namespace tribunal
