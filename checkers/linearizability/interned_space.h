// The state space of a model. A Model is a value with
//   State start() const;                                  State: comparable with ==
//   bool step(State&, const Operation&) const;            false: the operation does not fit
//   bool only_looks(const Operation&) const;
//   bool overwrites(const Operation&) const;
//   bool blind(const Operation&) const;                   optional, with leads; as StateSpace's
//   bool leads(const State&, const Operation& next, const Operation& look) const;
//   bool fits(const State&, const Operation& look) const; optional: a step that changes nothing
//   parts, leaves, observes of an Operation               as StateSpace's
//   std::string show(const State&) const;
//   static std::uint64_t hash(const State&);
//   static std::size_t bytes(const State&);               held beside the state itself
//   bool add_marks(const Operation&, std::vector<Value>&) const;        optional; as StateSpace's,
//   void add_shown(const Operation&, std::span<const Value>, std::vector<Value>&) const;
//                                                         else what it leaves, observes
//   static constexpr bool by_owner;                       whether the process matters
//   static constexpr bool answers_inside;                 blanks in a value: the answer fills them
//   std::vector<State> beginnings(std::span<const Operation>) const;    optional; as StateSpace's
#pragma once

#include <algorithm>
#include <array>
#include <deque>

#include "checkers/linearizability/models/model.h"
#include "checkers/linearizability/state_space.h"

namespace tribunal {

template <class Model>
class InternedSpace : public StateSpace {
 public:
  explicit InternedSpace(Model model) : model_(std::move(model)) { forget_steps(); }

  std::uint32_t start() override { return number(model_.start()); }

  std::uint32_t move_of(const Operation& operation) override {
    const Kind kind = {static_cast<std::int64_t>(operation.function), operation.value.bits(),
                       operation.to.bits(),
                       (Model::by_owner ? std::int64_t{operation.process} << 1 : 0) |
                           (unanswered(operation) ? 1 : 0)};
    std::size_t slot = hash_of(kind) & (move_slots_.size() - 1);
    for (; move_slots_[slot] != 0; slot = (slot + 1) & (move_slots_.size() - 1)) {
      if (kinds_[move_slots_[slot] - 1] == kind) return move_slots_[slot] - 1;
    }
    kinds_.push_back(kind);
    operations_.push_back(operation);
    Move move{model_.only_looks(operation), model_.overwrites(operation)};
    if constexpr (knows_what_leads) move.blind = model_.blind(operation);
    moves_.push_back(move);
    move_slots_[slot] = static_cast<std::uint32_t>(kinds_.size());
    if (kinds_.size() * 2 > move_slots_.size()) grow_moves();
    return static_cast<std::uint32_t>(kinds_.size() - 1);
  }

  const Move& move(std::uint32_t move) const override { return moves_[move]; }

  std::uint32_t after(std::uint32_t state, std::uint32_t move) override {
    if (state == unseen) {
      if (!moves_[move].overwrites) return moves_[move].only_looks ? illegal : unseen;
      next_ = model_.start();
      model_.step(next_, operations_[move]);
      return number(next_);
    }
    if constexpr (requires { model_.fits(states_[state], operations_[move]); }) {
      if (moves_[move].only_looks)
        return model_.fits(states_[state], operations_[move]) ? state : illegal;
    }
    const std::uint64_t key = std::uint64_t{state} << 32 | move;
    const std::uint64_t hash = mixed(key, 1);
    const Step& known = steps_[hash & (steps_.size() - 1)];
    if (known.key == key) return known.to;
    next_ = states_[state];
    const std::uint32_t to = model_.step(next_, operations_[move]) ? number(next_) : illegal;
    steps_[hash & (steps_.size() - 1)] = {key, to};
    if (++known_steps_ > steps_.size() && steps_.size() < most_steps) grow_steps();
    return to;
  }

  bool foresees() const override { return knows_what_leads; }
  bool leads(std::uint32_t state, std::uint32_t move, std::uint32_t look) override {
    if constexpr (knows_what_leads) {
      if (state != unseen)
        return model_.leads(states_[state], operations_[move], operations_[look]);
      return moves_[move].overwrites &&
             model_.leads(model_.start(), operations_[move], operations_[look]);
    } else {
      return true;
    }
  }

  void keep(const std::vector<std::uint32_t>& states) override {
    std::vector<typename Model::State> kept;
    for (const std::uint32_t state : states) kept.push_back(std::move(states_[state]));
    states_.clear();
    state_slots_.assign(64, 0);
    state_bytes_ = 0;
    for (const auto& state : kept) number(state);
    forget_steps();
  }

  std::size_t states() const override { return states_.size(); }
  std::size_t bytes() const override {
    return state_bytes_ + states_.size() * sizeof(typename Model::State) +
           steps_.capacity() * sizeof(Step) * 3 / 2 +
           (state_slots_.capacity() + move_slots_.capacity()) * 4 * 3 / 2 +  // as they grow
           kinds_.size() * (sizeof(Kind) + sizeof(Operation)) + moves_.capacity() * sizeof(Move);
  }
  std::string show(std::uint32_t state) const override { return model_.show(states_[state]); }
  std::vector<Value> parts(const Operation& operation) const override {
    return model_.parts(operation);
  }
  std::optional<Value> leaves(const Operation& operation) const override {
    return model_.leaves(operation);
  }
  std::optional<Value> observes(const Operation& operation) const override {
    return model_.observes(operation);
  }
  bool add_marks(const Operation& operation, std::vector<Value>& marks) const override {
    if constexpr (requires { model_.add_marks(operation, marks); }) {
      return model_.add_marks(operation, marks);
    } else {
      const auto value = model_.leaves(operation);
      if (value) marks.push_back(*value);
      return value.has_value();
    }
  }
  void add_shown(const Operation& operation, std::span<const Value> asked,
                 std::vector<Value>& marks) const override {
    if constexpr (requires { model_.add_shown(operation, asked, marks); }) {
      model_.add_shown(operation, asked, marks);
    } else if (const auto value = model_.observes(operation)) {
      marks.push_back(*value);
    }
  }

  std::vector<std::uint32_t> beginnings(std::span<const Operation> operations) override {
    std::vector<std::uint32_t> numbers;
    if constexpr (requires { model_.beginnings(operations); }) {
      auto states = model_.beginnings(operations);
      if (states.size() > PlainModel::most_beginnings) return {};
      for (const auto& state : states) numbers.push_back(number(state));
    }
    std::sort(numbers.begin(), numbers.end());
    numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
    return numbers;
  }

 private:
  using Kind = std::array<std::int64_t, 4>;
  static constexpr bool knows_what_leads =
      requires(const Model& model, const Operation& one, const typename Model::State& state) {
    model.blind(one);
    model.leads(state, one, one);
  };
  static constexpr std::uint64_t no_key = UINT64_MAX;
  static constexpr std::size_t most_steps = std::size_t{1} << 18;  // remembered
  struct Step {
    std::uint64_t key = no_key;
    std::uint32_t to = illegal;
  };

  static bool unanswered(const Operation& operation) {
    return !operation.ok() && (operation.value.is_nil() || Model::answers_inside);
  }

  static std::uint64_t hash_of(const Kind& kind) {
    std::uint64_t hash = 0;
    for (const std::int64_t part : kind) hash = mixed(hash, static_cast<std::uint64_t>(part));
    return hash;
  }

  std::uint32_t number(const typename Model::State& state) {
    std::size_t slot = mixed(Model::hash(state), 1) & (state_slots_.size() - 1);
    for (; state_slots_[slot] != 0; slot = (slot + 1) & (state_slots_.size() - 1)) {
      if (states_[state_slots_[slot] - 1] == state) return state_slots_[slot] - 1;
    }
    states_.push_back(state);
    state_bytes_ += Model::bytes(states_.back());
    const auto id = static_cast<std::uint32_t>(states_.size());
    state_slots_[slot] = id;
    if (states_.size() * 2 > state_slots_.size()) grow_states();
    return id - 1;
  }

  void forget_steps() {
    steps_.assign(256, Step{});
    known_steps_ = 0;
  }

  void grow_steps() {
    std::vector<Step> old(steps_.size() * 2);
    old.swap(steps_);
    for (const Step& step : old) {
      if (step.key != no_key) steps_[mixed(step.key, 1) & (steps_.size() - 1)] = step;
    }
    known_steps_ = old.size() / 2;
  }

  template <class Items, class Hash>
  static void refill(std::vector<std::uint32_t>& slots, const Items& items, const Hash& hash) {
    slots.assign(slots.size() * 2, 0);
    for (std::size_t i = 0; i < items.size(); ++i) {
      std::size_t slot = hash(items[i]) & (slots.size() - 1);
      while (slots[slot] != 0) slot = (slot + 1) & (slots.size() - 1);
      slots[slot] = static_cast<std::uint32_t>(i + 1);
    }
  }
  void grow_states() {
    refill(state_slots_, states_, [](const auto& state) { return mixed(Model::hash(state), 1); });
  }
  void grow_moves() { refill(move_slots_, kinds_, hash_of); }

  Model model_;
  std::deque<typename Model::State> states_;  // deques, since these grow without a copy
  std::vector<std::uint32_t> state_slots_ = std::vector<std::uint32_t>(64, 0);  // number + 1
  std::size_t state_bytes_ = 0;
  typename Model::State next_{};  // being made; kept for its memory, which else would lie in pieces
  std::vector<Step> steps_;       // each where its hash says, in place of another
  std::size_t known_steps_ = 0;
  std::deque<Kind> kinds_;
  std::deque<Operation> operations_;  // one of each kind
  std::vector<Move> moves_;
  std::vector<std::uint32_t> move_slots_ = std::vector<std::uint32_t>(64, 0);  // number + 1
};

}  // namespace tribunal
