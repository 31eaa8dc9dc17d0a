#include "checkers/linearizability/linearizable.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <vector>

#include "checkers/keys.h"
#include "checkers/lanes.h"
#include "checkers/linearizability/entries.h"
#include "checkers/linearizability/model_catalogue.h"
#include "checkers/linearizability/reduction.h"
#include "checkers/options.h"
#include "harness/record/error.h"
#include "harness/record/figure.h"

namespace tribunal {
namespace {

constexpr std::size_t most_evidence = 5;
constexpr std::uint64_t most_proof_steps = 20'000;
constexpr std::size_t worth_a_thread = 200;  // operations

// What became of one key.
struct KeyAnswer {
  enum class State : std::uint8_t { unjudged, linearizable, violated, spent };
  State state = State::unjudged;
  bool monitored = false;
  std::vector<std::uint32_t>
      witness;              // monitored and violated: operations impossible by themselves
  std::uint32_t event = 0;  // violated: the impossible completion, of the witness if there is one
  std::size_t begun = 0;    // spent: how far it came, in entries
  std::string_view why;     // spent
};

class ModelJudge {
 public:
  ModelJudge(const History& history, const ModelKind& kind, Value initial, const Budget& budget)
      : history_(history),
        kind_(kind),
        initial_(initial),
        budget_(budget),
        keys_(by_key(history)),
        answers_(keys_.size()) {}

  Verdict judge();

 private:
  using State = KeyAnswer::State;

  void survey();
  void judge_key(std::uint32_t key, Watch& watch);
  bool monitored(std::uint32_t key, Watch& watch);
  bool convict(KeyAnswer& answer, std::span<const std::uint32_t> operations, Watch& watch);
  std::string algorithm() const;
  void add_evidence(Verdict& verdict);
  void conclude(Verdict& verdict) const;
  std::string partial() const;
  std::uint64_t count(State state) const;

  const History& history_;
  const ModelKind& kind_;
  Value initial_;
  const Budget& budget_;
  Keys keys_;
  std::vector<KeyAnswer> answers_;
  std::uint64_t observed_ = 0, acknowledged_ = 0, unknown_ = 0;
};

void ModelJudge::survey() {
  std::array<bool, 256> known{}, observes{};
  for (std::size_t f = 0; f < known.size(); ++f) {
    const std::string name = history_.function_name(static_cast<Function>(f));
    const auto listed = [&](const std::vector<std::string>& names) {
      return std::find(names.begin(), names.end(), name) != names.end();
    };
    known[f] = listed(kind_.functions);
    observes[f] = listed(kind_.observers);
  }
  for (const Operation& operation : history_.operations) {
    const auto function = static_cast<std::size_t>(operation.function);
    if (!known[function]) {
      std::string names;
      for (const std::string& name : kind_.functions) names += (names.empty() ? "" : ", ") + name;
      throw Error(Blame::usage,
                  fmt::format("the model {} knows {}, but process {} calls '{}' (event {})",
                              kind_.name, names, operation.process,
                              history_.function_name(operation.function), operation.began),
                  "choose a model for that call, or leave those calls out of the history");
    }
    acknowledged_ += operation.ok();
    unknown_ += operation.outcome == Outcome::unknown;
    observed_ += operation.ok() && observes[function];
  }
}

Verdict ModelJudge::judge() {
  survey();
  kind_.make(history_, initial_);  // what cannot be judged is refused before anything is judged
  const std::size_t worthwhile = 1 + history_.operations.size() / worth_a_thread;
  const std::size_t lanes = std::min(lanes_for(budget_.threads, keys_.size()), worthwhile);
  std::vector<Watch> watches(lanes, Watch(budget_, lanes));
  const std::vector<std::uint32_t> order = keys_.widest_first();
  in_lanes(lanes, order.size(),
           [&](std::size_t lane, std::size_t item) { judge_key(order[item], watches[lane]); });
  Verdict verdict;
  verdict.checker = "linearizable";
  verdict.algorithm = algorithm();
  add_evidence(verdict);
  conclude(verdict);
  return verdict;
}

void ModelJudge::judge_key(std::uint32_t key, Watch& watch) {
  if (watch.look()) return;
  if (monitored(key, watch)) return;
  KeyAnswer& answer = answers_[key];
  answer.witness.clear();
  const auto space = kind_.make(history_, initial_);
  const std::vector<Entry> entries = entries_of(history_, *space, keys_.of(key));
  SearchTask task;
  task.entries = entries;
  const SearchResult result = search(*space, task, watch);
  answer.event = result.event;
  answer.begun = result.begun;
  switch (result.answer) {
    case SearchResult::Answer::linearizable:
      answer.state = State::linearizable;
      return;
    case SearchResult::Answer::impossible:
      answer.state = State::violated;
      return;
    case SearchResult::Answer::spent:
      answer.state = State::spent;
      answer.why = watch.why().empty() ? "too many operations are open at once" : watch.why();
  }
}

// Whether the model's monitor has an answer; one that convicts must be borne out by the search.
bool ModelJudge::monitored(std::uint32_t key, Watch& watch) {
  if (!kind_.monitor || !initial_.is_nil()) return false;
  const auto operations = keys_.of(key);
  for (const std::uint32_t place : operations) {
    const Operation& operation = history_.operations[place];
    if (!kind_.nil_is_empty && operation.ok() && operation.value.is_nil()) return false;
  }
  MonitorFinding finding = kind_.monitor(history_, operations, watch);
  KeyAnswer& answer = answers_[key];
  if (finding.result == MonitorFinding::linearizable) {
    answer.monitored = true;
    answer.state = State::linearizable;
    return true;
  }
  if (finding.result != MonitorFinding::violated) return false;
  std::sort(finding.witness.begin(), finding.witness.end());
  // The whole tells the first impossible completion, if it is easy enough; the witness a later one.
  if (convict(answer, operations, watch)) return true;
  answer.witness = std::move(finding.witness);
  return convict(answer, answer.witness, watch);
}

bool ModelJudge::convict(KeyAnswer& answer, std::span<const std::uint32_t> operations,
                         Watch& watch) {
  const auto space = kind_.make(history_, initial_);
  const std::vector<Entry> entries = entries_of(history_, *space, operations);
  SearchTask task;
  task.entries = entries;
  task.most_steps = most_proof_steps;
  const SearchResult result = search(*space, task, watch);
  if (result.answer != SearchResult::Answer::impossible) return false;
  answer.monitored = true;
  answer.state = State::violated;
  answer.event = result.event;
  return true;
}

std::string ModelJudge::algorithm() const {
  const auto monitored = static_cast<std::uint64_t>(std::count_if(
      answers_.begin(), answers_.end(), [](const KeyAnswer& one) { return one.monitored; }));
  const std::string search = fmt::format("just-in-time search, model {}", kind_.name);
  if (monitored == 0) return search;
  const std::string monitor = fmt::format("log-linear monitor, model {}", kind_.name);
  if (monitored == keys_.size()) return monitor;
  return fmt::format("{}, for {} keys; {} for {}", monitor, grouped(monitored), search,
                     grouped(keys_.size() - monitored));
}

void ModelJudge::add_evidence(Verdict& verdict) {
  verdict.violations = count(State::violated);
  for (std::uint32_t key = 0; key < keys_.size() && verdict.evidence.size() < most_evidence;
       ++key) {
    if (answers_[key].state != State::violated) continue;
    Watch watch(budget_, 1);
    const auto space = kind_.make(history_, initial_);
    const KeyAnswer& answer = answers_[key];
    const auto operations =
        answer.witness.empty() ? keys_.of(key) : std::span<const std::uint32_t>(answer.witness);
    verdict.evidence.push_back(reduction(history_, *space, operations, answer.event, watch));
  }
  std::stable_sort(
      verdict.evidence.begin(), verdict.evidence.end(),
      [](const Evidence& a, const Evidence& b) { return a.exhibits.size() < b.exhibits.size(); });
}

void ModelJudge::conclude(Verdict& verdict) const {
  for (std::size_t key = 0; key < keys_.size(); ++key) {
    const State state = answers_[key].state;
    if (state != State::linearizable && state != State::violated) continue;
    verdict.operations += keys_.of(key).size();
    ++verdict.keys;
  }
  verdict.figures = {{"keys", grouped(keys_.size())},
                     {"operations", grouped(history_.operations.size())},
                     {"acknowledged", grouped(acknowledged_)},
                     {"acknowledged observations", grouped(observed_)},
                     {"unknown", grouped(unknown_)}};
  if (verdict.violations != 0) {
    verdict.judgement = Judgement::violated;
    verdict.reason = fmt::format("{} of {} keys not linearizable", grouped(verdict.violations),
                                 grouped(keys_.size()));
  } else if (verdict.keys < keys_.size()) {
    verdict.judgement = Judgement::inconclusive;
    verdict.reason = partial();
  } else if (observed_ == 0) {
    verdict.judgement = Judgement::vacuous;
    verdict.reason =
        fmt::format("nothing was observed: none of {} operations is an acknowledged {}",
                    grouped(history_.operations.size()), kind_.observers.front());
  } else {
    verdict.judgement = Judgement::satisfied;
    verdict.reason = fmt::format("every key is linearizable ({}), with {} acknowledged answers",
                                 grouped(keys_.size()), grouped(observed_));
  }
}

// "930 of 1,000 keys judged; key 931 linearizable up to its operation 48,211 (its memory is
// spent)".
std::string ModelJudge::partial() const {
  const std::uint64_t judged = count(State::linearizable);
  const std::string statement =
      fmt::format("{} of {} keys judged, all linearizable", grouped(judged), grouped(keys_.size()));
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

std::uint64_t ModelJudge::count(State state) const {
  return static_cast<std::uint64_t>(
      std::count_if(answers_.begin(), answers_.end(),
                    [&](const KeyAnswer& answer) { return answer.state == state; }));
}

}  // namespace

Verdict check_linearizable(const History& history, const CheckOptions& options,
                           const Budget& budget) {
  require_known(options);
  const auto started = std::chrono::steady_clock::now();
  const auto named = options.more.find("model");
  const ModelKind& kind = model_kind(named == options.more.end() ? "" : named->second);
  Verdict verdict = ModelJudge(history, kind, options.initial, budget).judge();
  verdict.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  return verdict;
}

}  // namespace tribunal
