#include "checkers/linearizability/reduction.h"

#include <algorithm>
#include <functional>

#include "checkers/flat_index.h"
#include "checkers/linearizability/entries.h"
#include "checkers/linearizability/reduction_evidence.h"

namespace tribunal {
namespace {

constexpr std::uint64_t most_steps = 40'000;  // of all questions asked on the way to one result
constexpr std::size_t handful = 12;
constexpr std::size_t few = 6;
constexpr std::size_t small = 60;        // entries that are worth reducing one by one
constexpr std::size_t widest_any = 200;  // entries of a window that may begin in any state

using Entries = std::vector<Entry>;

// A reader wants few operations, but not so few that all lies in what was possible before them.
std::size_t rank(const Reduced& left) {
  const std::size_t count = left.entries.size();
  if (left.beginning == Beginning::known) return count < 3 ? handful + 3 - count : count + 3;
  return count;
}

// Leaves out what can be left out, one thing after the other.
class Dropping {
 public:
  Dropping(const History& history, StateSpace& space, ReducedSearch& search, Reduced& left)
      : history_(history), space_(space), search_(search), left_(left), since_(search.steps()) {}

  void drop();
  // Leaves out all parts but that of the last operation.
  void drop_other_parts();

 private:
  const Operation& at(const Entry& entry) const { return history_.operations[entry.place]; }
  std::uint64_t spent() const { return search_.steps() - since_; }
  bool exhausted() const { return spent() >= most_steps; }
  bool keep_if_impossible(const std::function<bool(const Entry&)>& drops);
  std::vector<std::uint32_t> groups();
  void drop_parts();
  void drop_singles();
  void drop_unobserved();
  bool observed(const Entry& entry) const;
  bool expendable(const Entry& entry) const;

  const History& history_;
  StateSpace& space_;
  ReducedSearch& search_;
  Reduced& left_;
  std::uint64_t since_;
};

bool Dropping::keep_if_impossible(const std::function<bool(const Entry&)>& drops) {
  Reduced less = left_;
  std::erase_if(less.entries, drops);
  if (exhausted() || less.entries.size() == left_.entries.size() || less.entries.empty() ||
      !search_.impossible(less, most_steps - spent()))
    return false;
  left_ = std::move(less);
  return true;
}

void Dropping::drop() {
  for (std::size_t before = 0; before != left_.entries.size() && !exhausted();) {
    before = left_.entries.size();
    drop_parts();
    drop_singles();
    drop_unobserved();
  }
}

// A number for each entry, the same for those whose parts operations link; none: it has no parts.
std::vector<std::uint32_t> Dropping::groups() {
  FlatIndex values;
  values.reset(64);
  std::vector<std::uint32_t> leaders, groups;
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
  for (const Entry& entry : left_.entries) {
    const std::vector<Value> parts = space_.parts(at(entry));
    groups.push_back(parts.empty() ? FlatIndex::none : leader(parts.front()));
  }
  return groups;
}

void Dropping::drop_other_parts() {
  const std::vector<std::uint32_t> all = groups();
  const Entry* begin = left_.entries.data();
  const auto last = std::max_element(left_.entries.begin(), left_.entries.end(),
                                     [](const Entry& a, const Entry& b) {
                                       return (a.ended == Operation::never ? 0 : a.ended) <
                                              (b.ended == Operation::never ? 0 : b.ended);
                                     });
  const std::uint32_t group = all[static_cast<std::size_t>(&*last - begin)];
  std::vector<bool> others(history_.operations.size());
  for (std::size_t i = 0; i < all.size(); ++i)
    others[begin[i].place] = all[i] != group && all[i] != FlatIndex::none;
  keep_if_impossible([&](const Entry& entry) { return others[entry.place]; });
}

// A part and all that operations link it to can be left out together: what stays never met it.
void Dropping::drop_parts() {
  std::vector<std::uint32_t> group_of(history_.operations.size(), FlatIndex::none);
  std::vector<std::uint32_t> all = groups();
  for (std::size_t i = 0; i < all.size(); ++i) group_of[left_.entries[i].place] = all[i];
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  for (const std::uint32_t group : all) {
    if (group != FlatIndex::none)
      keep_if_impossible([&](const Entry& entry) { return group_of[entry.place] == group; });
  }
}

bool Dropping::observed(const Entry& entry) const {
  const auto value = space_.leaves(at(entry));
  return !value || std::any_of(left_.entries.begin(), left_.entries.end(), [&](const Entry& other) {
    return other.place != entry.place && space_.observes(at(other)) == value;
  });
}

// Whether it can be left out alone: it only looks, or it overwrites what nobody observes.
bool Dropping::expendable(const Entry& entry) const {
  const Move& move = space_.move(entry.move);
  return move.only_looks || (move.overwrites && !observed(entry));
}

// In halves first, since most do not matter.
void Dropping::drop_singles() {
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
void Dropping::drop_unobserved() {
  for (std::size_t before = 0; before != left_.entries.size();) {
    before = left_.entries.size();
    const auto unseen =
        std::find_if(left_.entries.begin(), left_.entries.end(), [this](const Entry& e) {
          return (e.ended == Operation::never || e.optional) && !observed(e);
        });
    if (unseen != left_.entries.end()) left_.entries.erase(unseen);
  }
}

class Reduction {
 public:
  Reduction(const History& history, StateSpace& space, Entries entries, std::uint32_t impossible_at,
            Watch& watch)
      : history_(history),
        space_(space),
        whole_(std::move(entries)),
        impossible_at_(impossible_at),
        watch_(watch),
        search_(history, space, watch) {
    best_.entries = whole_;
    for (const Entry& entry : whole_) {
      if (entry.ended < impossible_at_) ends_.push_back(entry.ended);
    }
    std::sort(ends_.begin(), ends_.end());
  }

  Reduced reduce();

 private:
  void take(Reduced left);
  void drop_other_parts();
  void from_the_first();
  void from_any_state();
  void from_known_states();
  std::size_t first_impossible_window();
  Reduced window(std::uint32_t event) const;
  Reduced known_window(const Possibilities& then) const;
  void open_up(Entries& entries, Entry entry) const;

  const History& history_;
  StateSpace& space_;
  Entries whole_;
  std::uint32_t impossible_at_;
  Watch& watch_;
  ReducedSearch search_;
  Reduced best_;
  std::vector<std::uint32_t> ends_;  // before impossible_at_, sorted
};

Reduced Reduction::reduce() {
  drop_other_parts();
  if (best_.entries.size() > few) from_any_state();
  if (rank(best_) > few && !watch_.look()) from_the_first();
  if (rank(best_) > handful && !watch_.look()) from_known_states();
  return std::move(best_);
}

// Drops what can be dropped, and remembers the result if it is better.
void Reduction::take(Reduced left) {
  Dropping(history_, space_, search_, left).drop();
  if (rank(left) < rank(best_)) best_ = std::move(left);
}

void Reduction::drop_other_parts() {
  Dropping(history_, space_, search_, best_).drop_other_parts();
}

void Reduction::from_the_first() {
  Reduced left;
  left.entries = whole_;
  Dropping(history_, space_, search_, left).drop_other_parts();
  if (left.entries.size() <= small) take(std::move(left));
}

// An open operation, as seen from within: nobody knows whether it has taken effect.
void Reduction::open_up(Entries& entries, Entry entry) const {
  if (space_.move(entry.move).only_looks) return;
  entry.optional = true;
  entries.push_back(entry);
}

Reduced Reduction::window(std::uint32_t event) const {
  Reduced window;
  window.beginning = Beginning::any;
  window.from = event;
  for (const Entry& entry : whole_) {
    if (entry.began > event) {
      window.entries.push_back(entry);
    } else if (entry.ended > event && entry.retires > event) {
      open_up(window.entries, entry);
    }
  }
  return window;
}

// How many completions back the latest moment lies after which nothing is possible in any state: an
// earlier moment leaves more, so that it can be found by doubling and halving. 0: there is none.
std::size_t Reduction::first_impossible_window() {
  const auto impossible = [this](std::size_t back) {
    const Reduced left = window(ends_[ends_.size() - back]);
    return left.entries.size() <= widest_any && search_.impossible(left, most_steps / 10);
  };
  std::size_t possible = 0, back = 1;
  for (; back <= ends_.size() && !impossible(back); back *= 2) {
    if (window(ends_[ends_.size() - back]).entries.size() > widest_any || watch_.look()) return 0;
    possible = back;
  }
  if (back > ends_.size()) {
    back = ends_.size();
    if (back == possible || !impossible(back)) return 0;
  }
  while (back - possible > 1 && !watch_.look()) {
    const std::size_t middle = possible + (back - possible) / 2;
    (impossible(middle) ? back : possible) = middle;
  }
  return back;
}

void Reduction::from_any_state() {
  const std::size_t back = ends_.empty() ? 0 : first_impossible_window();
  if (back != 0) take(window(ends_[ends_.size() - back]));
}

// Says what was possible at a moment instead of what was over then: the later, the less is left.
void Reduction::from_known_states() {
  std::vector<std::uint32_t> moments;
  for (std::size_t back = 1; back <= std::min<std::size_t>(ends_.size(), 300); back += 1 + back / 4)
    moments.push_back(ends_[ends_.size() - back]);
  std::reverse(moments.begin(), moments.end());
  Reduced all;
  all.entries = whole_;
  SearchResult result = search_.look(all, 100 * most_steps, moments);
  std::reverse(result.possibilities.begin(), result.possibilities.end());
  const std::uint64_t since = search_.steps();
  for (const Possibilities& then : result.possibilities) {
    Reduced left = known_window(then);
    if (search_.impossible(left, most_steps)) take(std::move(left));
    if (rank(best_) <= handful || search_.steps() - since > most_steps || watch_.look()) break;
  }
}

// Looser than what was: whether an open operation had taken effect is not tied to the state.
Reduced Reduction::known_window(const Possibilities& then) const {
  Reduced window;
  window.beginning = Beginning::known;
  window.starts = then.states;
  window.from = then.event;
  for (std::size_t i = 0; i < then.open.size(); ++i) {
    if (!then.may_be_left[i]) continue;
    const Entry& entry = whole_[then.open[i]];
    if (then.may_be_done[i]) {
      open_up(window.entries, entry);
    } else {
      window.entries.push_back(entry);
    }
  }
  std::copy_if(whole_.begin(), whole_.end(), std::back_inserter(window.entries),
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
