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
#include <atomic>
#include <deque>

#include "checkers/linearizability/interned_states.h"
#include "checkers/linearizability/models/model.h"
#include "checkers/linearizability/state_space.h"

namespace tribunal {

template <class Model>
class InternedSpace : public StateSpace {
 public:
  explicit InternedSpace(Model model) : InternedSpace(std::make_shared<Known>(std::move(model))) {}
  ~InternedSpace() override { known_->steps_bytes -= steps_.size() * sizeof(Step); }

  std::unique_ptr<StateSpace> view() override {
    return std::unique_ptr<StateSpace>(new InternedSpace(known_));
  }

  std::uint32_t start() override { return known_->states.number(model().start()); }

  std::uint32_t move_of(const Operation& operation) override {
    const Kind kind = {static_cast<std::int64_t>(operation.function), operation.value.bits(),
                       operation.to.bits(),
                       (Model::by_owner ? std::int64_t{operation.process} << 1 : 0) |
                           (unanswered(operation) ? 1 : 0)};
    auto& slots = known_->move_slots;
    auto& kinds = known_->kinds;
    std::size_t slot = hash_of(kind) & (slots.size() - 1);
    for (; slots[slot] != 0; slot = (slot + 1) & (slots.size() - 1)) {
      if (kinds[slots[slot] - 1] == kind) return slots[slot] - 1;
    }
    kinds.push_back(kind);
    known_->operations.push_back(operation);
    Move move{model().only_looks(operation), model().overwrites(operation)};
    if constexpr (knows_what_leads) move.blind = model().blind(operation);
    known_->moves.push_back(move);
    slots[slot] = static_cast<std::uint32_t>(kinds.size());
    if (kinds.size() * 2 > slots.size()) grow_moves();
    return static_cast<std::uint32_t>(kinds.size() - 1);
  }

  const Move& move(std::uint32_t move) const override { return known_->moves[move]; }

  std::uint32_t after(std::uint32_t state, std::uint32_t move) override {
    const Operation& operation = known_->operations[move];
    if constexpr (requires { model().fits(known_->states[state], operation); }) {
      if (known_->moves[move].only_looks && state != unseen)
        return model().fits(known_->states[state], operation) ? state : illegal;
    }
    const std::uint64_t key = std::uint64_t{state} << 32 | move;
    const std::uint64_t hash = mixed(key, 1);
    const Step& met = steps_[hash & (steps_.size() - 1)];
    if (met.key == key) return met.to;
    const std::uint32_t to = state == unseen ? after_unseen(move) : stepped(state, operation);
    steps_[hash & (steps_.size() - 1)] = {key, to};
    if (++new_steps_ > steps_.size() && steps_.size() < most_steps) resize_steps(2 * steps_.size());
    return to;
  }

  bool foresees() const override { return knows_what_leads; }
  bool leads(std::uint32_t state, std::uint32_t move, std::uint32_t look) override {
    if constexpr (knows_what_leads) {
      const auto& operations = known_->operations;
      if (state != unseen)
        return model().leads(known_->states[state], operations[move], operations[look]);
      return known_->moves[move].overwrites &&
             model().leads(model().start(), operations[move], operations[look]);
    } else {
      return true;
    }
  }

  void keep(const std::vector<std::uint32_t>& states) override {
    known_->states.keep(states);
    resize_steps(few_steps);
  }

  std::size_t states() const override { return known_->states.size(); }
  std::size_t bytes() const override {
    return known_->states.bytes() + known_->steps_bytes.load(std::memory_order_relaxed) +
           known_->move_slots.capacity() * sizeof(std::uint32_t) +
           known_->kinds.size() * (sizeof(Kind) + sizeof(Operation)) +
           known_->moves.capacity() * sizeof(Move);
  }
  std::string show(std::uint32_t state) const override {
    return model().show(known_->states[state]);
  }
  std::vector<Value> parts(const Operation& operation) const override {
    return model().parts(operation);
  }
  std::optional<Value> leaves(const Operation& operation) const override {
    return model().leaves(operation);
  }
  std::optional<Value> observes(const Operation& operation) const override {
    return model().observes(operation);
  }
  bool add_marks(const Operation& operation, std::vector<Value>& marks) const override {
    if constexpr (requires { model().add_marks(operation, marks); }) {
      return model().add_marks(operation, marks);
    } else {
      const auto value = model().leaves(operation);
      if (value) marks.push_back(*value);
      return value.has_value();
    }
  }
  void add_shown(const Operation& operation, std::span<const Value> asked,
                 std::vector<Value>& marks) const override {
    if constexpr (requires { model().add_shown(operation, asked, marks); }) {
      model().add_shown(operation, asked, marks);
    } else if (const auto value = model().observes(operation)) {
      marks.push_back(*value);
    }
  }

  std::vector<std::uint32_t> beginnings(std::span<const Operation> operations) override {
    std::vector<std::uint32_t> numbers;
    if constexpr (requires { model().beginnings(operations); }) {
      auto states = model().beginnings(operations);
      if (states.size() > PlainModel::most_beginnings) return {};
      for (const auto& state : states) numbers.push_back(known_->states.number(state));
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
  static constexpr std::size_t few_steps = 256, most_steps = std::size_t{1} << 13;  // remembered
  struct Step {
    std::uint64_t key = no_key;
    std::uint32_t to = illegal;
  };
  // What all views share.
  struct Known {
    explicit Known(Model that) : model(std::move(that)) {}

    const Model model;
    InternedStates<Model> states;
    std::deque<Kind> kinds;            // deques, since these grow without a copy
    std::deque<Operation> operations;  // one of each kind
    std::vector<Move> moves;
    std::vector<std::uint32_t> move_slots = std::vector<std::uint32_t>(64, 0);  // number + 1
    std::atomic<std::size_t> steps_bytes{0};                                    // of all views
  };

  explicit InternedSpace(std::shared_ptr<Known> known) : known_(std::move(known)) {
    resize_steps(few_steps);
  }

  const Model& model() const { return known_->model; }

  static bool unanswered(const Operation& operation) {
    return !operation.ok() && (operation.value.is_nil() || Model::answers_inside);
  }

  static std::uint64_t hash_of(const Kind& kind) {
    std::uint64_t hash = 0;
    for (const std::int64_t part : kind) hash = mixed(hash, static_cast<std::uint64_t>(part));
    return hash;
  }

  std::uint32_t stepped(std::uint32_t state, const Operation& operation) {
    next_ = known_->states[state];
    return model().step(next_, operation) ? known_->states.number(next_) : illegal;
  }
  std::uint32_t after_unseen(std::uint32_t move) {
    if (!known_->moves[move].overwrites) return known_->moves[move].only_looks ? illegal : unseen;
    next_ = model().start();
    model().step(next_, known_->operations[move]);
    return known_->states.number(next_);
  }

  // Forgets the steps as well: they are met again.
  void resize_steps(std::size_t size) {
    known_->steps_bytes += (size - steps_.size()) * sizeof(Step);
    steps_ = {};
    steps_.resize(size);
    new_steps_ = 0;
  }

  void grow_moves() {
    auto& slots = known_->move_slots;
    slots.assign(slots.size() * 2, 0);
    for (std::size_t i = 0; i < known_->kinds.size(); ++i) {
      std::size_t slot = hash_of(known_->kinds[i]) & (slots.size() - 1);
      while (slots[slot] != 0) slot = (slot + 1) & (slots.size() - 1);
      slots[slot] = static_cast<std::uint32_t>(i + 1);
    }
  }

  std::shared_ptr<Known> known_;
  typename Model::State next_{};  // being made; kept for its memory, which else would lie in pieces
  std::vector<Step> steps_;       // each where its hash says, in place of another
  std::size_t new_steps_ = 0;     // since their number grew
};

}  // namespace tribunal
