#include "checkers/linearizability/reduction.h"

#include <algorithm>
#include <functional>

#include "checkers/flat_index.h"
#include "checkers/linearizability/entries.h"
#include "checkers/linearizability/reduction_evidence.h"

namespace tribunal {
namespace {

constexpr std::uint64_t most_steps = 4'000'000;
constexpr std::size_t handful = 12;
constexpr std::size_t small = 60;  // entries that are worth reducing one by one

using Entries = std::vector<Entry>;

// A reader wants few operations, but not so few that all lies in what was possible before them.
std::size_t rank(std::size_t entries) {
  if (entries < 3) return handful + 3 - entries;
  return entries <= handful ? entries : entries + 3;
}

class Reduction {
 public:
  Reduction(const History& history, StateSpace& space, Entries entries, std::uint32_t impossible_at,
            Watch& watch)
      : history_(history), space_(space), impossible_at_(impossible_at), watch_(watch) {
    left_.entries = std::move(entries);
  }

  Reduced reduce();

 private:
  const Operation& at(const Entry& entry) const { return history_.operations[entry.place]; }
  bool exhausted() { return steps_ >= most_steps || watch_.look(); }
  SearchResult searched(const Entries& entries, std::vector<std::uint32_t> look_after);
  bool impossible(const Entries& entries);
  bool keep_if_impossible(const std::function<bool(const Entry&)>& drops);

  void drop();
  void drop_parts();
  void drop_singles();
  void drop_unobserved();
  bool observed(const Entry& entry) const;
  bool expendable(const Entry& entry) const;
  void cut_window();
  Reduced window(const Entries& entries, const Possibilities& then) const;

  const History& history_;
  StateSpace& space_;
  Reduced left_;
  std::uint32_t impossible_at_;
  Watch& watch_;
  std::uint64_t steps_ = 0;
};

Reduced Reduction::reduce() {
  if (left_.entries.size() <= small) drop();
  if (left_.entries.size() > handful) cut_window();
  return std::move(left_);
}

SearchResult Reduction::searched(const Entries& entries, std::vector<std::uint32_t> look_after) {
  SearchTask task;
  task.entries = entries;
  task.starts = left_.starts;
  task.most_steps = most_steps - std::min(most_steps, steps_);
  task.look_after = std::move(look_after);
  SearchResult result = search(space_, task, watch_);
  steps_ += result.steps + entries.size() / 16 + 1;
  return result;
}

bool Reduction::impossible(const Entries& entries) {
  return !exhausted() && searched(entries, {}).answer == SearchResult::Answer::impossible;
}

bool Reduction::keep_if_impossible(const std::function<bool(const Entry&)>& drops) {
  Entries left;
  std::remove_copy_if(left_.entries.begin(), left_.entries.end(), std::back_inserter(left), drops);
  if (left.size() == left_.entries.size() || !impossible(left)) return false;
  left_.entries = std::move(left);
  return true;
}

void Reduction::drop() {
  for (std::size_t before = 0; before != left_.entries.size() && !exhausted();) {
    before = left_.entries.size();
    drop_parts();
    drop_singles();
    drop_unobserved();
  }
}

// A part and all that operations link it to can be left out together: what stays never met it.
void Reduction::drop_parts() {
  FlatIndex values;
  values.reset(64);
  std::vector<std::uint32_t> leaders;
  const auto leader = [&](Value value) {
    std::uint32_t id = values.number(value);
    if (id == leaders.size()) leaders.push_back(id);
    while (leaders[id] != id) id = leaders[id] = leaders[leaders[id]];
    return id;
  };
  for (const Entry& entry : left_.entries) {
    const std::vector<Value> parts = space_.parts(at(entry));
    for (const Value part : parts) leaders[leader(part)] = leader(parts.front());
  }
  const auto groups = static_cast<std::uint32_t>(leaders.size());
  for (std::uint32_t group = 0; group < groups; ++group) {
    if (leaders[group] != group) continue;
    keep_if_impossible([&](const Entry& entry) {
      const std::vector<Value> parts = space_.parts(at(entry));
      return !parts.empty() && leader(parts.front()) == group;
    });
  }
}

bool Reduction::observed(const Entry& entry) const {
  const auto value = space_.leaves(at(entry));
  return !value || std::any_of(left_.entries.begin(), left_.entries.end(), [&](const Entry& other) {
    return other.place != entry.place && space_.observes(at(other)) == value;
  });
}

// Whether it can be left out alone: it only looks, or it overwrites what nobody observes.
bool Reduction::expendable(const Entry& entry) const {
  const Move& move = space_.move(entry.move);
  return move.only_looks || (move.overwrites && !observed(entry));
}

// In halves first, since most do not matter.
void Reduction::drop_singles() {
  Entries singles;
  std::copy_if(left_.entries.begin(), left_.entries.end(), std::back_inserter(singles),
               [this](const Entry& entry) { return expendable(entry); });
  for (std::size_t chunk = std::max<std::size_t>(1, singles.size() / 2); !singles.empty();
       chunk = chunk / 2) {
    for (std::size_t first = 0; first < singles.size() && !exhausted(); first += chunk) {
      const std::uint32_t low = singles[first].place;
      const std::uint32_t high = singles[std::min(singles.size(), first + chunk) - 1].place;
      keep_if_impossible([&](const Entry& entry) {
        return entry.place >= low && entry.place <= high && expendable(entry);
      });
    }
    if (chunk <= 1) break;
  }
}

// Lost operations whose value nobody observes any more never mattered.
void Reduction::drop_unobserved() {
  for (std::size_t before = 0; before != left_.entries.size();) {
    before = left_.entries.size();
    const auto unseen = std::find_if(
        left_.entries.begin(), left_.entries.end(),
        [this](const Entry& e) { return e.ended == Operation::never && !observed(e); });
    if (unseen != left_.entries.end()) left_.entries.erase(unseen);
  }
}

// Leaves out what was over at a moment, and says instead what was possible then: the later the
// moment, the less is left.
void Reduction::cut_window() {
  std::vector<std::uint32_t> ends, moments;
  for (const Entry& entry : left_.entries) {
    if (entry.ended < impossible_at_) ends.push_back(entry.ended);
  }
  std::sort(ends.begin(), ends.end());
  for (std::size_t back = 1; back <= std::min<std::size_t>(ends.size(), 300); back += 1 + back / 4)
    moments.push_back(ends[ends.size() - back]);
  std::reverse(moments.begin(), moments.end());
  const Entries all = left_.entries;
  SearchResult result = searched(all, moments);
  steps_ = 0;
  Reduced best = left_;
  std::reverse(result.possibilities.begin(), result.possibilities.end());
  for (const Possibilities& then : result.possibilities) {
    left_ = window(all, then);
    if (!impossible(left_.entries)) continue;
    drop();
    if (rank(left_.entries.size()) < rank(best.entries.size())) best = left_;
    if (rank(best.entries.size()) <= handful || exhausted()) break;
  }
  left_ = std::move(best);
}

// Looser than what was: whether an open operation had taken effect is not tied to the state.
Reduced Reduction::window(const Entries& entries, const Possibilities& then) const {
  Reduced window;
  window.starts = then.states;
  window.from = then.event;
  for (std::size_t i = 0; i < then.open.size(); ++i) {
    Entry entry = entries[then.open[i]];
    if (!then.may_be_left[i]) continue;
    if (then.may_be_done[i] && entry.ended != Operation::never) {
      if (space_.move(entry.move).only_looks) continue;
      entry.retires = std::exchange(entry.ended, Operation::never);
    }
    window.entries.push_back(entry);
  }
  std::copy_if(entries.begin(), entries.end(), std::back_inserter(window.entries),
               [&](const Entry& entry) { return entry.began > then.event; });
  return window;
}

}  // namespace

Reduced reduced(const History& history, StateSpace& space,
                std::span<const std::uint32_t> operations, std::uint32_t impossible_at,
                Watch& watch) {
  return Reduction(history, space, entries_of(history, space, operations, impossible_at),
                   impossible_at, watch)
      .reduce();
}

Evidence reduction(const History& history, StateSpace& space,
                   std::span<const std::uint32_t> operations, std::uint32_t impossible_at,
                   Watch& watch) {
  const Reduced left = reduced(history, space, operations, impossible_at, watch);
  return evidence_of(history, space, left, impossible_at, watch);
}

}  // namespace tribunal
