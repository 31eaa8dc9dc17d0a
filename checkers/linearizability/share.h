// A share of the configurations of a search: all of them, or those whose hash says so when several
// threads search. Shares are worked on at once in passes, between which they hand each other what
// they came upon.
#pragma once

#include <memory>
#include <vector>

#include "checkers/linearizability/parcels.h"
#include "checkers/linearizability/scene.h"

namespace tribunal {

template <std::size_t words>
class Share {
 public:
  using Item = Configuration<words>;
  using Shares = std::vector<std::unique_ptr<Share>>;

  Share(Scene<words>& scene, StateSpace& space, const Watch& watch, std::size_t number)
      : scene_(scene), space_(&space), watch_(watch), number_(number) {}
  ~Share() { scene_.bytes -= told_bytes_; }

  Layer<words>& frontier() { return frontier_; }  // what is possible
  const Layer<words>& frontier() const { return frontier_; }
  void advance() { std::swap(frontier_, spare_); }

  template <class Renumber>
  void renumber(const Renumber& renumber);
  void view_through(std::unique_ptr<StateSpace> view) {
    view_ = std::move(view);
    space_ = view_.get();
  }

  // At first: one of these states.
  void start(std::span<const std::uint32_t> states);
  // The goal is to complete, or to retire.
  void begin(const Slot& goal);
  const Slot* goal() const { return goal_; }
  // What its stripe of the configurations that were possible before becomes.
  void meet_all(const Shares& all);
  void retire_all(const Shares& all);
  // Extends up to `most` configurations, or until `enough` are to be extended.
  void take_up(std::size_t most, std::size_t enough);
  // Takes what the other came upon for this one.
  void receive_from(Share& other);
  // Takes its part of what the other had when that one had everything.
  void inherit_from(const Share& other);
  // Gives all that it found at this completion to another one, which is empty.
  void move_into(Share& other) {
    std::swap(taken_up_, other.taken_up_);
    std::swap(spare_, other.spare_);
    std::swap(overwritten_, other.overwritten_);
    std::swap(next_, other.next_);
  }

  std::size_t pending() const { return taken_up_.size() - next_; }
  std::size_t completed() const { return spare_.size(); }
  std::uint64_t steps() const { return steps_; }  // configurations taken up, ever

  // Whether time or memory is spent: asked at every step that makes a configuration.
  bool exhausted() {
    if (watch_.spent() || ((++asked_ & 63) == 0 && !watch_.affords(count_bytes())))
      scene_.exhausted = true;
    return scene_.exhausted.load(std::memory_order_relaxed);
  }
  std::size_t count_bytes();  // returns what all shares, and all else, hold

 private:
  using Order = Outdoing<words>;

  static bool has(const Item& item, const Slot& slot) { return Order::has(item, slot); }
  static void set(Item& item, const Slot& slot) { Order::set(item, slot); }
  static void clear(Item& item, const Slot& slot) {
    const std::uint64_t ones = (std::uint64_t{1} << slot.width) - 1;
    item.done[slot.place / 64] &= ~(ones << (slot.place % 64));
  }
  bool unlimited(const Slot& slot) const {
    return slot.lost && scene_.scope == SearchScope::generous;
  }
  void take(Item& item, const Slot& slot) const {
    if (!unlimited(slot)) item.done[slot.place / 64] += std::uint64_t{1} << (slot.place % 64);
  }
  // Whether one more can take effect now; and whether it can have done so just before `since`.
  bool left(const Item& item, const Slot& slot) const;
  bool left_at(const Item& item, const Slot& slot, std::uint32_t since) const;
  bool twin_done(const Item& item, const Slot& slot) const {
    return slot.twin_first == Slot::none || has(item, scene_.open.slot(slot.twin_first));
  }
  bool fits(std::uint32_t state, std::uint32_t move) {
    return space_->after(state, move) != StateSpace::illegal;
  }
  // Calls with each of its stripe.
  template <class Call>
  void each_of_stripe(const Shares& all, const Call& call);
  void meet(const Item& item);
  bool seen(const Item& from, std::uint32_t move);
  void look_around(Item& item);
  void hide(Item& item, const Slot& slot);
  void reach(const Item& item, bool overwritten);
  void reach_hidden(const Item& item);
  void hide_before_goal(Item item, const Slot& slot);
  void extend(Item from, bool overwritten);
  bool worth_overwriting(const Item& from, std::uint32_t state, const Slot& with);

  void file(const Item& item, Parcel parcel);
  void place(const Item& item, Parcel parcel);
  std::size_t owner_of(const Item& item) const {
    return (Layer<words>::hash_of(item, scene_.order.exact()) >> 40) % scene_.owners;
  }

  Scene<words>& scene_;
  StateSpace* space_;
  std::unique_ptr<StateSpace> view_;
  Watch watch_;
  std::size_t number_;
  const Slot* goal_ = nullptr;
  Layer<words> frontier_, spare_, taken_up_;
  std::vector<bool> overwritten_;  // of each taken up: its last step overwrote the state
  std::size_t next_ = 0;           // of those taken up
  Parcels<words> parcels_;
  std::size_t told_bytes_ = 0;
  std::uint64_t steps_ = 0;
  std::uint32_t asked_ = 0;
};

template <std::size_t words>
bool Share<words>::left(const Item& item, const Slot& slot) const {
  if (unlimited(slot)) return true;
  return slot.lost ? Order::field(item, slot) < slot.begins.size() : !has(item, slot);
}

template <std::size_t words>
bool Share<words>::left_at(const Item& item, const Slot& slot, std::uint32_t since) const {
  if (unlimited(slot)) return slot.began < since;
  if (!slot.lost) return slot.began < since && !has(item, slot);
  const auto before = std::lower_bound(slot.begins.begin(), slot.begins.end(), since);
  return Order::field(item, slot) < static_cast<std::uint64_t>(before - slot.begins.begin());
}

// Whether someone may see what the move leaves before that is overwritten. Where nobody does, it
// does not matter which state it is.
template <std::size_t words>
bool Share<words>::seen(const Item& from, std::uint32_t move) {
  const OpenOperations& open = scene_.open;
  return std::any_of(open.open().begin(), open.open().end(),
                     [&](std::uint32_t number) {
                       const Slot& slot = open.slot(number);
                       return slot.only_looks && !has(from, slot) &&
                              space_->leads(from.state, move, slot.move);
                     }) ||
         std::any_of(scene_.ahead.begin(), scene_.ahead.end(),
                     [&](std::uint32_t look) { return space_->leads(from.state, move, look); });
}

// Every open operation that only looks, and fits, takes effect.
template <std::size_t words>
void Share<words>::look_around(Item& item) {
  for (const std::uint32_t number : scene_.open.open()) {
    const Slot& slot = scene_.open.slot(number);
    if (slot.only_looks && !has(item, slot) && fits(item.state, slot.move)) set(item, slot);
  }
}

// Lets an operation that overwrites have taken effect just before `since`, when the next one
// overwrote it: all that anyone can have met is what it left.
template <std::size_t words>
void Share<words>::hide(Item& item, const Slot& slot) {
  take(item, slot);
  const std::uint32_t left = space_->after(item.state, slot.move);
  for (const std::uint32_t number : scene_.open.open()) {
    const Slot& look = scene_.open.slot(number);
    if (look.only_looks && look.began < item.since && !has(item, look) && fits(left, look.move))
      set(item, look);
  }
}

template <std::size_t words>
void Share<words>::place(const Item& item, Parcel parcel) {
  if (parcel == Parcel::completed) {
    spare_.add(item, scene_.order);
    return;
  }
  const std::uint32_t place = taken_up_.add(item, scene_.order);
  if (place == Layer<words>::none) return;
  if (overwritten_.size() <= place) overwritten_.resize(place + 1);
  overwritten_[place] = parcel == Parcel::overwritten;
}

// Gives the configuration to the share that it belongs to.
template <std::size_t words>
void Share<words>::file(const Item& item, Parcel parcel) {
  const std::size_t owner = scene_.owners == 1 ? number_ : owner_of(item);
  if (owner == number_) {
    place(item, parcel);
    return;
  }
  parcels_.send(owner, item, parcel);
}

template <std::size_t words>
void Share<words>::reach(const Item& item, bool overwritten) {
  if (!has(item, *goal_)) {
    file(item, overwritten ? Parcel::overwritten : Parcel::reached);
    return;
  }
  Item done = item;
  clear(done, *goal_);
  file(done, Parcel::completed);
}

template <std::size_t words>
void Share<words>::hide_before_goal(Item item, const Slot& slot) {
  hide(item, slot);
  clear(item, *goal_);
  file(item, Parcel::completed);
}

// The ways in which the goal can have taken effect just before `since`.
template <std::size_t words>
void Share<words>::reach_hidden(const Item& item) {
  const Slot& goal = *goal_;
  if (goal.began >= item.since) return;
  if (goal.hidable) {
    Item hidden = item;
    if (goal.overwrites) hide(hidden, goal);
    clear(hidden, goal);
    file(hidden, Parcel::completed);
    return;
  }
  if (!goal.only_looks) return;
  const Slot* best = nullptr;
  for (const std::uint32_t number : scene_.open.open()) {
    const Slot& slot = scene_.open.slot(number);
    if (exhausted()) return;
    if (!slot.overwrites || slot.only_looks || !left_at(item, slot, item.since)) continue;
    if (!fits(space_->after(item.state, slot.move), goal.move)) continue;
    if (best != nullptr && best->move != slot.move) {
      hide_before_goal(item, slot);
    } else if (best == nullptr || slot.ended < best->ended) {
      best = &slot;
    }
  }
  if (best != nullptr) hide_before_goal(item, *best);
}

// Whether someone needs the state that `with` leaves: the goal, or an open operation that changes
// it.
template <std::size_t words>
bool Share<words>::worth_overwriting(const Item& from, std::uint32_t state, const Slot& with) {
  if (with.place == goal_->place) return true;
  if (!goal_->overwrites && fits(state, goal_->move)) return true;
  const OpenOperations& open = scene_.open;
  return std::any_of(open.open().begin(), open.open().end(), [&](std::uint32_t number) {
    const Slot& slot = open.slot(number);
    return !slot.overwrites && !slot.only_looks && left(from, slot) && fits(state, slot.move);
  });
}

template <std::size_t words>
void Share<words>::extend(const Item from, bool overwritten) {
  for (const std::uint32_t number : scene_.open.open()) {
    const Slot& slot = scene_.open.slot(number);
    if (exhausted()) return;
    if (slot.only_looks || !left(from, slot) || !twin_done(from, slot)) continue;
    const bool unseen =
        space_->foresees() && (slot.blind || slot.overwrites) && !seen(from, slot.move);
    if (unseen && slot.place != goal_->place) continue;
    const std::uint32_t state = unseen ? StateSpace::unseen : space_->after(from.state, slot.move);
    if (state == StateSpace::illegal) continue;
    if (slot.overwrites && (overwritten || !worth_overwriting(from, state, slot))) continue;
    Item to = from;
    take(to, slot);
    if (slot.overwrites) to.since = scene_.now;
    if (state != from.state) {
      to.state = state;
      look_around(to);
    }
    reach(to, slot.overwrites);
  }
}

template <std::size_t words>
void Share<words>::begin(const Slot& goal) {
  goal_ = &goal;
  taken_up_.clear();
  spare_.clear();
  next_ = 0;
  if (scene_.owners > 1) parcels_.address_to(scene_.owners);
}

template <std::size_t words>
void Share<words>::meet(const Item& item) {
  if (!has(item, *goal_)) reach_hidden(item);
  if (!has(item, *goal_) && goal_->optional) file(item, Parcel::completed);
  reach(item, false);
}

template <std::size_t words>
template <class Call>
void Share<words>::each_of_stripe(const Shares& all, const Call& call) {
  constexpr std::size_t wide = 64;
  for (const auto& share : all) {
    const Layer<words>& layer = share->frontier_;
    for (std::size_t first = number_ * wide; first < layer.size(); first += scene_.owners * wide) {
      const std::size_t end = std::min(first + wide, layer.size());
      for (std::size_t i = first; i < end; ++i) {
        if (exhausted()) return;
        call(layer.at(i));
      }
    }
  }
}

template <std::size_t words>
void Share<words>::meet_all(const Shares& all) {
  each_of_stripe(all, [this](const Item& item) { meet(item); });
}

template <std::size_t words>
void Share<words>::retire_all(const Shares& all) {
  each_of_stripe(all, [this](Item item) {
    clear(item, *goal_);
    file(item, Parcel::completed);
  });
}

template <std::size_t words>
void Share<words>::start(std::span<const std::uint32_t> states) {
  for (const std::uint32_t state : states) {
    Item item;
    item.state = state;
    frontier_.add(item, scene_.order);
  }
}

template <std::size_t words>
template <class Renumber>
void Share<words>::renumber(const Renumber& renumber) {
  spare_.clear();
  for (std::size_t i = 0; i < frontier_.size(); ++i) {
    Item item = frontier_.at(i);
    item.state = renumber(item.state);
    spare_.add(item, scene_.order);
  }
  advance();
}

template <std::size_t words>
void Share<words>::take_up(std::size_t most, std::size_t enough) {
  parcels_.start_pass();
  for (; most > 0 && next_ < taken_up_.size() && !parcels_.full(); --most) {
    taken_up_.freeze(next_ + 1);
    ++steps_;
    extend(taken_up_.at(next_), overwritten_[next_]);
    ++next_;
    if (exhausted() || pending() >= enough) return;
  }
}

template <std::size_t words>
void Share<words>::receive_from(Share& other) {
  other.parcels_.unpack(number_, [this](const Item& item, Parcel parcel) {
    if (exhausted()) return false;
    place(item, parcel);
    return true;
  });
}

template <std::size_t words>
void Share<words>::inherit_from(const Share& other) {
  const auto take_over = [&](std::size_t first, std::size_t end) {
    for (std::size_t i = first; i < end && !exhausted(); ++i) {
      const Item& item = other.taken_up_.at(i);
      if (owner_of(item) == number_)
        place(item, other.overwritten_[i] ? Parcel::overwritten : Parcel::reached);
    }
  };
  take_over(0, other.next_);
  next_ = taken_up_.size();
  taken_up_.freeze(next_);
  take_over(other.next_, other.taken_up_.size());
  for (std::size_t i = 0; i < other.spare_.size() && !exhausted(); ++i) {
    if (owner_of(other.spare_.at(i)) == number_) place(other.spare_.at(i), Parcel::completed);
  }
}

template <std::size_t words>
std::size_t Share<words>::count_bytes() {
  const std::size_t bytes = frontier_.bytes() + spare_.bytes() + taken_up_.bytes() +
                            overwritten_.capacity() / 8 + parcels_.bytes();
  const std::size_t all = (scene_.bytes += bytes - told_bytes_) + space_->bytes() + scene_.held;
  told_bytes_ = bytes;
  std::size_t most = scene_.most_bytes.load(std::memory_order_relaxed);
  while (all > most && !scene_.most_bytes.compare_exchange_weak(most, all)) {
  }
  return all;
}

}  // namespace tribunal
