#include "checkers/linearizability/key_judge.h"

#include <algorithm>

#include "checkers/linearizability/bounded_search.h"
#include "checkers/linearizability/entries.h"
#include "checkers/linearizability/map_zones.h"
#include "checkers/linearizability/reduction.h"
#include "checkers/linearizability/register_evidence.h"

namespace tribunal {
namespace {

constexpr std::uint64_t most_proof_steps = 20'000;
constexpr std::size_t bytes_an_operation = 100;  // what the zones may take
constexpr std::size_t bytes_an_entry_made = 64;  // while it is found out who observes what

}  // namespace

KeyJudge::KeyJudge(const History& history, const ModelKind& kind, const ModelOptions& options,
                   const Budget& budget, std::size_t lanes, const SpareThreads* spare)
    : history_(history),
      kind_(kind),
      options_(options),
      watch_(budget, lanes),
      spare_(spare),
      register_like_(kind.zones != ModelKind::Zones::none) {
  Value initial = options.initial;
  if (kind.zones == ModelKind::Zones::map) {
    const auto calls = map_calls(history, initial, watch_);
    register_like_ = calls.has_value();
    if (calls) calls_ = *calls;
    if (initial == calls_.nothing) initial = Value::nil();
  }
  if (register_like_) zones_.emplace(history, initial, calls_);
}

KeyAnswer KeyJudge::judge(std::uint32_t key, std::span<const std::uint32_t> operations) {
  answer_ = {};
  why_not_.clear();
  watch_.start();
  if (watch_.look()) return answer_;
  if (by_zones(operations) || by_monitor(operations)) return std::move(answer_);
  answer_ = {};
  if (!why_not_.empty() && key < fallback_.key) fallback_ = {key, why_not_};
  by_search(operations);
  return std::move(answer_);
}

void KeyJudge::spend() {
  answer_.state = State::spent;
  answer_.why = watch_.why();
}

// A read of nil that fits every state says nothing.
std::span<const std::uint32_t> KeyJudge::without_nil_reads(
    std::span<const std::uint32_t> operations) {
  if (kind_.zones != ModelKind::Zones::registers || options_.nil == NilRead::absent)
    return operations;
  const auto says_nothing = [this](std::uint32_t place) {
    const Operation& operation = history_.operations[place];
    return operation.function == Function::read && operation.value.is_nil();
  };
  const auto first = std::find_if(operations.begin(), operations.end(), says_nothing);
  if (first == operations.end()) return operations;
  kept_.assign(operations.begin(), first);
  std::remove_copy_if(first, operations.end(), std::back_inserter(kept_), says_nothing);
  return kept_;
}

bool KeyJudge::by_zones(std::span<const std::uint32_t> operations) {
  if (kind_.zones == ModelKind::Zones::none) return false;
  if (!register_like_) {
    why_not_ = "values are of several kinds";
    return false;
  }
  if (kind_.zones == ModelKind::Zones::map && !only_gets_and_puts(history_, operations, calls_)) {
    why_not_ = "texts are appended to";
    return false;
  }
  if (!watch_.affords(operations.size() * bytes_an_operation)) {
    spend();
    return true;
  }
  const auto kept = without_nil_reads(operations);
  answer_.finding = zones_->judge(kept, watch_);
  watch_.hold(zones_->bytes() + kept_.capacity() * sizeof(std::uint32_t));
  answer_.method = Method::zones;
  switch (answer_.finding.flaw) {
    case Flaw::none:
      answer_.state = State::linearizable;
      return true;
    case Flaw::spent:
      spend();
      return true;
    case Flaw::repeated:
      why_not_ = "values are repeated";
      return false;
    default:
      return convict_by_zones(kept);
  }
}

// What the zones say of a register, evidence of their own shows; of a map, the search does.
bool KeyJudge::convict_by_zones(std::span<const std::uint32_t> operations) {
  if (kind_.zones == ModelKind::Zones::registers) {
    answer_.state = State::violated;
    return true;
  }
  std::vector<std::uint32_t> witness = zones_witness(history_, operations, calls_, *zones_, watch_);
  if (convict(operations, std::move(witness), Method::zones)) return true;
  why_not_ = "the search does not bear out what zones say";
  return false;
}

bool KeyJudge::by_monitor(std::span<const std::uint32_t> operations) {
  if (!kind_.monitor) return false;
  const bool zero = kind_.starts_at_zero && options_.initial == Value::integer(0);
  const bool empty = history_.values.is_list(options_.initial) &&
                     history_.values.elements(options_.initial).empty();
  if (!options_.initial.is_nil() && !zero && !empty) {
    why_not_ = "an initial value is given";
    return false;
  }
  const auto is_nil = [this](std::uint32_t place) {
    return history_.operations[place].ok() && history_.operations[place].value.is_nil();
  };
  if (!kind_.nil_is_empty && std::any_of(operations.begin(), operations.end(), is_nil)) {
    why_not_ = "an answer is null";
    return false;
  }
  MonitorFinding finding = kind_.monitor(history_, operations, watch_);
  answer_.method = Method::monitor;
  if (finding.result == MonitorFinding::linearizable) {
    answer_.state = State::linearizable;
    return true;
  }
  why_not_ = finding.why;
  if (finding.result != MonitorFinding::violated) return false;
  std::sort(finding.witness.begin(), finding.witness.end());
  if (convict(operations, std::move(finding.witness), Method::monitor)) return true;
  why_not_ = "the search does not bear out what the monitor says";
  return false;
}

// The whole tells the first impossible completion, if it is easy enough; the witness a later one.
bool KeyJudge::convict(std::span<const std::uint32_t> operations,
                       std::vector<std::uint32_t> witness, Method method) {
  if (proved(operations, method)) return true;
  answer_.witness = std::move(witness);
  if (!answer_.witness.empty() && proved(answer_.witness, method)) return true;
  answer_.witness.clear();
  return false;
}

bool KeyJudge::proved(std::span<const std::uint32_t> operations, Method method) {
  const SearchResult result = searched(operations, most_proof_steps);
  if (result.answer != SearchResult::Answer::impossible) return false;
  answer_.method = method;
  answer_.state = State::violated;
  answer_.event = result.event;
  return true;
}

SearchResult KeyJudge::searched(std::span<const std::uint32_t> operations,
                                std::uint64_t most_steps) {
  const auto space = kind_.make(history_, options_);
  SearchResult result;
  result.answer = SearchResult::Answer::spent;
  if (watch_.look() || !watch_.affords(operations.size() * bytes_an_entry_made)) return result;
  const std::vector<Entry> entries = entries_of(history_, *space, operations, watch_);
  if (watch_.look()) return result;
  SearchTask task;
  task.entries = entries;
  task.most_steps = most_steps;
  task.spare = spare_;
  result = bounded_search(*space, task, watch_);
  if (result.begun != 0) {  // of operations, those that do not matter included
    const auto last =
        std::lower_bound(operations.begin(), operations.end(), entries[result.begun - 1].place);
    result.begun = static_cast<std::size_t>(last - operations.begin()) + 1;
  }
  return result;
}

void KeyJudge::by_search(std::span<const std::uint32_t> operations) {
  const SearchResult result = searched(operations, UINT64_MAX);
  answer_.event = result.event;
  answer_.begun = static_cast<std::uint32_t>(result.begun);
  switch (result.answer) {
    case SearchResult::Answer::linearizable:
      answer_.state = State::linearizable;
      return;
    case SearchResult::Answer::impossible:
      answer_.state = State::violated;
      return;
    case SearchResult::Answer::spent:
      spend();
      if (watch_.why().empty()) answer_.why = "too many operations are open at once";
  }
}

Evidence KeyJudge::evidence(const KeyAnswer& answer, std::span<const std::uint32_t> operations) {
  if (answer.method == Method::zones && kind_.zones == ModelKind::Zones::registers) {
    return register_evidence(history_, options_.initial, without_nil_reads(operations),
                             answer.finding, watch_);
  }
  const auto space = kind_.make(history_, options_);
  const auto shown =
      answer.witness.empty() ? operations : std::span<const std::uint32_t>(answer.witness);
  return reduction(history_, *space, shown, answer.event, watch_);
}

}  // namespace tribunal
