#include "checkers/classic/log.h"

#include <fmt/core.h>

#include <algorithm>

#include "checkers/classic/judging.h"
#include "checkers/exhibits.h"
#include "checkers/flat_index.h"
#include "checkers/none.h"
#include "checkers/options.h"

namespace tribunal {
namespace {

enum Figure : std::size_t {
  attempted,
  acknowledged,
  reads,
  in_log,
  recovered,
  forked,
  unexpected,
  duplicated,
  disordered,
  lost,
  stale
};

enum class Stale { convicts, counted };

constexpr std::size_t most_shown = 8;  // elements of a read

struct Element {
  std::uint32_t append = none;    // place of the one that may have happened
  std::uint32_t failed = none;    // place of one that failed
  std::uint32_t position = none;  // in the log
};

class Log {
 public:
  Log(const History& history, std::span<const std::uint32_t> operations, Stale stale,
      KeyFinding& finding)
      : history_(history), operations_(operations), stale_(stale), finding_(finding) {
    elements_.reset(operations.size());
  }

  bool judge(Watch& watch);  // false: the budget was spent

 private:
  using Elements = std::span<const Value>;

  const Operation& at(std::uint32_t place) const { return history_.operations[place]; }
  Elements read_at(std::uint32_t place) const;
  Element& element(Value value);
  void take(std::uint32_t place);
  void lay_out();
  bool drop_forks(Watch& watch);
  void place_slots();
  void look_back(std::uint32_t place);
  void look_for_lost();
  void count(Figure figure, std::string anomaly, std::vector<std::uint32_t> places,
             std::string sentence, std::uint32_t event);
  void convict_pair(std::uint32_t earlier, std::uint32_t later, bool appends);
  void convict_lost(std::uint32_t place);
  void convict_source(Value value, const Element& element, bool twice);
  std::string show(std::uint32_t append) const { return history_.values.show(at(append).value); }

  const History& history_;
  std::span<const std::uint32_t> operations_;
  Stale stale_;
  KeyFinding& finding_;
  FlatIndex elements_;
  std::vector<Element> known_;        // by number in elements_
  std::vector<std::uint32_t> reads_;  // places of the acknowledged ones, shortest first
  std::uint32_t longest_ = none;      // the read that shows most of the log
  std::uint32_t last_append_ = none;  // of those passed in the log's order, the one begun last
  std::uint32_t last_read_ = none;
};

Log::Elements Log::read_at(std::uint32_t place) const {
  return at(place).value.is_nil() ? Elements{} : history_.values.elements(at(place).value);
}

Element& Log::element(Value value) {
  const std::uint32_t number = elements_.number(value);
  if (number == known_.size()) known_.emplace_back();
  return known_[number];
}

void Log::take(std::uint32_t place) {
  const Operation& operation = at(place);
  if (operation.function == Function::read) {
    if (operation.ok()) reads_.push_back(place);
    return;
  }
  Element& one = element(operation.value);
  if (operation.outcome == Outcome::failed) {
    if (one.failed == none) one.failed = place;
    return;
  }
  ++finding_.counts[attempted];
  finding_.counts[acknowledged] += operation.ok();
  if (one.append != none)
    finding_.undecided = fmt::format(
        "{} is appended more than once, so that nobody knows which "
        "append a read shows",
        show(place));
  one.append = place;
}

void Log::count(Figure figure, std::string anomaly, std::vector<std::uint32_t> places,
                std::string sentence, std::uint32_t event) {
  ++finding_.counts[figure];
  if (!finding_.wants_evidence() || (figure == stale && stale_ == Stale::counted)) return;
  places.erase(std::remove(places.begin(), places.end(), none), places.end());
  EvidenceMaker maker(history_, places);
  for (std::size_t i = 0; i + 1 < places.size(); ++i) {
    if (at(places[i]).ended < at(places[i + 1]).began) maker.real_time(places[i], places[i + 1]);
  }
  for (std::size_t i = 0; i < maker.places().size(); ++i) {
    const Operation& read = at(maker.places()[i]);
    const std::size_t size =
        read.function == Function::read ? read_at(maker.places()[i]).size() : 0;
    if (size <= most_shown) continue;
    maker.evidence.exhibits[i].text =
        fmt::format("read{} -> {} elements, the last {}",
                    read.key.is_nil() ? "" : " " + history_.values.show(read.key), grouped(size),
                    history_.values.show(read_at(maker.places()[i]).back()));
  }
  maker.evidence.anomaly = std::move(anomaly);
  maker.evidence.key = shown_key(history_, at(places.front()));
  maker.evidence.sentence = std::move(sentence);
  maker.evidence.impossible_at = event;
  finding_.evidence.push_back(std::move(maker.evidence));
}

void Log::convict_source(Value value, const Element& one, bool twice) {
  const Operation& read = at(longest_);
  const std::string start =
      fmt::format("The read by {} returned {}", who(history_, read), history_.values.show(value));
  if (twice)
    return count(duplicated, "duplicated element", {one.append, longest_},
                 start + " twice, and it was appended once.", read.ended);
  count(unexpected, one.failed == none ? "element from nowhere" : "failed append seen",
        {one.failed, longest_},
        start + (one.failed == none ? ", which nobody ever tried to append."
                                    : ", but its only appends certainly failed."),
        read.ended);
}

// The longest read shows the log; where it goes wrong by itself.
void Log::lay_out() {
  std::uint32_t position = 0;
  for (const Value value : read_at(longest_)) {
    Element& one = element(value);
    if (one.append == none || one.position != none) convict_source(value, one, one.append != none);
    if (one.position == none) one.position = position;
    ++position;
    ++finding_.counts[in_log];
    finding_.counts[recovered] += one.append != none && !at(one.append).ok();
  }
}

// Reads that are no beginning of the longest are counted, and leave.
bool Log::drop_forks(Watch& watch) {
  const Elements log = read_at(longest_);
  Value previous = at(longest_).value;
  bool fits = true;
  std::size_t kept = 0;
  for (const std::uint32_t place : reads_) {
    if (watch.look()) return false;
    const Elements read = read_at(place);
    if (at(place).value != previous) {
      const auto [here, there] = std::mismatch(read.begin(), read.end(), log.begin());
      previous = at(place).value;
      fits = here == read.end();
    }
    if (fits) {
      reads_[kept++] = place;
      continue;
    }
    const auto differs = static_cast<std::size_t>(
        std::mismatch(read.begin(), read.end(), log.begin()).first - read.begin());
    const Element one = element(read[differs]), other = element(log[differs]);
    count(forked, "forked log", {one.append, other.append, place, longest_},
          fmt::format("At place {} the read by {} found {} and the read by {} found {}: they are "
                      "beginnings of two logs.",
                      differs, who(history_, at(place)), history_.values.show(read[differs]),
                      who(history_, at(longest_)), history_.values.show(log[differs])),
          std::max(at(place).ended, at(longest_).ended));
  }
  reads_.resize(kept);
  return true;
}

// `earlier` in the log's order began only after `later` had ended.
void Log::convict_pair(std::uint32_t earlier, std::uint32_t later, bool appends) {
  const Operation &first = at(later), &second = at(earlier);  // in real time
  const std::string wait = gap(first, second);
  const std::uint32_t event = std::max(at(longest_).ended, std::max(first.ended, second.began));
  if (first.function == Function::read && second.function == Function::read)
    return count(stale, "log that shrank", {later, earlier},
                 fmt::format("The read by {} returned {} elements and was over {} before {}'s read "
                             "was sent, which returned {}.",
                             who(history_, first), read_at(later).size(), wait,
                             who(history_, second), read_at(earlier).size()),
                 second.ended);
  if (first.function == Function::read)
    return count(unexpected, "element before its append", {later, earlier},
                 fmt::format("The read by {} returned {} and was over {} before {} first tried to "
                             "append it.",
                             who(history_, first), show(earlier), wait, who(history_, second)),
                 second.began);
  if (!appends)
    return count(
        stale, "stale read", {later, earlier},
        fmt::format("The append of {} by {} was acknowledged {} before {}'s read was sent, "
                    "yet that read lacks it, which a longer one has.",
                    show(later), who(history_, first), wait, who(history_, second)),
        second.ended);
  count(disordered, "appends out of order", {later, earlier, longest_},
        fmt::format("The append of {} by {} was acknowledged {} before {} began to append {}, yet "
                    "it stands behind it in the log that {} read.",
                    show(later), who(history_, first), wait, who(history_, second), show(earlier),
                    who(history_, at(longest_))),
        event);
}

// What must come before `place` in the log's order must not have begun after it ended.
void Log::look_back(std::uint32_t place) {
  if (at(place).ended == Operation::never) return;
  if (last_append_ != none && at(place).ended < at(last_append_).began)
    return convict_pair(last_append_, place, true);
  if (last_read_ != none && at(place).ended < at(last_read_).began)
    convict_pair(last_read_, place, false);
}

// The log gives every append in it, and every read, its place; that order must fit real time.
void Log::place_slots() {
  const auto later = [this](std::uint32_t& last, std::uint32_t place) {
    if (last == none || at(place).began > at(last).began) last = place;
  };
  const Elements log = read_at(longest_);
  std::size_t read = 0;
  for (std::size_t length = 0; length <= log.size(); ++length) {
    if (length > 0) {
      const Element& one = element(log[length - 1]);
      if (one.append != none && one.position == length - 1) {
        look_back(one.append);
        later(last_append_, one.append);
      }
    }
    const std::size_t first = read;
    for (; read < reads_.size() && read_at(reads_[read]).size() == length; ++read)
      look_back(reads_[read]);
    for (std::size_t i = first; i < read; ++i) later(last_read_, reads_[i]);
  }
}

void Log::convict_lost(std::uint32_t place) {
  const Operation& append = at(place);
  const bool by_read = last_read_ != none && append.ended < at(last_read_).began;
  const std::uint32_t witness = by_read ? last_read_ : last_append_;
  const std::string start =
      fmt::format("The append of {} by {} was acknowledged {} before ", show(place),
                  who(history_, append), gap(append, at(witness)));
  count(lost, "lost append", {place, witness, by_read ? none : longest_},
        by_read
            ? fmt::format("{}{}'s read was sent, yet neither that read nor any longer one has "
                          "it.",
                          start, who(history_, at(witness)))
            : fmt::format("{}{} began to append {}, yet {} read the one and not the other.", start,
                          who(history_, at(witness)), show(witness), who(history_, at(longest_))),
        by_read ? at(witness).ended : std::max(at(longest_).ended, append.ended));
}

// What was acknowledged and is not in the log comes after all that is: too late for what began
// after its acknowledgement.
void Log::look_for_lost() {
  std::uint32_t bound = 0;
  if (last_append_ != none) bound = std::max(bound, at(last_append_).began);
  if (last_read_ != none) bound = std::max(bound, at(last_read_).began);
  for (const std::uint32_t place : operations_) {
    const Operation& append = at(place);
    if (append.function == Function::read || !append.ok() || append.ended > bound) continue;
    if (element(append.value).position == none) convict_lost(place);
  }
}

bool Log::judge(Watch& watch) {
  for (const std::uint32_t place : operations_) {
    if (watch.spent()) return false;
    take(place);
  }
  finding_.counts[reads] = reads_.size();
  if (reads_.empty() || !finding_.undecided.empty()) return true;
  std::sort(reads_.begin(), reads_.end(), [this](std::uint32_t a, std::uint32_t b) {
    const std::size_t one = read_at(a).size(), other = read_at(b).size();
    return one != other                 ? one < other
           : at(a).value != at(b).value ? at(a).value < at(b).value
                                        : a < b;
  });
  longest_ = reads_.back();
  lay_out();
  if (!drop_forks(watch)) return false;
  place_slots();
  look_for_lost();
  return !watch.look();
}

void survey(const History& history, const Operation& operation) {
  require_function(history, operation, "log", {Function::append, Function::read});
  if (operation.function == Function::read && operation.ok() && !operation.value.is_nil() &&
      !history.values.is_list(operation.value))
    refuse_value(history, operation, "a read of a log returns a list",
                 "a history of registers is for linearizable-register");
}

std::vector<ClassicFigure> figures(Stale stale) {
  return {{"elements attempted", ""},
          {"acknowledged", ""},
          {"acknowledged reads", ""},
          {"in the log", ""},
          {"recovered", ""},
          {"forked", "reads of another log"},
          {"unexpected", "elements that nobody had appended"},
          {"duplicated", "elements duplicated"},
          {"disordered", "appends out of order"},
          {"lost", "acknowledged appends lost"},
          {"stale",
           stale == Stale::convicts ? "appends and reads that a later read had not seen" : ""}};
}

}  // namespace

Verdict check_log(const History& history, const CheckOptions& options, const Budget& budget) {
  require_known(options);
  const Stale stale_reads =
      choice(options, "linearizable", "true") ? Stale::convicts : Stale::counted;
  ClassicClaim claim;
  claim.algorithm = "the order that the longest read shows, O(n log n)";
  claim.figures = figures(stale_reads);
  claim.survey = survey;
  claim.judge_key = [stale_reads](const History& all, std::span<const std::uint32_t> operations,
                                  Watch& watch, KeyFinding& finding) {
    finding.complete = Log(all, operations, stale_reads, finding).judge(watch);
  };
  claim.vacuous = [](const Counts& counts) -> std::string {
    if (counts[reads] == 0) return "nothing was read";
    return counts[in_log] == 0 ? "no read shows any element" : "";
  };
  claim.satisfied = [](const Counts& counts) {
    return fmt::format("{} reads show {} elements in one order", grouped(counts[reads]),
                       grouped(counts[in_log]));
  };
  return judge_keys(history, claim, budget);
}

}  // namespace tribunal
