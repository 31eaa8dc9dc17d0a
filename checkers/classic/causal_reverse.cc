#include "checkers/classic/causal_reverse.h"

#include <fmt/core.h>

#include <algorithm>

#include "checkers/classic/judging.h"
#include "checkers/classic/seen_values.h"
#include "checkers/exhibits.h"
#include "checkers/flat_index.h"
#include "checkers/options.h"

namespace tribunal {
namespace {

enum Figure : std::size_t { writes, acknowledged, reads, telling, reversed, unwritten };

// A value of a register. If it was written more than once, the most lenient of all: its earliest
// beginning and its earliest acknowledgement.
struct Written {
  static constexpr std::uint32_t none = Operation::never;
  std::uint32_t began = none, ended = none;         // events
  std::uint32_t first = none, acknowledged = none;  // places
};

class Group {
 public:
  Group(const History& history, std::span<const std::uint32_t> operations, KeyFinding& finding)
      : history_(history), operations_(operations), finding_(finding) {
    values_.reset(operations.size());
    registers_.reset(16);
  }

  bool judge(Watch& watch);  // false: the budget was spent

 private:
  const Operation& at(std::uint32_t place) const { return history_.operations[place]; }
  // A number for a register and its value together. Registers and values are numbered first, so
  // that the pair of their numbers is one integer.
  std::uint32_t number_of(const SeenPair& pair);
  void take_write(std::uint32_t place);
  void judge_read(std::uint32_t place);
  Evidence explain(std::uint32_t read, std::uint32_t latest) const;

  const History& history_;
  std::span<const std::uint32_t> operations_;
  KeyFinding& finding_;
  FlatIndex registers_, values_, numbers_;
  std::vector<Written> written_;     // by number
  std::vector<bool> taken_;          // by number of a register: a value was written to it
  std::vector<std::uint32_t> ends_;  // events of acknowledgements, sorted
  std::vector<SeenPair> pairs_;      // of the operation at hand
  std::vector<std::uint32_t> seen_;  // numbers seen by the read at hand, each once
};

std::uint32_t Group::number_of(const SeenPair& pair) {
  const std::uint64_t which = registers_.number(pair.which), value = values_.number(pair.value);
  const std::uint32_t number =
      numbers_.number(Value::integer(static_cast<std::int64_t>(which << 32 | value)));
  if (number == written_.size()) written_.emplace_back();
  return number;
}

void Group::take_write(std::uint32_t place) {
  const Operation& write = at(place);
  if (write.outcome == Outcome::failed) return;
  ++finding_.counts[writes];
  finding_.counts[acknowledged] += write.ok();
  Written& written = written_[number_of(pairs_.front())];
  if (written.began == Written::none) {
    written.began = write.began, written.first = place;
    const std::uint32_t which = registers_.find(pairs_.front().which);
    if (!pairs_.front().which.is_nil() && which < taken_.size() && taken_[which])
      finding_.undecided = fmt::format(
          "register {} is written more than one value, and what is "
          "overwritten cannot be seen",
          history_.values.show(pairs_.front().which));
    taken_.resize(std::max<std::size_t>(taken_.size(), which + 1));
    taken_[which] = true;
  }
  if (write.ok() && write.ended < written.ended)
    written.ended = write.ended, written.acknowledged = place;
}

bool Group::judge(Watch& watch) {
  numbers_.reset(operations_.size());
  std::vector<std::uint32_t> all_reads;
  for (const std::uint32_t place : operations_) {
    if (watch.spent()) return false;
    const SeenKind kind = take_seen(history_, at(place), "causal-reverse", pairs_);
    if (kind == SeenKind::write) take_write(place);
    if (kind == SeenKind::read && at(place).ok()) all_reads.push_back(place);
  }
  for (const Written& written : written_) {
    if (written.ended != Written::none) ends_.push_back(written.ended);
  }
  std::sort(ends_.begin(), ends_.end());
  if (!finding_.undecided.empty()) return true;
  for (const std::uint32_t place : all_reads) {
    if (watch.look()) return false;
    take_seen(history_, at(place), "causal-reverse", pairs_);
    judge_read(place);
  }
  return true;
}

// Of what a read saw, the write that began last tells the most: all that was acknowledged before it
// must be there too. So many there are, by a search, and so many it saw, by counting.
void Group::judge_read(std::uint32_t place) {
  ++finding_.counts[reads];
  seen_.clear();
  std::uint32_t latest = Written::none;
  for (const SeenPair& pair : pairs_) {
    if (pair.value.is_nil()) continue;
    const std::uint32_t number = number_of(pair);
    if (written_[number].began == Written::none) {
      ++finding_.counts[unwritten];
      continue;
    }
    seen_.push_back(number);
    if (latest == Written::none || written_[number].began > written_[latest].began) latest = number;
  }
  if (latest == Written::none) return;
  std::sort(seen_.begin(), seen_.end());
  seen_.erase(std::unique(seen_.begin(), seen_.end()), seen_.end());
  const std::uint32_t before = written_[latest].began;
  const auto wanted = std::lower_bound(ends_.begin(), ends_.end(), before) - ends_.begin();
  const auto had = std::count_if(seen_.begin(), seen_.end(), [&](std::uint32_t number) {
    return written_[number].ended < before;
  });
  finding_.counts[telling] += wanted > 0;
  if (had == wanted) return;
  ++finding_.counts[reversed];
  if (finding_.wants_evidence()) finding_.evidence.push_back(explain(place, latest));
}

// Of those it lacks, the one acknowledged last before it should have been seen.
Evidence Group::explain(std::uint32_t read, std::uint32_t latest) const {
  const std::uint32_t before = written_[latest].began;
  std::uint32_t missing = Written::none;
  for (std::uint32_t number = 0; number < written_.size(); ++number) {
    if (written_[number].ended >= before || std::binary_search(seen_.begin(), seen_.end(), number))
      continue;
    if (missing == Written::none || written_[number].ended > written_[missing].ended)
      missing = number;
  }
  const std::uint32_t first = written_[missing].acknowledged, second = written_[latest].first;
  EvidenceMaker maker(history_, {first, second, read});
  maker.real_time(first, second);
  maker.arrow(second, read, "reads from");
  maker.evidence.anomaly = "causal reverse";
  maker.evidence.key = shown_key(history_, at(read));
  maker.evidence.sentence = fmt::format(
      "'{}' by {} was acknowledged {} before {} began '{}', and the read by {} saw the second and "
      "not the first.",
      history_.show(at(first)), who(history_, at(first)), gap(at(first), at(second)),
      who(history_, at(second)), history_.show(at(second)), who(history_, at(read)));
  maker.evidence.impossible_at = at(read).ended;
  return std::move(maker.evidence);
}

}  // namespace

Verdict check_causal_reverse(const History& history, const CheckOptions& options,
                             const Budget& budget) {
  require_known(options);
  ClassicClaim claim;
  claim.algorithm = "the last write that each read saw, O(n log n)";
  claim.figures = {{"writes that may have happened", ""},
                   {"acknowledged", ""},
                   {"acknowledged reads", ""},
                   {"reads that tell", ""},
                   {"reversed", "reads that saw a write and not one acknowledged before it began"},
                   {"values nobody wrote", ""}};
  claim.survey = [](const History& all, const Operation& one) {
    std::vector<SeenPair> pairs;
    take_seen(all, one, "causal-reverse", pairs);
  };
  claim.judge_key = [](const History& all, std::span<const std::uint32_t> operations, Watch& watch,
                       KeyFinding& finding) {
    finding.complete = Group(all, operations, finding).judge(watch);
  };
  claim.vacuous = [](const Counts& counts) -> std::string {
    if (counts[reads] == 0) return "nothing was read";
    return counts[telling] == 0 ? "no read saw a write that began after another was acknowledged"
                                : "";
  };
  claim.satisfied = [](const Counts& counts) {
    return fmt::format("{} of {} reads saw all that was acknowledged before the last they saw",
                       grouped(counts[telling]), grouped(counts[reads]));
  };
  return judge_keys(history, claim, budget);
}

}  // namespace tribunal
