#include "checkers/linearizability/reduction_evidence.h"

#include <fmt/core.h>

#include <algorithm>

#include "checkers/exhibits.h"
#include "harness/record/figure.h"

namespace tribunal {
namespace {

constexpr std::size_t most_exhibits = 12;
constexpr std::uint64_t most_steps = 100'000;  // of one question
constexpr std::size_t most_shown = 4;          // states

class Telling {
 public:
  Telling(const History& history, StateSpace& space, const Reduced& left,
          std::uint32_t impossible_at, Watch& watch)
      : history_(history),
        space_(space),
        left_(left),
        impossible_at_(impossible_at),
        watch_(watch) {}

  Evidence tell();

 private:
  bool impossible(const std::vector<Entry>& entries);
  std::vector<Entry> widened();
  void add_arrows(EvidenceMaker& maker);
  std::vector<std::uint32_t> shown() const;
  std::string before() const;
  std::string sentence(const Operation& stuck, std::size_t shown) const;

  const History& history_;
  StateSpace& space_;
  const Reduced& left_;
  std::uint32_t impossible_at_;
  Watch& watch_;
};

bool Telling::impossible(const std::vector<Entry>& entries) {
  SearchTask task;
  task.entries = entries;
  task.starts = left_.starts;
  task.most_steps = most_steps;
  return search(space_, task, watch_).answer == SearchResult::Answer::impossible;
}

// The same entries, each begun as early and ended as late as leaves them impossible.
std::vector<Entry> Telling::widened() {
  std::vector<Entry> wide = left_.entries;
  for (Entry& entry : wide) {
    const Entry original = entry;
    if (entry.ended != Operation::never) entry.ended = Operation::never - 1;
    if (!impossible(wide)) entry.ended = original.ended;
    entry.began = 0;
    if (!impossible(wide)) entry.began = original.began;
  }
  return wide;
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
}

// All if they are few; else those that must take effect, the latest first.
std::vector<std::uint32_t> Telling::shown() const {
  std::vector<Entry> order = left_.entries;
  std::stable_sort(order.begin(), order.end(), [this](const Entry& a, const Entry& b) {
    const bool a_must = a.ended != Operation::never, b_must = b.ended != Operation::never;
    if (a_must != b_must) return a_must;
    if ((a.ended == impossible_at_) != (b.ended == impossible_at_))
      return a.ended == impossible_at_;
    return a.began > b.began;
  });
  if (order.size() > most_exhibits) order.resize(most_exhibits);
  std::vector<std::uint32_t> places;
  for (const Entry& entry : order) places.push_back(entry.place);
  return places;
}

// "Before them 1 or 2 was all that was possible. ".
std::string Telling::before() const {
  if (left_.starts.empty()) return {};
  std::string states;
  const std::size_t count = left_.starts.size();
  for (std::size_t i = 0; i < std::min(count, most_shown); ++i) {
    std::string state = space_.show(left_.starts[i]);
    if (state.size() > 80) state = state.substr(0, 77) + "...";
    states += (i == 0 ? "" : i + 1 == count ? " or " : ", ") + state;
  }
  if (count > most_shown) states += fmt::format(" or one of {} more", grouped(count - most_shown));
  return fmt::format("After event {} the state can only have been {}. ", left_.from, states);
}

std::string Telling::sentence(const Operation& stuck, std::size_t shown) const {
  const std::size_t all = left_.entries.size();
  const std::string start =
      fmt::format("{}'{}' by {} ", before(), history_.show(stuck), who(history_, stuck));
  const std::string object = of_key(history_, stuck.key);
  if (all == 1 && left_.starts.empty()) {
    const bool nowhere = space_.observes(stuck).has_value();
    return start + (nowhere ? fmt::format("found {}, which nobody had begun to write.",
                                          history_.values.show(stuck.value))
                            : "fits nothing that anyone had begun to do" + object + ".");
  }
  if (all == 1) return start + "fits none of that.";
  return start + fmt::format(
                     "fits nowhere{}: no order of the {} other operations{} that real time allows "
                     "leaves what it found.",
                     object, grouped(all - 1),
                     all > shown ? fmt::format(" ({} are shown)", shown - 1) : "");
}

Evidence Telling::tell() {
  const std::vector<std::uint32_t> places = shown();
  EvidenceMaker maker(history_, places);
  if (places.size() == left_.entries.size()) add_arrows(maker);
  const auto stuck =
      std::find_if(left_.entries.begin(), left_.entries.end(),
                   [&](const Entry& entry) { return entry.ended == impossible_at_; });
  const Operation& operation =
      history_.operations[stuck == left_.entries.end() ? left_.entries.back().place : stuck->place];
  const bool alone = left_.entries.size() == 1 && left_.starts.empty();
  maker.evidence.anomaly = alone && space_.observes(operation) ? "value from nowhere" : "no order";
  maker.evidence.key = operation.key.is_nil() ? "" : history_.values.show(operation.key);
  maker.evidence.impossible_at = impossible_at_;
  maker.evidence.sentence = sentence(operation, places.size());
  return std::move(maker.evidence);
}

}  // namespace

Evidence evidence_of(const History& history, StateSpace& space, const Reduced& left,
                     std::uint32_t impossible_at, Watch& watch) {
  return Telling(history, space, left, impossible_at, watch).tell();
}

}  // namespace tribunal
