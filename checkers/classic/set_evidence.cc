#include "checkers/classic/set_evidence.h"

#include <fmt/core.h>

#include <algorithm>

#include "checkers/exhibits.h"

namespace tribunal {
namespace {

constexpr std::size_t most_shown = 8;  // elements of a read

bool holds(const History& history, const Operation& read, Value value) {
  const auto values = elements_read(history, read);
  return std::find(values.begin(), values.end(), value) != values.end();
}

// One element of one key.
class Story {
 public:
  Story(const History& history, const SetOutcomes& set, std::uint32_t number)
      : history_(history),
        set_(set),
        element_(set.elements[number]),
        value_(set.values.value(number)) {}

  Evidence unexpected() const;
  Evidence missing() const;
  Evidence twice() const;

 private:
  const Operation& at(std::uint32_t place) const { return history_.operations[place]; }
  std::string show() const { return history_.values.show(value_); }
  std::uint32_t first_missing() const;
  Evidence finish(EvidenceMaker& maker, std::string anomaly, std::string sentence,
                  std::uint32_t event) const;

  const History& history_;
  const SetOutcomes& set_;
  const Element& element_;
  Value value_;
};

Evidence Story::finish(EvidenceMaker& maker, std::string anomaly, std::string sentence,
                       std::uint32_t event) const {
  Evidence& evidence = maker.evidence;
  for (std::size_t i = 0; i < maker.places().size(); ++i) {
    const Operation& read = at(maker.places()[i]);
    if (read.function != Function::read) continue;
    const std::size_t size = elements_read(history_, read).size();
    if (size <= most_shown) continue;
    evidence.exhibits[i].text =
        fmt::format("read{} -> {} elements, {} {}",
                    read.key.is_nil() ? "" : " " + history_.values.show(read.key), grouped(size),
                    holds(history_, read, value_) ? "with" : "without", show());
  }
  const Value key = at(maker.places().front()).key;
  evidence.anomaly = std::move(anomaly);
  evidence.key = key.is_nil() ? "" : history_.values.show(key);
  evidence.sentence = std::move(sentence);
  evidence.impossible_at = event;
  return std::move(evidence);
}

Evidence Story::unexpected() const {
  const Operation& read = at(element_.first_read);
  std::vector<std::uint32_t> places = {element_.first_read};
  if (element_.add != Element::none) places.push_back(element_.add);
  EvidenceMaker maker(history_, places);
  const std::string start =
      fmt::format("The read by {} returned {}, ", who(history_, read), show());
  if (element_.add == Element::none) {
    return finish(maker, "unexpected element", start + "which nobody ever tried to add.",
                  read.ended);
  }
  const Operation& add = at(element_.add);
  if (element_.attempt == Element::none) {
    return finish(maker, "failed add seen",
                  start + fmt::format("but its only adds, such as that by {}, certainly failed.",
                                      who(history_, add)),
                  read.ended);
  }
  maker.real_time(element_.first_read, element_.add);
  return finish(maker, "unexpected element",
                start + fmt::format("and was over {} before {} first tried to add it.",
                                    gap(read, add), who(history_, add)),
                read.ended);
}

// The read that began after the element was known and ended first without it.
std::uint32_t Story::first_missing() const {
  std::uint32_t first = Element::none;
  for (const std::uint32_t place : set_.reads) {
    const Operation& read = at(place);
    if (read.began < element_.known() || (first != Element::none && at(first).ended < read.ended))
      continue;
    if (!holds(history_, read, value_)) first = place;
  }
  return first;
}

Evidence Story::missing() const {
  const std::uint32_t absent = first_missing();
  const bool lost = element_.outcome == ElementOutcome::lost;
  const bool by_read = element_.first_read_end < element_.acknowledged;
  std::uint32_t known = element_.add;
  if (by_read) known = element_.first_read;
  std::vector<std::uint32_t> places = {element_.add, known, absent};
  if (!lost) places.push_back(element_.last_present);
  EvidenceMaker maker(history_, places);
  maker.real_time(known, absent);
  if (by_read) maker.arrow(element_.add, known, "reads from");
  std::string sentence = by_read ? fmt::format("The read by {} that returned {} was over",
                                               who(history_, at(known)), show())
                                 : fmt::format("The add of {} by {} was acknowledged", show(),
                                               who(history_, at(known)));
  sentence += fmt::format(" {} before {}'s read was sent, yet that read lacks it",
                          gap(at(known), at(absent)), who(history_, at(absent)));
  sentence += lost ? ", and no later read has it." : ", though a later one has it again.";
  return finish(maker, lost ? "lost element" : "stale read", std::move(sentence), at(absent).ended);
}

Evidence Story::twice() const {
  const Operation& read = at(element_.twice_in);
  std::vector<std::uint32_t> places = {element_.twice_in};
  if (element_.add != Element::none) places.push_back(element_.add);
  EvidenceMaker maker(history_, places);
  const auto values = elements_read(history_, read);
  const auto times = std::count(values.begin(), values.end(), value_);
  return finish(maker, "duplicated element",
                fmt::format("The read by {} returned {} {} times; a set holds an element once.",
                            who(history_, read), show(), times),
                read.ended);
}

}  // namespace

Evidence set_evidence(const History& history, const SetOutcomes& set, std::uint32_t element) {
  const Story story(history, set, element);
  return set.elements[element].outcome == ElementOutcome::unexpected ? story.unexpected()
                                                                     : story.missing();
}

Evidence duplicate_evidence(const History& history, const SetOutcomes& set, std::uint32_t element) {
  return Story(history, set, element).twice();
}

}  // namespace tribunal
