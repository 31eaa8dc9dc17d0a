// Convergence of sets.
#include <fmt/core.h>

#include <algorithm>

#include "checkers/convergence/findings.h"
#include "checkers/exhibits.h"
#include "checkers/flat_index.h"
#include "checkers/none.h"

namespace tribunal {
namespace {

// What was done with one element of one set.
struct Member {
  std::uint32_t add = none;             // place of an add: acknowledged, else unknown, else failed
  std::uint32_t adds = 0, removes = 0;  // those that did not fail
  bool removed = false;                 // with acknowledgement
};

// An add, what told the remover of it, the remove, and a read without the element: places.
struct Return {
  std::uint32_t add, knowledge, remove, absence;
};

class SetJudge {
 public:
  SetJudge(const Settled& settled, Watch& watch)
      : settled_(settled), history_(settled.history), watch_(watch) {}

  Findings judge();

 private:
  bool judge_key(std::uint32_t key);
  void gather(std::uint32_t key);
  void judge_absent(std::uint32_t key, std::uint32_t number);
  void judge_present(std::uint32_t key, std::uint32_t number);
  void judge_return(std::uint32_t key, std::uint32_t number);
  std::uint32_t knowledge_before(std::uint32_t key, std::uint32_t remove, std::uint32_t add) const;
  void convict_return(std::uint32_t key, const Return& back);
  std::uint32_t absence_after(std::uint32_t key, const Operation& remove, Value element) const;
  void convict(EvidenceMaker& maker, std::uint32_t key, const char* anomaly, Value element,
               std::string sentence);
  const Operation& at(std::uint32_t place) const { return history_.operations[place]; }
  std::uint32_t read_at(std::uint32_t key) const { return settled_.look.any(key).read; }

  const Settled& settled_;
  const History& history_;
  Watch& watch_;
  Findings findings_;
  FlatIndex elements_;
  std::vector<Member> members_;
  std::uint64_t undecided_ = 0;
};

Findings SetJudge::judge() {
  for (const std::uint32_t key : settled_.keys) {
    if (!judge_key(key)) {
      findings_.undecided = fmt::format("{} of {} keys judged before the budget was spent",
                                        findings_.keys, settled_.keys.size());
      break;
    }
    ++findings_.keys;
  }
  findings_.figures.emplace_back(
      "added and removed at once",
      fmt::format("{} elements, of which either end is right", grouped(undecided_)));
  return std::move(findings_);
}

void SetJudge::gather(std::uint32_t key) {
  elements_.reset(64);
  members_.clear();
  for (const std::uint32_t place : settled_.look.keys.of(key)) {
    const Operation& operation = at(place);
    if (operation.function == Function::read) continue;
    const std::uint32_t number = elements_.number(operation.value);
    if (number == members_.size()) members_.emplace_back();
    Member& member = members_[number];
    const bool failed = operation.outcome == Outcome::failed;
    if (operation.function == Function::remove) {
      member.removes += !failed;
      member.removed |= operation.ok();
      continue;
    }
    member.adds += !failed;
    if (member.add == none || operation.ok() || (!failed && !at(member.add).ok()))
      member.add = place;
  }
}

bool SetJudge::judge_key(std::uint32_t key) {
  if (watch_.look()) return false;
  gather(key);
  std::vector<bool> there(members_.size(), false);
  for (const Value element : elements_of(history_, settled_.last(key).value)) {
    if (watch_.spent()) return false;
    const std::uint32_t number = elements_.number(element);
    if (number == members_.size()) {
      members_.emplace_back();
      there.push_back(false);
    }
    if (there[number]) continue;
    there[number] = true;
    judge_present(key, number);
  }
  for (std::uint32_t number = 0; number < members_.size(); ++number) {
    if (!there[number]) judge_absent(key, number);
  }
  return true;
}

void SetJudge::judge_absent(std::uint32_t key, std::uint32_t number) {
  const Member& member = members_[number];
  if (member.add == none || !at(member.add).ok()) return;
  undecided_ += member.removes != 0 && member.adds > 1;
  if (member.removes != 0) return;
  ++findings_.lost;
  if (!findings_.wants_evidence()) return;
  const Value element = elements_.value(number);
  std::uint32_t reader = none;
  for (const std::uint32_t place : settled_.look.keys.of(key)) {
    if (at(place).ok() && at(place).function == Function::read &&
        holds_element(history_, at(place), element)) {
      reader = place;
      break;
    }
  }
  std::vector<std::uint32_t> places = {member.add, read_at(key)};
  if (reader != none) places.push_back(reader);
  EvidenceMaker maker(history_, places);
  if (reader != none) maker.arrow(member.add, reader, "reads from");
  maker.real_time(member.add, read_at(key));
  const std::string value = history_.values.show(element);
  convict(maker, key, "lost acknowledged write", element,
          fmt::format(
              "{}'s add of {} was acknowledged and nobody ever tried to remove it, yet in "
              "the end it is missing {}{}.",
              who(history_, at(member.add)), value, settled_.everywhere(),
              reader == none ? "" : fmt::format("; {} had seen it", who(history_, at(reader)))));
}

void SetJudge::judge_present(std::uint32_t key, std::uint32_t number) {
  const Member& member = members_[number];
  if (member.adds != 0) return judge_return(key, number);
  ++findings_.nowhere;
  if (!findings_.wants_evidence()) return;
  std::vector<std::uint32_t> places = {read_at(key)};
  if (member.add != none) places.push_back(member.add);
  EvidenceMaker maker(history_, places);
  const Value element = elements_.value(number);
  const std::string value = history_.values.show(element);
  convict(maker, key, member.add == none ? "thin-air read" : "aborted read", element,
          member.add == none
              ? fmt::format("In the end {} is there {}, which nobody ever added.", value,
                            settled_.everywhere())
              : fmt::format("In the end {} is there {}, but its add by {} certainly failed.", value,
                            settled_.everywhere(), who(history_, at(member.add))));
}

// Whether an element that was added once and then removed by someone who knew it is back after it
// was seen to be away. Added twice, or removed by someone who need not have known it, it may stay.
void SetJudge::judge_return(std::uint32_t key, std::uint32_t number) {
  const Member& member = members_[number];
  if (!member.removed) return;
  const Value element = elements_.value(number);
  if (member.adds == 1 && at(member.add).ok()) {
    for (const std::uint32_t remove : settled_.look.keys.of(key)) {
      const Operation& operation = at(remove);
      if (operation.function != Function::remove || !operation.ok() || operation.value != element)
        continue;
      const std::uint32_t knowledge = knowledge_before(key, remove, member.add);
      const std::uint32_t absence =
          knowledge == none ? none : absence_after(key, operation, element);
      if (absence != none) return convict_return(key, {member.add, knowledge, remove, absence});
    }
  }
  ++undecided_;
}

void SetJudge::convict_return(std::uint32_t key, const Return& back) {
  ++findings_.resurrected;
  if (!findings_.wants_evidence()) return;
  EvidenceMaker maker(history_,
                      {back.add, back.knowledge, back.remove, back.absence, read_at(key)});
  maker.arrow(back.add, back.knowledge, "reads from");
  maker.arrow(back.knowledge, back.remove, "session order");
  maker.real_time(back.remove, back.absence);
  maker.real_time(back.absence, read_at(key));
  const Value element = at(back.add).value;
  convict(maker, key, "resurrected value", element,
          fmt::format("{} was added once; {}, who {} it, removed it with acknowledgement, and {} "
                      "then saw the set without it; in the end it is there again {}.",
                      history_.values.show(element), who(history_, at(back.remove)),
                      back.knowledge == back.add ? "had added" : "had read",
                      who(history_, at(back.absence)), settled_.everywhere()));
}

// The remover's own call before its remove that tells it of the element.
std::uint32_t SetJudge::knowledge_before(std::uint32_t key, std::uint32_t remove,
                                         std::uint32_t add) const {
  for (const std::uint32_t place : settled_.look.keys.of(key)) {
    if (place >= remove) break;
    const Operation& operation = at(place);
    if (operation.process != at(remove).process || !operation.ok()) continue;
    const bool reads = operation.function == Function::read;
    if (place == add || (reads && holds_element(history_, operation, at(add).value))) return place;
  }
  return none;
}

std::uint32_t SetJudge::absence_after(std::uint32_t key, const Operation& remove,
                                      Value element) const {
  for (const std::uint32_t place : settled_.look.keys.of(key)) {
    const Operation& read = at(place);
    if (read.function == Function::read && read.ok() && read.began > remove.ended &&
        !holds_element(history_, read, element))
      return place;
  }
  return none;
}

void SetJudge::convict(EvidenceMaker& maker, std::uint32_t key, const char* anomaly, Value element,
                       std::string sentence) {
  shorten_lists(history_, maker.places(), element, maker.evidence);
  findings_.evidence.push_back(end_evidence(settled_, maker, key, anomaly, std::move(sentence)));
}

}  // namespace

Findings judge_sets(const Settled& settled, Watch& watch) {
  return SetJudge(settled, watch).judge();
}

}  // namespace tribunal
