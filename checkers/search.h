// The general search for a linearization, for any model and any values: just-in-time linearization
// (Lowe, "Testing for linearizability", CCPE 2017). The events are walked once; kept are the
// configurations that are possible so far: which of the open operations have taken effect, and the
// state. At a completion each configuration linearizes what it must and no more. At a quiescent
// moment only the possible states are left, so histories split there by themselves. Exponential in
// the number of open operations at worst; lost answers stay open until their `retires`.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "checkers/watch.h"
#include "harness/record/history.h"

namespace tribunal {

// An operation of one key for the search. `ended` is Operation::never for one that may never take
// effect; after the event `retires` it can no longer matter whether it did.
struct Entry {
  std::uint32_t place = 0;  // in History::operations
  std::uint32_t began = 0;
  std::uint32_t ended = Operation::never;
  std::uint32_t retires = Operation::never;
};

struct SearchResult {
  enum class Answer : std::uint8_t { linearizable, impossible, spent };
  Answer answer = Answer::linearizable;
  std::uint32_t event = 0;  // impossible: the completion that made it so
  std::size_t begun = 0;    // entries begun before the search ended
  std::uint64_t steps = 0;  // configurations taken up
};

// How many operations are open at once at most.
std::size_t widest(std::span<const Entry> entries);

namespace search_parts {

// One bit for each slot of an open operation.
template <std::size_t words>
struct Slots {
  std::array<std::uint64_t, words> bits{};

  bool has(std::uint32_t slot) const { return bits[slot / 64] >> (slot % 64) & 1; }
  void set(std::uint32_t slot) { bits[slot / 64] |= std::uint64_t{1} << (slot % 64); }
  void clear(std::uint32_t slot) { bits[slot / 64] &= ~(std::uint64_t{1} << (slot % 64)); }
  bool covers(const Slots& other) const {
    for (std::size_t i = 0; i < words; ++i) {
      if ((other.bits[i] & ~bits[i]) != 0) return false;
    }
    return true;
  }
  friend bool operator==(const Slots&, const Slots&) = default;
};

inline std::uint64_t mix(std::uint64_t hash, std::uint64_t more) {
  hash = (hash ^ more) * 0x9E3779B97F4A7C15ull;
  return hash ^ hash >> 29;
}

// Distinct items in the order of their coming; open addressing. `Hash` is a function object.
template <class Item, class Hash>
class Distinct {
 public:
  void clear() {
    if (slots_.size() > 16 * items_.size() + 64)
      slots_.resize(64);  // what once was large must not cost for ever
    std::fill(slots_.begin(), slots_.end(), 0u);
    items_.clear();
  }
  // Its number, and whether it is new.
  std::pair<std::uint32_t, bool> add(const Item& item) {
    if (items_.size() * 2 >= slots_.size()) grow();
    for (std::size_t slot = Hash{}(item) & (slots_.size() - 1);;
         slot = (slot + 1) & (slots_.size() - 1)) {
      if (slots_[slot] == 0) {
        items_.push_back(item);
        slots_[slot] = static_cast<std::uint32_t>(items_.size());
        return {static_cast<std::uint32_t>(items_.size() - 1), true};
      }
      if (items_[slots_[slot] - 1] == item) return {slots_[slot] - 1, false};
    }
  }
  const Item& operator[](std::size_t number) const { return items_[number]; }
  std::size_t size() const { return items_.size(); }
  std::size_t bytes() const {
    return items_.capacity() * sizeof(Item) + slots_.capacity() * sizeof(std::uint32_t);
  }
  const std::vector<Item>& items() const { return items_; }
  void swap(Distinct& other) {
    items_.swap(other.items_);
    slots_.swap(other.slots_);
  }

 private:
  void grow() {
    slots_.assign(std::max<std::size_t>(64, slots_.size() * 2), 0u);
    for (std::size_t i = 0; i < items_.size(); ++i) {
      std::size_t slot = Hash{}(items_[i]) & (slots_.size() - 1);
      while (slots_[slot] != 0) slot = (slot + 1) & (slots_.size() - 1);
      slots_[slot] = static_cast<std::uint32_t>(i + 1);
    }
  }

  std::vector<Item> items_;
  std::vector<std::uint32_t> slots_;  // number + 1, 0: free
};

}  // namespace search_parts

// A search over at most 64 * words open operations; used by one thread. A Model is a value with
//   State start() const; bool step(State&, const Operation&) const; bool only_looks(const
//   Operation&) const; std::uint64_t hash(const State&) - the last static, and State comparable.
template <class Model, std::size_t words>
class Search {
 public:
  Search(const History& history, const Model& model, Watch& watch, std::uint64_t most_steps)
      : history_(history), model_(model), watch_(watch), most_steps_(most_steps) {}

  SearchResult run(std::span<const Entry> entries) {
    walk(entries);
    return result_;
  }

  // After run: the states possible now, each with the places of the open operations that took
  // effect in it.
  struct Possible {
    typename Model::State state;
    std::vector<std::uint32_t> done;  // sorted
    friend bool operator==(const Possible&, const Possible&) = default;
  };
  std::vector<Possible> possible() const {
    std::vector<Possible> all;
    for (const Configuration& configuration : frontier_.items()) {
      Possible one{states_[configuration.state], {}};
      for (const std::uint32_t slot : open_) {
        if (configuration.done.has(slot)) one.done.push_back(slots_[slot].entry.place);
      }
      std::sort(one.done.begin(), one.done.end());
      all.push_back(std::move(one));
    }
    return all;
  }

 private:
  using Answer = SearchResult::Answer;
  using Mask = search_parts::Slots<words>;
  struct Configuration {
    Mask done;
    std::uint32_t state = 0;
    friend bool operator==(const Configuration&, const Configuration&) = default;
  };
  struct ConfigurationHash {
    std::size_t operator()(const Configuration& configuration) const {
      std::uint64_t hash = configuration.state;
      for (const std::uint64_t word : configuration.done.bits) hash = search_parts::mix(hash, word);
      return static_cast<std::size_t>(search_parts::mix(hash, 1));
    }
  };
  struct StateHash {
    std::size_t operator()(const typename Model::State& state) const {
      return static_cast<std::size_t>(search_parts::mix(Model::hash(state), 1));
    }
  };
  struct Slot {
    Entry entry;
    Mask twins_first;  // open operations just like it that end before it: they go first
    bool only_looks = false;
  };
  enum class Kind : std::uint8_t { begin, end, retire };
  struct Event {
    std::uint32_t when;
    Kind kind;
    std::uint32_t entry;
  };

  static std::vector<Event> events_of(std::span<const Entry> entries) {
    std::vector<Event> events;
    for (std::uint32_t i = 0; i < entries.size(); ++i) {
      events.push_back({entries[i].began, Kind::begin, i});
      if (entries[i].ended != Operation::never)
        events.push_back({entries[i].ended, Kind::end, i});
      else if (entries[i].retires != Operation::never)
        events.push_back({entries[i].retires, Kind::retire, i});
    }
    std::sort(events.begin(), events.end(), [](const Event& a, const Event& b) {
      return a.when != b.when ? a.when < b.when : a.kind < b.kind;
    });
    return events;
  }

  void walk(std::span<const Entry> entries) {
    slot_of_.assign(entries.size(), 0);
    slots_.resize(words * 64);
    for (std::uint32_t slot = words * 64; slot > 0; --slot) free_.push_back(slot - 1);
    frontier_.add({{}, states_.add(model_.start()).first});
    for (const Event& event : events_of(entries)) {
      if (event.kind == Kind::begin) {
        if (!begin(entries[event.entry], event.entry)) return;
        continue;
      }
      const std::uint32_t slot = slot_of_[event.entry];
      if (event.kind == Kind::end && !complete(slot)) {
        result_.event = event.when;
        return;
      }
      if (!forget(slot)) return;
    }
  }

  const Operation& operation(std::uint32_t slot) const {
    return history_.operations[slots_[slot].entry.place];
  }

  // False, here and below: the budget is spent, or a completion impossible.
  bool begin(const Entry& entry, std::uint32_t number) {
    const std::uint32_t slot = free_.back();
    free_.pop_back();
    slot_of_[number] = slot;
    slots_[slot] = {entry, {}, model_.only_looks(history_.operations[entry.place])};
    for (const std::uint32_t other : open_) {
      if (!alike(operation(other), operation(slot))) continue;
      const bool other_first = slots_[other].entry.ended <= entry.ended;
      slots_[other_first ? slot : other].twins_first.set(other_first ? other : slot);
    }
    open_.push_back(slot);
    ++result_.begun;
    if (!slots_[slot].only_looks) return true;
    return rebuild([&](Configuration& configuration) { look(configuration, slot); });
  }

  static bool alike(const Operation& a, const Operation& b) {
    return a.function == b.function && a.value == b.value && a.to == b.to;
  }

  void look(Configuration& configuration, std::uint32_t slot) const {
    typename Model::State state = states_[configuration.state];
    if (!configuration.done.has(slot) && model_.step(state, operation(slot)))
      configuration.done.set(slot);
  }

  template <class Change>
  bool rebuild(const Change& change) {
    spare_.clear();
    for (Configuration configuration : frontier_.items()) {
      if (watch_.spent()) return give_up();
      change(configuration);
      spare_.add(configuration);
    }
    frontier_.swap(spare_);
    return true;
  }

  bool give_up() {
    result_.answer = Answer::spent;
    return false;
  }

  // Takes up every configuration from which the operation in `slot` can take effect now; false if
  // there is none, or when the budget is spent.
  bool complete(std::uint32_t slot) {
    taken_up_.clear();
    spare_.clear();
    for (const Configuration& configuration : frontier_.items()) {
      if (watch_.spent()) return give_up();
      reach(configuration, slot);
    }
    for (std::size_t next = 0; next < taken_up_.size(); ++next) {
      if (watch_.spent() || ++result_.steps > most_steps_ ||
          ((next & 255) == 0 && !watch_.affords(taken_up_.bytes() + spare_.bytes() +
                                                frontier_.bytes() + states_.bytes()))) {
        return give_up();
      }
      extend(taken_up_[next], slot);
    }
    frontier_.swap(spare_);
    if (frontier_.size() == 0) result_.answer = Answer::impossible;
    return frontier_.size() != 0;
  }

  void reach(const Configuration& configuration, std::uint32_t slot) {
    if (configuration.done.has(slot)) {
      spare_.add(configuration);
    } else {
      taken_up_.add(configuration);
    }
  }

  void extend(const Configuration from, std::uint32_t goal) {
    for (const std::uint32_t slot : open_) {
      if (from.done.has(slot) || !from.done.covers(slots_[slot].twins_first)) continue;
      typename Model::State state = states_[from.state];
      if (!model_.step(state, operation(slot))) continue;
      Configuration to = from;
      to.done.set(slot);
      to.state = states_.add(state).first;
      if (to.state != from.state) {
        for (const std::uint32_t other : open_) {
          if (slots_[other].only_looks) look(to, other);
        }
      }
      reach(to, goal);
    }
  }

  bool forget(std::uint32_t slot) {
    open_.erase(std::find(open_.begin(), open_.end(), slot));
    for (const std::uint32_t other : open_) slots_[other].twins_first.clear(slot);
    free_.push_back(slot);
    return rebuild([slot](Configuration& configuration) { configuration.done.clear(slot); });
  }

  const History& history_;
  Model model_;
  Watch& watch_;
  std::uint64_t most_steps_;
  SearchResult result_;
  search_parts::Distinct<Configuration, ConfigurationHash> frontier_, spare_, taken_up_;
  search_parts::Distinct<typename Model::State, StateHash> states_;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> open_, free_, slot_of_;
};

// Runs the search with as many words as the entries need; nothing above `most_open` open operations
// is tried: spent.
inline constexpr std::size_t most_open = 1024;

template <class Model>
SearchResult search(const History& history, const Model& model, std::span<const Entry> entries,
                    Watch& watch, std::uint64_t most_steps = UINT64_MAX) {
  const std::size_t open = widest(entries);
  if (open <= 64) return Search<Model, 1>(history, model, watch, most_steps).run(entries);
  if (open <= 128) return Search<Model, 2>(history, model, watch, most_steps).run(entries);
  if (open <= most_open)
    return Search<Model, most_open / 64>(history, model, watch, most_steps).run(entries);
  SearchResult result;
  result.answer = SearchResult::Answer::spent;
  return result;
}

}  // namespace tribunal
