#include "checkers/classic/counter.h"

#include <fmt/core.h>

#include <algorithm>

#include "checkers/classic/judging.h"
#include "checkers/exhibits.h"
#include "checkers/options.h"
#include "harness/record/error.h"

namespace tribunal {
namespace {

enum Figure : std::size_t { adds, acknowledged, unknown, reads, silent, below, above };

enum class Signs { positive, both };

constexpr std::size_t most_shown = 4;  // adds of one counterexample

void add_to(std::int64_t& sum, std::int64_t delta) {
  if (!__builtin_add_overflow(sum, delta, &sum)) return;
  throw Error(Blame::usage, "the deltas of a counter add up to more than 64 bits hold",
              "split the history by key");
}

// Sums of deltas at one moment, by their sign: of all that may have happened, and of those that
// certainly have.
struct Sums {
  std::int64_t up = 0, down = 0, sure_up = 0, sure_down = 0;
};

// One counter, event by event.
class Counter {
 public:
  Counter(const History& history, std::span<const std::uint32_t> operations, KeyFinding& finding)
      : history_(history), operations_(operations), finding_(finding) {}

  bool judge(Watch& watch);  // false: the budget was spent

 private:
  struct End {
    std::uint32_t event, index;
  };

  const Operation& at(std::uint32_t place) const { return history_.operations[place]; }
  void begin(std::uint32_t index);
  void end(std::uint32_t index);
  Evidence explain(std::uint32_t place, std::int64_t bound, Figure figure) const;
  std::vector<std::uint32_t> telling(const Operation& read, Figure figure) const;

  const History& history_;
  std::span<const std::uint32_t> operations_;
  KeyFinding& finding_;
  Sums now_;
  std::vector<Sums> begun_;  // by index of an operation: when it began
};

bool Counter::judge(Watch& watch) {
  std::vector<End> ends;
  begun_.resize(operations_.size());
  for (std::uint32_t index = 0; index < operations_.size(); ++index) {
    if (at(operations_[index]).ok()) ends.push_back({at(operations_[index]).ended, index});
  }
  std::sort(ends.begin(), ends.end(), [](const End& a, const End& b) { return a.event < b.event; });
  std::size_t ended = 0;
  for (std::uint32_t index = 0; index < operations_.size(); ++index) {
    if (watch.spent()) return false;
    const std::uint32_t event = at(operations_[index]).began;
    for (; ended < ends.size() && ends[ended].event < event; ++ended) end(ends[ended].index);
    begin(index);
  }
  for (; ended < ends.size(); ++ended) end(ends[ended].index);
  return !watch.look();
}

void Counter::begin(std::uint32_t index) {
  const Operation& operation = at(operations_[index]);
  begun_[index] = now_;
  if (operation.function == Function::read || operation.outcome == Outcome::failed) return;
  ++finding_.counts[adds];
  finding_.counts[unknown] += !operation.ok();
  const std::int64_t delta = operation.value.as_integer();
  add_to(delta > 0 ? now_.up : now_.down, delta);
}

void Counter::end(std::uint32_t index) {
  const std::uint32_t place = operations_[index];
  const Operation& operation = at(place);
  if (operation.function != Function::read) {
    ++finding_.counts[acknowledged];
    const std::int64_t delta = operation.value.as_integer();
    add_to(delta > 0 ? now_.sure_up : now_.sure_down, delta);
    return;
  }
  if (operation.value.is_nil()) {
    ++finding_.counts[silent];
    return;
  }
  ++finding_.counts[reads];
  const std::int64_t value = operation.value.as_integer();
  const std::int64_t least = begun_[index].sure_up + now_.down;
  const std::int64_t most = now_.up + begun_[index].sure_down;
  if (value >= least && value <= most) return;
  const Figure figure = value < least ? below : above;
  ++finding_.counts[figure];
  if (finding_.wants_evidence())
    finding_.evidence.push_back(explain(place, value < least ? least : most, figure));
}

// The adds nearest to the read among those that its bound rests on.
std::vector<std::uint32_t> Counter::telling(const Operation& read, Figure figure) const {
  std::vector<std::uint32_t> found;
  for (auto place = operations_.rbegin(); place != operations_.rend(); ++place) {
    const Operation& add = at(*place);
    if (add.function == Function::read || add.outcome == Outcome::failed) continue;
    if (add.began > read.ended || add.value.as_integer() == 0) continue;
    const bool helps = (add.value.as_integer() > 0) == (figure == below);
    if (helps && !(add.ok() && add.ended < read.began)) continue;
    found.push_back(*place);
    if (found.size() == most_shown) break;
  }
  return found;
}

Evidence Counter::explain(std::uint32_t place, std::int64_t bound, Figure figure) const {
  const Operation& read = at(place);
  const bool low = figure == below;
  std::vector<std::uint32_t> places = telling(read, figure);
  places.push_back(place);
  EvidenceMaker maker(history_, places);
  for (const std::uint32_t add : places) {
    if (at(add).ok() && at(add).ended < read.began) maker.real_time(add, place);
  }
  Evidence& evidence = maker.evidence;
  evidence.anomaly = low ? "lost count" : "count from nowhere";
  evidence.key = shown_key(history_, read);
  evidence.impossible_at = read.ended;
  const std::string value = history_.values.show(read.value);
  evidence.sentence =
      low ? fmt::format(
                "The read by {} returned {}, but what was acknowledged before it was sent, "
                "with every decrement that may have happened by its end, comes to {} at "
                "least.",
                who(history_, read), value, bound)
          : fmt::format(
                "The read by {} returned {}, but every increment that may have happened by "
                "its end, with the decrements acknowledged before it was sent, comes to "
                "{} at most.",
                who(history_, read), value, bound);
  return std::move(evidence);
}

void survey(const History& history, const Operation& operation, Signs signs) {
  const std::string checker = signs == Signs::positive ? "counter" : "pn-counter";
  require_function(history, operation, checker, {Function::add, Function::read});
  const bool read = operation.function == Function::read;
  if (read && (!operation.ok() || operation.value.is_nil())) return;
  if (!operation.value.is_integer())
    refuse_value(history, operation, "the value of a counter's call is a whole number",
                 "leave those calls out of the history");
  if (!read && signs == Signs::positive && operation.value.as_integer() < 0)
    refuse_value(history, operation, "counter only counts up", "take pn-counter");
}

Verdict check(const History& history, const CheckOptions& options, const Budget& budget,
              Signs signs) {
  require_known(options);
  ClassicClaim claim;
  claim.algorithm = "bounds of every read, O(n log n)";
  claim.figures = {{"adds that may have happened", ""},
                   {"acknowledged", ""},
                   {"unknown", ""},
                   {"acknowledged reads", ""},
                   {"reads without a value", ""},
                   {"too low", "reads below what was certainly counted"},
                   {"too high", "reads above what may have been counted"}};
  claim.survey = [signs](const History& all, const Operation& one) { survey(all, one, signs); };
  claim.judge_key = [](const History& all, std::span<const std::uint32_t> operations, Watch& watch,
                       KeyFinding& finding) {
    finding.complete = Counter(all, operations, finding).judge(watch);
  };
  claim.vacuous = [](const Counts& counts) -> std::string {
    if (counts[reads] == 0) return "nothing was read";
    return counts[adds] == 0 ? "nothing was counted" : "";
  };
  claim.satisfied = [](const Counts& counts) {
    return fmt::format("{} reads lie within what {} adds allow", grouped(counts[reads]),
                       grouped(counts[adds]));
  };
  return judge_keys(history, claim, budget);
}

}  // namespace

Verdict check_counter(const History& history, const CheckOptions& options, const Budget& budget) {
  return check(history, options, budget, Signs::positive);
}

Verdict check_pn_counter(const History& history, const CheckOptions& options,
                         const Budget& budget) {
  return check(history, options, budget, Signs::both);
}

}  // namespace tribunal
