#include "checkers/linearizability/linearizable_register.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <vector>

#include "checkers/exhibits.h"
#include "checkers/keys.h"
#include "checkers/lanes.h"
#include "checkers/linearizability/entries.h"
#include "checkers/linearizability/interned_space.h"
#include "checkers/linearizability/models/register.h"
#include "checkers/linearizability/reduction.h"
#include "checkers/linearizability/register_evidence.h"
#include "checkers/linearizability/register_zones.h"
#include "checkers/options.h"
#include "harness/record/error.h"

namespace tribunal {
namespace {

constexpr std::size_t most_evidence = 5;
constexpr std::size_t bytes_an_operation = 100;  // what the zones may take
constexpr std::size_t worth_a_thread = 20'000;   // operations

std::unique_ptr<StateSpace> register_space(const History& history, Value initial) {
  RegisterModel model;
  model.history = &history;
  model.initial = initial;
  return std::make_unique<InternedSpace<RegisterModel>>(model);
}

// What became of one key.
struct KeyAnswer {
  enum class State : std::uint8_t { unjudged, linearizable, violated, spent };
  State state = State::unjudged;
  bool searched = false;
  std::uint32_t event = 0;  // searched and violated: the impossible completion
  std::size_t begun = 0;    // searched and spent: how far it came, in operations
  std::string_view why;     // spent
};

struct Lane {
  Lane(const History& history, Value initial, const Budget& budget, std::size_t lanes)
      : zones(history, initial), watch(budget, lanes) {}
  RegisterZones zones;
  Watch watch;
};

class Judge {
 public:
  Judge(const History& history, Value initial, const Budget& budget)
      : history_(history),
        initial_(initial),
        budget_(budget),
        keys_(by_key(history)),
        answers_(keys_.size()) {}

  Verdict judge();

 private:
  using State = KeyAnswer::State;

  void survey();
  void judge_key(std::uint32_t key, Lane& lane);
  void search_key(std::uint32_t key, Lane& lane);
  void add_evidence(Verdict& verdict);
  void conclude(Verdict& verdict) const;
  std::string partial() const;
  std::string algorithm() const;
  std::uint64_t count(State state) const;

  const History& history_;
  Value initial_;
  const Budget& budget_;
  Keys keys_;
  std::vector<KeyAnswer> answers_;
  std::vector<std::unique_ptr<Lane>> lanes_;
  std::uint64_t reads_ = 0, acknowledged_ = 0, unknown_ = 0;
};

void Judge::survey() {
  for (const Operation& operation : history_.operations) {
    if (operation.function > Function::cas) {
      throw Error(Blame::usage,
                  fmt::format("linearizable-register knows read, write and cas, but process {} "
                              "calls '{}' (event {})",
                              operation.process, history_.function_name(operation.function),
                              operation.began),
                  "choose a checker for that call, or leave those calls out of the history");
    }
    acknowledged_ += operation.ok();
    unknown_ += operation.outcome == Outcome::unknown;
    reads_ += operation.ok() && operation.function == Function::read;
  }
}

Verdict Judge::judge() {
  survey();
  const std::size_t worthwhile = 1 + history_.operations.size() / worth_a_thread;
  const std::size_t count = std::min(lanes_for(budget_.threads, keys_.size()), worthwhile);
  for (std::size_t i = 0; i < count; ++i) {
    lanes_.push_back(std::make_unique<Lane>(history_, initial_, budget_, count));
  }
  const std::vector<std::uint32_t> order = keys_.widest_first();
  in_lanes(count, order.size(),
           [&](std::size_t lane, std::size_t item) { judge_key(order[item], *lanes_[lane]); });
  Verdict verdict;
  verdict.checker = "linearizable-register";
  verdict.algorithm = algorithm();
  add_evidence(verdict);
  conclude(verdict);
  return verdict;
}

void Judge::judge_key(std::uint32_t key, Lane& lane) {
  KeyAnswer& answer = answers_[key];
  if (lane.watch.look()) return;
  const auto operations = keys_.of(key);
  if (!lane.watch.affords(operations.size() * bytes_an_operation)) {
    answer = {.state = State::spent, .why = lane.watch.why()};
    return;
  }
  switch (lane.zones.judge(operations, lane.watch).flaw) {
    case Flaw::none:
      answer.state = State::linearizable;
      return;
    case Flaw::spent:
      answer = {.state = State::spent, .why = lane.watch.why()};
      return;
    case Flaw::repeated:
      search_key(key, lane);
      return;
    default:
      answer.state = State::violated;
  }
}

void Judge::search_key(std::uint32_t key, Lane& lane) {
  KeyAnswer& answer = answers_[key];
  answer.searched = true;
  const auto space = register_space(history_, initial_);
  const std::vector<Entry> entries = entries_of(history_, *space, keys_.of(key));
  SearchTask task;
  task.entries = entries;
  const SearchResult result = search(*space, task, lane.watch);
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
      answer.why =
          lane.watch.why().empty() ? "too many operations are open at once" : lane.watch.why();
  }
}

void Judge::add_evidence(Verdict& verdict) {
  verdict.violations = count(State::violated);
  RegisterZones zones(history_, initial_);
  for (std::uint32_t key = 0; key < keys_.size() && verdict.evidence.size() < most_evidence;
       ++key) {
    if (answers_[key].state != State::violated) continue;
    Watch watch(budget_, 1);
    const auto operations = keys_.of(key);
    if (answers_[key].searched) {
      const auto space = register_space(history_, initial_);
      verdict.evidence.push_back(
          reduction(history_, *space, operations, answers_[key].event, watch));
    } else {
      verdict.evidence.push_back(register_evidence(history_, initial_, operations, zones, watch));
    }
  }
  std::stable_sort(
      verdict.evidence.begin(), verdict.evidence.end(),
      [](const Evidence& a, const Evidence& b) { return a.exhibits.size() < b.exhibits.size(); });
}

void Judge::conclude(Verdict& verdict) const {
  for (std::size_t key = 0; key < keys_.size(); ++key) {
    const bool judged =
        answers_[key].state == State::linearizable || answers_[key].state == State::violated;
    if (!judged) continue;
    verdict.operations += keys_.of(key).size();
    ++verdict.keys;
  }
  verdict.figures = {{"keys", grouped(keys_.size())},
                     {"operations", grouped(history_.operations.size())},
                     {"acknowledged", grouped(acknowledged_)},
                     {"acknowledged reads", grouped(reads_)},
                     {"unknown", grouped(unknown_)}};
  if (verdict.violations != 0) {
    verdict.judgement = Judgement::violated;
    verdict.reason = fmt::format("{} of {} keys not linearizable", grouped(verdict.violations),
                                 grouped(keys_.size()));
  } else if (verdict.keys < keys_.size()) {
    verdict.judgement = Judgement::inconclusive;
    verdict.reason = partial();
  } else if (reads_ == 0) {
    verdict.judgement = Judgement::vacuous;
    verdict.reason = fmt::format("nothing was read: none of {} operations is an acknowledged read",
                                 grouped(history_.operations.size()));
  } else {
    verdict.judgement = Judgement::satisfied;
    verdict.reason = fmt::format("every key is linearizable ({}), with {} acknowledged reads",
                                 grouped(keys_.size()), grouped(reads_));
  }
}

// "930 of 1,000 keys judged; key 931 linearizable up to its operation 48,211 (its memory is
// spent)".
std::string Judge::partial() const {
  const std::uint64_t judged = count(State::linearizable);
  std::string statement =
      fmt::format("{} of {} keys judged, all linearizable", grouped(judged), grouped(keys_.size()));
  for (std::size_t key = 0; key < keys_.size(); ++key) {
    const KeyAnswer& answer = answers_[key];
    if (answer.state != State::spent) continue;
    const std::string name =
        keys_.keys[key].is_nil() ? "the only key" : "key " + history_.values.show(keys_.keys[key]);
    return statement +
           (answer.begun == 0
                ? fmt::format("; {} not ({})", name, answer.why)
                : fmt::format("; {} linearizable up to its operation {} of {} ({})", name,
                              grouped(answer.begun), grouped(keys_.of(key).size()), answer.why));
  }
  return statement + (budget_.stop.stop_requested() ? " (it was stopped)" : " (its time is spent)");
}

std::string Judge::algorithm() const {
  const auto searched = static_cast<std::uint64_t>(std::count_if(
      answers_.begin(), answers_.end(), [](const KeyAnswer& answer) { return answer.searched; }));
  if (searched == 0) return "zones with compare-and-set chains, O(n log n)";
  const std::string search = "just-in-time search, since values are repeated";
  if (searched == keys_.size()) return search;
  return fmt::format("zones for {} keys; {} for {}", grouped(keys_.size() - searched), search,
                     grouped(searched));
}

std::uint64_t Judge::count(State state) const {
  return static_cast<std::uint64_t>(
      std::count_if(answers_.begin(), answers_.end(),
                    [&](const KeyAnswer& answer) { return answer.state == state; }));
}

}  // namespace

Verdict check_linearizable_register(const History& history, const CheckOptions& options,
                                    const Budget& budget) {
  require_known(options);
  const auto started = std::chrono::steady_clock::now();
  Verdict verdict = Judge(history, options.initial, budget).judge();
  verdict.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  return verdict;
}

}  // namespace tribunal
