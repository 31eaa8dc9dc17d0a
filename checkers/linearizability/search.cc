#include "checkers/linearizability/search.h"

#include <algorithm>
#include <optional>

#include "checkers/linearizability/layer.h"
#include "checkers/linearizability/open_operations.h"
#include "checkers/linearizability/outdoing.h"

namespace tribunal {
namespace {

// Entries, their two events, and what is open of them.
constexpr std::size_t bytes_an_entry = sizeof(Entry) + 2 * sizeof(SearchEvent) + 8;

template <std::size_t words>
class Search {
 public:
  Search(StateSpace& space, const SearchTask& task, std::span<const SearchEvent> events,
         Watch& watch)
      : space_(space), task_(task), events_(events), watch_(watch), open_(space, task.entries) {}

  SearchResult run();

 private:
  using Answer = SearchResult::Answer;
  using Item = Configuration<words>;
  using Bits = std::array<std::uint64_t, words>;

  using Order = Outdoing<words>;

  static bool has(const Item& item, const Slot& slot) { return Order::has(item, slot); }
  static void set(Item& item, const Slot& slot) {
    item.done[slot.place / 64] |= std::uint64_t{1} << (slot.place % 64);
  }
  static std::uint64_t field(const Item& item, const Slot& slot) {
    return Order::field(item, slot);
  }
  static void clear(Item& item, const Slot& slot) {
    const std::uint64_t ones = (std::uint64_t{1} << slot.width) - 1;
    item.done[slot.place / 64] &= ~(ones << (slot.place % 64));
  }
  static void take(Item& item, const Slot& slot) {
    item.done[slot.place / 64] += std::uint64_t{1} << (slot.place % 64);
  }
  // Whether one more can take effect now; and whether it can have done so just before `since`.
  static bool left(const Item& item, const Slot& slot);
  static bool left_at(const Item& item, const Slot& slot, std::uint32_t since);
  bool twin_done(const Item& item, const Slot& slot) const {
    return slot.twin_first == Slot::none || has(item, open_.slot(slot.twin_first));
  }

  bool fits(std::uint32_t state, std::uint32_t move) {
    return space_.after(state, move) != StateSpace::illegal;
  }
  bool seen(const Item& from, std::uint32_t move);
  void look_around(Item& item);
  void hide(Item& item, const Slot& slot);
  void look_again(const Slot& slot);
  bool complete(const Slot& goal);
  void reach(const Item& item, bool overwritten, const Slot& goal);
  void reach_hidden(const Item& item, const Slot& goal);
  void extend(Item from, bool overwritten, const Slot& goal);
  bool worth_overwriting(const Item& from, std::uint32_t state, const Slot& with, const Slot& goal);
  bool retire(const Slot& slot);
  void keep_states();
  bool exhausted();
  bool affords();
  void tell(std::uint32_t event);

  StateSpace& space_;
  const SearchTask& task_;
  std::span<const SearchEvent> events_;
  Watch& watch_;
  OpenOperations open_;
  std::vector<std::uint32_t> ahead_;  // moves that look, of operations to begin soon
  SearchResult result_;
  Order order_;
  Layer<words> frontier_, spare_, taken_up_;
  std::vector<bool> overwritten_;  // of each taken up: its last step overwrote the state
  std::uint32_t now_ = 0;
  std::uint32_t asked_ = 0;
  bool exhausted_ = false;
};

template <std::size_t words>
bool Search<words>::left(const Item& item, const Slot& slot) {
  return slot.lost ? field(item, slot) < slot.begins.size() : !has(item, slot);
}

template <std::size_t words>
bool Search<words>::left_at(const Item& item, const Slot& slot, std::uint32_t since) {
  if (!slot.lost) return slot.began < since && !has(item, slot);
  const auto before = std::lower_bound(slot.begins.begin(), slot.begins.end(), since);
  return field(item, slot) < static_cast<std::uint64_t>(before - slot.begins.begin());
}

// Whether someone may see what the move leaves before that is overwritten. Where nobody does, it
// does not matter which state it is.
template <std::size_t words>
bool Search<words>::seen(const Item& from, std::uint32_t move) {
  return std::any_of(open_.open().begin(), open_.open().end(),
                     [&](std::uint32_t number) {
                       const Slot& slot = open_.slot(number);
                       return slot.only_looks && !has(from, slot) &&
                              space_.leads(from.state, move, slot.move);
                     }) ||
         std::any_of(ahead_.begin(), ahead_.end(),
                     [&](std::uint32_t look) { return space_.leads(from.state, move, look); });
}

// Every open operation that only looks, and fits, takes effect.
template <std::size_t words>
void Search<words>::look_around(Item& item) {
  for (const std::uint32_t number : open_.open()) {
    const Slot& slot = open_.slot(number);
    if (slot.only_looks && !has(item, slot) && fits(item.state, slot.move)) set(item, slot);
  }
}

template <std::size_t words>
void Search<words>::look_again(const Slot& slot) {
  for (std::size_t i = 0; i < frontier_.size(); ++i) {
    Item& item = frontier_.at(i);
    if (fits(item.state, slot.move)) set(item, slot);
  }
}

// Lets an operation that overwrites have taken effect just before `since`, when the next one
// overwrote it: all that anyone can have met is what it left.
template <std::size_t words>
void Search<words>::hide(Item& item, const Slot& slot) {
  take(item, slot);
  const std::uint32_t left = space_.after(item.state, slot.move);
  for (const std::uint32_t number : open_.open()) {
    const Slot& look = open_.slot(number);
    if (look.only_looks && look.began < item.since && !has(item, look) && fits(left, look.move))
      set(item, look);
  }
}

template <std::size_t words>
void Search<words>::reach(const Item& item, bool overwritten, const Slot& goal) {
  if (has(item, goal)) {
    Item done = item;
    clear(done, goal);
    spare_.add(done, order_);
    return;
  }
  const std::uint32_t place = taken_up_.add(item, order_);
  if (place == Layer<words>::none) return;
  if (overwritten_.size() <= place) overwritten_.resize(place + 1);
  overwritten_[place] = overwritten;
}

// The ways in which the goal can have taken effect just before `since`.
template <std::size_t words>
void Search<words>::reach_hidden(const Item& item, const Slot& goal) {
  if (goal.began >= item.since) return;
  if (goal.hidable) {
    Item hidden = item;
    if (goal.overwrites) hide(hidden, goal);
    clear(hidden, goal);
    spare_.add(hidden, order_);
    return;
  }
  if (!goal.only_looks) return;
  const Slot* best = nullptr;
  for (const std::uint32_t number : open_.open()) {
    const Slot& slot = open_.slot(number);
    if (!slot.overwrites || slot.only_looks || !left_at(item, slot, item.since)) continue;
    if (!fits(space_.after(item.state, slot.move), goal.move)) continue;
    if (best != nullptr && best->move == slot.move && best->ended <= slot.ended) continue;
    if (best == nullptr || best->move == slot.move) {
      best = &slot;
      continue;
    }
    Item hidden = item;
    hide(hidden, slot);
    clear(hidden, goal);
    spare_.add(hidden, order_);
  }
  if (best == nullptr) return;
  Item hidden = item;
  hide(hidden, *best);
  clear(hidden, goal);
  spare_.add(hidden, order_);
}

// Whether someone needs the state that `with` leaves: the goal, or an open operation that changes
// it.
template <std::size_t words>
bool Search<words>::worth_overwriting(const Item& from, std::uint32_t state, const Slot& with,
                                      const Slot& goal) {
  if (with.place == goal.place) return true;
  if (!goal.overwrites && fits(state, goal.move)) return true;
  return std::any_of(open_.open().begin(), open_.open().end(), [&](std::uint32_t number) {
    const Slot& slot = open_.slot(number);
    return !slot.overwrites && !slot.only_looks && left(from, slot) && fits(state, slot.move);
  });
}

template <std::size_t words>
void Search<words>::extend(const Item from, bool overwritten, const Slot& goal) {
  for (const std::uint32_t number : open_.open()) {
    const Slot& slot = open_.slot(number);
    if (exhausted()) return;
    if (slot.only_looks || !left(from, slot) || !twin_done(from, slot)) continue;
    const bool unseen =
        space_.foresees() && (slot.blind || slot.overwrites) && !seen(from, slot.move);
    if (unseen && slot.place != goal.place) continue;
    const std::uint32_t state = unseen ? StateSpace::unseen : space_.after(from.state, slot.move);
    if (state == StateSpace::illegal) continue;
    if (slot.overwrites && (overwritten || !worth_overwriting(from, state, slot, goal))) continue;
    Item to = from;
    take(to, slot);
    if (slot.overwrites) to.since = now_;
    if (state != from.state) {
      to.state = state;
      look_around(to);
    }
    reach(to, slot.overwrites, goal);
  }
}

// Takes up every configuration from which the goal can take effect now. False when there is none,
// or the budget is spent.
template <std::size_t words>
bool Search<words>::complete(const Slot& goal) {
  taken_up_.clear();
  spare_.clear();
  order_.look_at(open_);
  for (std::size_t i = 0; i < frontier_.size(); ++i) {
    if (exhausted()) return false;
    const Item item = frontier_.at(i);
    if (!has(item, goal)) reach_hidden(item, goal);
    if (!has(item, goal) && goal.optional) spare_.add(item, order_);
    reach(item, false, goal);
  }
  for (std::size_t next = 0; next < taken_up_.size(); ++next) {
    if (++result_.steps > task_.most_steps) return false;
    taken_up_.freeze(next + 1);
    extend(taken_up_.at(next), overwritten_[next], goal);
    if (exhausted_) return false;
  }
  std::swap(frontier_, spare_);
  if (frontier_.size() == 0) result_.answer = Answer::impossible;
  return frontier_.size() != 0;
}

template <std::size_t words>
bool Search<words>::retire(const Slot& slot) {
  spare_.clear();
  for (std::size_t i = 0; i < frontier_.size(); ++i) {
    if (exhausted()) return false;
    Item item = frontier_.at(i);
    clear(item, slot);
    spare_.add(item, order_);
  }
  std::swap(frontier_, spare_);
  return true;
}

// Whether time or memory is spent: to be asked at every step that makes a configuration.
template <std::size_t words>
bool Search<words>::exhausted() {
  exhausted_ = exhausted_ || watch_.spent() || ((++asked_ & 63) == 0 && !affords());
  return exhausted_;
}

template <std::size_t words>
bool Search<words>::affords() {
  const std::size_t bytes = frontier_.bytes() + spare_.bytes() + taken_up_.bytes() +
                            overwritten_.capacity() / 8 + space_.bytes() +
                            task_.entries.size() * bytes_an_entry;
  result_.bytes = std::max(result_.bytes, bytes);
  return watch_.affords(bytes);
}

// Forgets the states that are no longer possible once most are not.
template <std::size_t words>
void Search<words>::keep_states() {
  constexpr std::size_t few = 4096, large = std::size_t{1} << 22;
  if (space_.states() < 4 * frontier_.size() + 64) return;
  if (space_.states() < few && space_.bytes() < large) return;
  if (!task_.starts.empty()) return;  // the asker will speak of these states again
  std::vector<std::uint32_t> alive, numbers(space_.states(), StateSpace::illegal);
  const auto renumber = [&](std::uint32_t state) {
    if (state == StateSpace::unseen) return state;
    if (numbers[state] == StateSpace::illegal) {
      numbers[state] = static_cast<std::uint32_t>(alive.size());
      alive.push_back(state);
    }
    return numbers[state];
  };
  for (Possibilities& told : result_.possibilities)
    std::transform(told.states.begin(), told.states.end(), told.states.begin(), renumber);
  spare_.clear();
  for (std::size_t i = 0; i < frontier_.size(); ++i) {
    Item item = frontier_.at(i);
    item.state = renumber(item.state);
    spare_.add(item, order_);
  }
  space_.keep(alive);
  std::swap(frontier_, spare_);
}

template <std::size_t words>
void Search<words>::tell(std::uint32_t event) {
  Possibilities all;
  all.event = event;
  for (std::size_t i = 0; i < frontier_.size(); ++i) all.states.push_back(frontier_.at(i).state);
  std::sort(all.states.begin(), all.states.end());
  if (all.states.back() == StateSpace::unseen) return;  // there is no telling
  all.states.erase(std::unique(all.states.begin(), all.states.end()), all.states.end());
  for (std::uint32_t entry = 0; entry < task_.entries.size(); ++entry) {
    const Entry& one = task_.entries[entry];
    if (one.began > event || (one.ended != Operation::never && one.ended <= event) ||
        !open_.is_open(entry)) {
      continue;
    }
    const Slot& slot = open_.of(entry);
    bool done = false, left = slot.optional;
    for (std::size_t i = 0; i < frontier_.size() && !(done && left); ++i) {
      const Item& item = frontier_.at(i);
      const bool effective = slot.lost ? field(item, slot) != 0 : has(item, slot);
      done = done || effective || (slot.overwrites && slot.began < item.since);
      left = left || !effective;
    }
    all.open.push_back(entry);
    all.may_be_done.push_back(done);
    all.may_be_left.push_back(left);
  }
  result_.possibilities.push_back(std::move(all));
}

template <std::size_t words>
SearchResult Search<words>::run() {
  using Kind = SearchEvent::Kind;
  result_.answer = Answer::spent;
  std::vector<std::uint32_t> starts = task_.starts;
  if (starts.empty()) starts.push_back(space_.start());
  order_.look_at(open_);
  for (const std::uint32_t state : starts) {
    Item item;
    item.state = state;
    frontier_.add(item, order_);
  }
  auto look = task_.look_after.begin();
  for (std::size_t i = 0; i < events_.size(); ++i) {
    const SearchEvent& event = events_[i];
    now_ = event.when;
    if (watch_.look()) return std::move(result_);
    if (event.kind == Kind::begin) {
      const Slot& slot = open_.begin(event.entry);
      if (open_.words() > words) return std::move(result_);
      ++result_.begun;
      if (slot.only_looks) look_again(slot);
      continue;
    }
    if (!open_.is_open(event.entry)) continue;
    if (event.kind == Kind::end && space_.foresees())
      looks_ahead(space_, task_.entries, events_.subspan(i + 1), ahead_);
    if (event.kind == Kind::end && !complete(open_.of(event.entry))) {
      result_.event = event.when;
      return std::move(result_);
    }
    const Slot slot = open_.of(event.entry);
    open_.end(event.entry);
    order_.look_at(open_);
    if (event.kind == Kind::retire && !retire(slot)) return std::move(result_);
    keep_states();
    while (look != task_.look_after.end() && *look < event.when) ++look;
    if (look != task_.look_after.end() && *look == event.when) tell(event.when);
  }
  result_.answer = Answer::linearizable;
  return std::move(result_);
}

}  // namespace

SearchResult search(StateSpace& space, const SearchTask& task, Watch& watch) {
  SearchResult spent;
  spent.answer = SearchResult::Answer::spent;
  if (!watch.affords(task.entries.size() * bytes_an_entry)) return spent;
  const std::vector<SearchEvent> events = events_of(task.entries);
  const std::size_t open = widest(space, task.entries, events, most_open, watch);
  if (watch.spent()) return spent;
  if (open <= 64) return Search<1>(space, task, events, watch).run();
  if (open <= 128) return Search<2>(space, task, events, watch).run();
  if (open <= 192) return Search<3>(space, task, events, watch).run();
  if (open <= 1024) return Search<16>(space, task, events, watch).run();
  return Search<most_open / 64>(space, task, events, watch).run();
}

}  // namespace tribunal
