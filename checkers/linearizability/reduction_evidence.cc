#include "checkers/linearizability/reduction_evidence.h"

#include <fmt/core.h>

#include <algorithm>

#include "checkers/exhibits.h"
#include "harness/record/figure.h"

namespace tribunal {
namespace {

constexpr std::size_t most_exhibits = 12;
constexpr std::uint64_t most_steps = 100'000;  // of one question
constexpr std::size_t most_shown = 3;          // states, and operations under way

std::string either(const std::vector<std::string>& words, const std::string& last) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i)
    text += (i == 0 ? "" : i + 1 == words.size() ? " " + last + " " : ", ") + words[i];
  return text;
}

class Telling {
 public:
  Telling(const History& history, StateSpace& space, const Reduced& left,
          std::uint32_t impossible_at, Watch& watch)
      : history_(history),
        space_(space),
        left_(left),
        impossible_at_(impossible_at),
        search_(history, space, watch) {
    const auto found =
        std::find_if(left_.entries.begin(), left_.entries.end(), [&](const Entry& entry) {
          return history_.operations[entry.place].ended == impossible_at;
        });
    stuck_ = found == left_.entries.end() ? left_.entries.back() : *found;
  }

  Evidence tell();

 private:
  const Operation& at(const Entry& entry) const { return history_.operations[entry.place]; }
  const Operation& stuck() const { return at(stuck_); }
  std::vector<Entry> widened();
  void add_arrows(EvidenceMaker& maker);
  std::vector<std::uint32_t> shown() const;
  void find_source();
  const Entry* last_before() const;
  std::vector<std::string> under_way() const;
  std::string could_be();
  std::string anomaly() const;
  std::string sentence(std::size_t shown);
  std::string alone() const;
  std::string premise() const;
  std::string the(const Operation& operation) const {
    return fmt::format("'{}' by {}", shortened(history_.show(operation)), who(history_, operation));
  }

  const History& history_;
  StateSpace& space_;
  const Reduced& left_;
  std::uint32_t impossible_at_;
  ReducedSearch search_;
  Entry stuck_;
  bool sourced_ = false;
  Entry source_;  // sourced: what last left the value that the stuck one found, before all others
};

// The same entries, each begun as early and ended as late as leaves them impossible.
std::vector<Entry> Telling::widened() {
  Reduced wide = left_;
  for (Entry& entry : wide.entries) {
    const Entry original = entry;
    if (entry.ended != Operation::never) entry.ended = Operation::never - 1;
    if (!search_.impossible(wide, most_steps)) entry.ended = original.ended;
    entry.began = 0;
    if (!search_.impossible(wide, most_steps)) entry.began = original.began;
  }
  return wide.entries;
}

void Telling::add_arrows(EvidenceMaker& maker) {
  const std::vector<Entry> wide = widened();
  for (const Entry& a : wide) {
    for (const Entry& b : wide) {
      const bool direct =
          a.ended < b.began && std::none_of(wide.begin(), wide.end(), [&](const Entry& middle) {
            return a.ended < middle.began && middle.ended < b.began;
          });
      if (direct) maker.real_time(a.place, b.place);
    }
  }
  if (!sourced_) return;
  const auto first = std::min_element(
      left_.entries.begin(), left_.entries.end(), [&](const Entry& a, const Entry& b) {
        return (a.began < source_.ended ? Operation::never : a.began) <
               (b.began < source_.ended ? Operation::never : b.began);
      });
  maker.real_time(source_.place, first->place);
}

// Who last left what the stuck one found, if that was over before all that is left: shown, since a
// reader asks for it. What is left must stay impossible with it.
void Telling::find_source() {
  const auto value = space_.observes(stuck());
  if (left_.beginning != Beginning::any || !value || left_.entries.size() == most_exhibits) return;
  for (std::uint32_t place = 0; place < history_.operations.size(); ++place) {
    const Operation& one = history_.operations[place];
    if (one.key != stuck().key || !one.ok() || one.ended > left_.from ||
        space_.leaves(one) != value || (sourced_ && one.ended < source_.ended))
      continue;
    sourced_ = true;
    source_ = {place, one.began, one.ended, Operation::never, space_.move_of(one)};
  }
  if (!sourced_) return;
  Reduced with;
  with.entries = left_.entries;
  with.entries.insert(
      std::upper_bound(with.entries.begin(), with.entries.end(), source_,
                       [](const Entry& a, const Entry& b) { return a.began < b.began; }),
      source_);
  sourced_ = search_.impossible(with, most_steps);
}

// All if they are few; else those that must take effect, the latest first.
std::vector<std::uint32_t> Telling::shown() const {
  std::vector<Entry> order = left_.entries;
  std::stable_sort(order.begin(), order.end(), [this](const Entry& a, const Entry& b) {
    const bool a_must = a.ended != Operation::never && !a.optional;
    const bool b_must = b.ended != Operation::never && !b.optional;
    if (a_must != b_must) return a_must;
    if ((a.place == stuck_.place) != (b.place == stuck_.place)) return a.place == stuck_.place;
    return a.began > b.began;
  });
  if (order.size() > most_exhibits) order.resize(most_exhibits);
  std::vector<std::uint32_t> places;
  for (const Entry& entry : order) places.push_back(entry.place);
  if (sourced_) places.push_back(source_.place);
  return places;
}

// The last to end before the stuck one began; null: none did.
const Entry* Telling::last_before() const {
  const Entry* last = nullptr;
  for (const Entry& entry : left_.entries) {
    if (entry.ended < stuck_.began && (last == nullptr || entry.ended > last->ended)) last = &entry;
  }
  return last;
}

// What may have taken effect between the beginning and the end of the stuck one, or just before.
std::vector<std::string> Telling::under_way() const {
  std::vector<std::string> names;
  for (const Entry& entry : left_.entries) {
    if (entry.place == stuck_.place || entry.ended < stuck_.began ||
        space_.move(entry.move).only_looks)
      continue;
    names.push_back(the(at(entry)));
  }
  return names;
}

// "1 or 2"; empty: there is no telling.
std::string Telling::could_be() {
  std::vector<std::uint32_t> states;
  const Entry* last = last_before();
  if (last == nullptr) {
    if (left_.beginning != Beginning::any) states = search_.starts(left_);
  } else {
    const SearchResult result = search_.look(left_, most_steps, {last->ended});
    if (!result.possibilities.empty()) states = result.possibilities.front().states;
  }
  if (states.size() > most_shown) return {};
  std::vector<std::string> words;
  for (const std::uint32_t state : states) words.push_back(shortened(space_.show(state)));
  return either(words, "or");
}

std::string Telling::anomaly() const {
  if (stuck().function == Function::acquire) return "lock granted twice";
  const auto value = space_.observes(stuck());
  if (left_.entries.size() == 1 && left_.beginning == Beginning::first && value)
    return "value from nowhere";
  return sourced_ ? "stale read" : "no order";
}

std::string Telling::alone() const {
  if (!space_.observes(stuck())) {
    return fmt::format("{} fits nothing that anyone had begun to do{}.", the(stuck()),
                       of_key(history_, stuck().key));
  }
  return fmt::format("{} found {}, which nobody had begun to write.", the(stuck()),
                     shortened(history_.values.show(stuck().value)));
}

// What a reader has to believe, since what shows it is too much to be shown.
std::string Telling::premise() const {
  if (left_.beginning != Beginning::known) return {};
  std::vector<std::string> words;
  const std::size_t count = left_.starts.size();
  for (std::size_t i = 0; i < std::min(count, most_shown); ++i)
    words.push_back(shortened(space_.show(left_.starts[i])));
  if (count > most_shown)
    words.push_back(fmt::format("one of {} more states", grouped(count - most_shown)));
  return fmt::format("After event {} the state can only have been {}. ", left_.from,
                     either(words, "or"));
}

std::string Telling::sentence(std::size_t shown) {
  const std::size_t all = left_.entries.size() + (sourced_ ? 1 : 0);
  if (all == 1 && left_.beginning == Beginning::first) return alone();
  const bool lock = stuck().function == Function::acquire || stuck().function == Function::release;
  const std::string object = (lock ? "the lock" : "the value") + of_key(history_, stuck().key);
  const auto value = space_.observes(stuck());
  const std::string found = value ? shortened(history_.values.show(*value)) : "";
  std::string text = premise();
  const std::string states = could_be();
  const Entry* last = last_before();
  if (!states.empty() && last != nullptr) {
    const std::string wait = gap(at(*last), stuck());
    text +=
        fmt::format("When {} was sent, {} could only be {}: {} was over {}before. ", the(stuck()),
                    object, states, the(at(*last)), wait == "just" ? "" : wait + " ");
  } else if (!states.empty() && left_.beginning == Beginning::first) {
    text += fmt::format("At first {} was {}. ", object, states);
  }
  if (sourced_) {
    const Operation& source = at(source_);
    text +=
        fmt::format("The last to leave {} before, {}, was replaced by then. ", found, the(source));
  }
  const std::vector<std::string> others = under_way();
  const std::string result = value ? "makes it " + found : "lets it succeed";
  if (others.empty()) {
    text += fmt::format("Nothing else was under way that {}.", value ? "leaves " + found : result);
  } else if (others.size() <= most_shown) {
    text +=
        fmt::format("Only {} {} under way besides, and no order of {} that real time allows {}.",
                    either(others, "and"), others.size() == 1 ? "was" : "were",
                    others.size() == 1 ? "the two" : "them", result);
  } else {
    text += fmt::format(
        "{} fits nowhere: no order of the {} other operations{} that real time allows {}.",
        the(stuck()), grouped(all - 1),
        all > shown ? fmt::format(" ({} are shown)", shown - 1) : "", result);
  }
  return text;
}

Evidence Telling::tell() {
  find_source();
  const std::vector<std::uint32_t> places = shown();
  EvidenceMaker maker(history_, places);
  if (places.size() >= left_.entries.size()) add_arrows(maker);
  const Value key = stuck().key;
  maker.evidence.anomaly = anomaly();
  maker.evidence.key = key.is_nil() ? "" : history_.values.show(key);
  maker.evidence.impossible_at = impossible_at_;
  maker.evidence.sentence = sentence(places.size());
  return std::move(maker.evidence);
}

}  // namespace

Evidence evidence_of(const History& history, StateSpace& space, const Reduced& left,
                     std::uint32_t impossible_at, Watch& watch) {
  return Telling(history, space, left, impossible_at, watch).tell();
}

}  // namespace tribunal
