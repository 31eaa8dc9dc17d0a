#include "checkers/classic/long_fork.h"

#include <fmt/core.h>

#include <algorithm>

#include "checkers/classic/judging.h"
#include "checkers/classic/seen_values.h"
#include "checkers/exhibits.h"
#include "checkers/flat_index.h"
#include "checkers/options.h"

namespace tribunal {
namespace {

enum Figure : std::size_t { writes, reads, telling, forks, unexpected };

// Who wrote a register: one write that may have happened, or else one that failed.
struct Writer {
  static constexpr std::uint32_t none = Operation::never;
  std::uint32_t write = none, failed = none;  // places
  Value value{};
};

// A read: which registers it asked, and which of them it found written. Sorted lists of register
// numbers in one array that all reads share.
struct View {
  std::uint32_t place = 0;
  std::uint32_t first = 0, asked = 0, seen = 0;  // the seen ones after the asked ones
};

class Group {
 public:
  Group(const History& history, std::span<const std::uint32_t> operations, KeyFinding& finding)
      : history_(history), operations_(operations), finding_(finding) {
    registers_.reset(16);
  }

  bool judge(Watch& watch);  // false: the budget was spent

 private:
  using Numbers = std::span<const std::uint32_t>;

  const Operation& at(std::uint32_t place) const { return history_.operations[place]; }
  Writer& writer_of(Value which);
  void take_write(std::uint32_t place);
  void take_read(std::uint32_t place);
  bool believable(std::uint32_t place, const SeenPair& pair);
  Numbers asked(const View& view) const {
    return Numbers(numbers_).subspan(view.first, view.asked);
  }
  Numbers seen(const View& view) const {
    return Numbers(numbers_).subspan(view.first + view.asked, view.seen);
  }
  bool before(const View& a, const View& b) const;
  void compare(const View& smaller, const View& larger);
  void convict_value(std::uint32_t place, const SeenPair& pair, const Writer& writer);

  const History& history_;
  std::span<const std::uint32_t> operations_;
  KeyFinding& finding_;
  FlatIndex registers_;
  std::vector<Writer> writers_;  // by number of the register
  std::vector<std::uint32_t> numbers_;
  std::vector<View> views_;
  std::vector<SeenPair> pairs_;  // of the operation at hand
};

Writer& Group::writer_of(Value which) {
  const std::uint32_t number = registers_.number(which);
  if (number >= writers_.size()) writers_.resize(number + 1);
  return writers_[number];
}

void Group::take_write(std::uint32_t place) {
  const Operation& write = at(place);
  Writer& writer = writer_of(pairs_.front().which);
  if (write.outcome == Outcome::failed) {
    if (writer.failed == Writer::none) writer.failed = place;
    return;
  }
  ++finding_.counts[writes];
  if (writer.write != Writer::none)
    finding_.undecided = fmt::format(
        "register {} is written more than once, so that of two reads "
        "nobody knows which is ahead",
        history_.values.show(pairs_.front().which));
  writer.write = place;
  writer.value = pairs_.front().value;
}

// Whether the value is what somebody may have written by the end of the read.
bool Group::believable(std::uint32_t place, const SeenPair& pair) {
  const Writer& writer = writer_of(pair.which);
  if (writer.write != Writer::none && writer.value == pair.value &&
      at(writer.write).began < at(place).ended)
    return true;
  convict_value(place, pair, writer);
  return false;
}

void Group::convict_value(std::uint32_t place, const SeenPair& pair, const Writer& writer) {
  ++finding_.counts[unexpected];
  if (!finding_.wants_evidence()) return;
  std::vector<std::uint32_t> places = {place};
  const std::uint32_t write = writer.write != Writer::none ? writer.write : writer.failed;
  if (write != Writer::none) places.push_back(write);
  EvidenceMaker maker(history_, places);
  std::string why = ", which nobody ever tried to write";
  if (writer.write != Writer::none && writer.value == pair.value) {
    maker.real_time(place, write);
    why = fmt::format(" and was over {} before {} began to write it", gap(at(place), at(write)),
                      who(history_, at(write)));
  } else if (writer.write == Writer::none && write != Writer::none) {
    why = ", though its only writes certainly failed";
  }
  maker.evidence.anomaly = "value from nowhere";
  maker.evidence.key = shown_key(history_, at(place));
  maker.evidence.sentence =
      fmt::format("The read by {} found {} in register {}{}.", who(history_, at(place)),
                  history_.values.show(pair.value), history_.values.show(pair.which), why);
  maker.evidence.impossible_at = at(place).ended;
  finding_.evidence.push_back(std::move(maker.evidence));
}

void Group::take_read(std::uint32_t place) {
  ++finding_.counts[reads];
  View view{place, static_cast<std::uint32_t>(numbers_.size())};
  std::vector<std::uint32_t> found;
  for (const SeenPair& pair : pairs_) {
    const std::uint32_t number = registers_.number(pair.which);
    numbers_.push_back(number);
    if (!pair.value.is_nil() && believable(place, pair)) found.push_back(number);
  }
  const auto tidy = [](std::vector<std::uint32_t>& list, std::size_t first) {
    const auto begin = list.begin() + static_cast<std::ptrdiff_t>(first);
    std::sort(begin, list.end());
    list.erase(std::unique(begin, list.end()), list.end());
  };
  tidy(numbers_, view.first);
  tidy(found, 0);
  view.asked = static_cast<std::uint32_t>(numbers_.size()) - view.first;
  view.seen = static_cast<std::uint32_t>(found.size());
  numbers_.insert(numbers_.end(), found.begin(), found.end());
  views_.push_back(view);
}

// Reads of the same registers together, those that saw less first.
bool Group::before(const View& a, const View& b) const {
  const Numbers left = asked(a), right = asked(b);
  const auto order =
      std::lexicographical_compare_three_way(left.begin(), left.end(), right.begin(), right.end());
  if (order != 0) return order < 0;
  if (a.seen != b.seen) return a.seen < b.seen;
  const Numbers one = seen(a), other = seen(b);
  const auto next =
      std::lexicographical_compare_three_way(one.begin(), one.end(), other.begin(), other.end());
  return next != 0 ? next < 0 : a.place < b.place;
}

void Group::compare(const View& smaller, const View& larger) {
  const Numbers less = seen(smaller), more = seen(larger);
  finding_.counts[telling] += smaller.seen < larger.seen;
  std::vector<std::uint32_t> only_less, only_more;
  std::set_difference(less.begin(), less.end(), more.begin(), more.end(),
                      std::back_inserter(only_less));
  if (only_less.empty()) return;
  std::set_difference(more.begin(), more.end(), less.begin(), less.end(),
                      std::back_inserter(only_more));
  ++finding_.counts[forks];
  if (!finding_.wants_evidence()) return;
  const std::uint32_t first = writers_[only_less[0]].write, second = writers_[only_more[0]].write;
  EvidenceMaker maker(history_, {first, second, smaller.place, larger.place});
  maker.arrow(first, smaller.place, "reads from");
  maker.arrow(smaller.place, second, "must precede", "not seen");
  maker.arrow(second, larger.place, "reads from");
  maker.arrow(larger.place, first, "must precede", "not seen");
  maker.evidence.anomaly = "long fork";
  maker.evidence.key = shown_key(history_, at(smaller.place));
  maker.evidence.sentence = fmt::format(
      "The read by {} saw the write of register {} and not that of {}, the read by {} saw that of "
      "{} and not that of {}: each puts the other's write later.",
      who(history_, at(smaller.place)), history_.values.show(registers_.value(only_less[0])),
      history_.values.show(registers_.value(only_more[0])), who(history_, at(larger.place)),
      history_.values.show(registers_.value(only_more[0])),
      history_.values.show(registers_.value(only_less[0])));
  maker.evidence.impossible_at = std::max(at(smaller.place).ended, at(larger.place).ended);
  finding_.evidence.push_back(std::move(maker.evidence));
}

// What reads of the same registers saw must be a chain of sets, each within the next: it is enough
// to compare neighbours when they are sorted by size. O(n log n) for reads of a bounded width.
bool Group::judge(Watch& watch) {
  std::vector<std::uint32_t> all_reads;
  for (const std::uint32_t place : operations_) {
    if (watch.spent()) return false;
    const SeenKind kind = take_seen(history_, at(place), "long-fork", pairs_);
    if (kind == SeenKind::write) take_write(place);
    if (kind == SeenKind::read && at(place).ok()) all_reads.push_back(place);
  }
  if (!finding_.undecided.empty()) return true;
  for (const std::uint32_t place : all_reads) {
    if (watch.spent()) return false;
    take_seen(history_, at(place), "long-fork", pairs_);
    for (const SeenPair& pair : pairs_) writer_of(pair.which);
    take_read(place);
  }
  std::sort(views_.begin(), views_.end(),
            [this](const View& a, const View& b) { return before(a, b); });
  for (std::size_t i = 1; i < views_.size(); ++i) {
    const Numbers one = asked(views_[i - 1]), other = asked(views_[i]);
    if (std::equal(one.begin(), one.end(), other.begin(), other.end()))
      compare(views_[i - 1], views_[i]);
  }
  return !watch.look();
}

void survey(const History& history, const Operation& operation) {
  require_function(history, operation, "long-fork", {Function::txn});
  std::vector<SeenPair> pairs;
  take_seen(history, operation, "long-fork", pairs);
}

}  // namespace

Verdict check_long_fork(const History& history, const CheckOptions& options, const Budget& budget) {
  require_known(options);
  ClassicClaim claim;
  claim.algorithm = "what reads saw is a chain of sets, O(n log n)";
  claim.figures = {{"writes that may have happened", ""},
                   {"acknowledged reads", ""},
                   {"reads that saw more than another", ""},
                   {"forks", "reads that saw writes in another order than another read"},
                   {"unexpected", "values read that nobody had written"}};
  claim.survey = survey;
  claim.judge_key = [](const History& all, std::span<const std::uint32_t> operations, Watch& watch,
                       KeyFinding& finding) {
    finding.complete = Group(all, operations, finding).judge(watch);
  };
  claim.vacuous = [](const Counts& counts) -> std::string {
    if (counts[reads] == 0) return "nothing was read";
    return counts[telling] == 0 ? "no two reads of the same registers saw different things" : "";
  };
  claim.satisfied = [](const Counts& counts) {
    return fmt::format("{} reads saw {} writes in one order", grouped(counts[reads]),
                       grouped(counts[writes]));
  };
  return judge_keys(history, claim, budget);
}

}  // namespace tribunal
