// A sequential specification as the search sees it: states and moves are numbers. A model of about
// thirty lines says what the states are; the space interns them and remembers each step.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "harness/record/history.h"

namespace tribunal {

inline std::uint64_t mixed(std::uint64_t hash, std::uint64_t more) {
  hash = (hash ^ more) * 0x9E3779B97F4A7C15ull;
  return hash ^ hash >> 29;
}

// Operations that do the same to every state make the same move.
struct Move {
  bool only_looks = false;  // never changes a state, so it may be taken as soon as it fits
  bool overwrites = false;  // fits every state and leaves the same one behind
  bool blind = false;       // fits every state, and only those who look can tell what it left
};

// Used by one thread, but for its views.
class StateSpace {
 public:
  static constexpr std::uint32_t illegal = UINT32_MAX;
  // Any state that nobody can have looked at before it is overwritten: what looks does not fit it.
  static constexpr std::uint32_t unseen = UINT32_MAX - 1;

  virtual ~StateSpace() = default;

  // The same states and moves for another thread, which may ask after() and leads() while others
  // do. To be made anew after keep().
  virtual std::unique_ptr<StateSpace> view() = 0;

  virtual std::uint32_t start() = 0;
  virtual std::uint32_t move_of(const Operation& operation) = 0;
  virtual const Move& move(std::uint32_t move) const = 0;
  virtual std::uint32_t after(std::uint32_t state, std::uint32_t move) = 0;

  // Whether the model knows what leads where; else everything leads everywhere.
  virtual bool foresees() const = 0;
  // Whether an operation that looks, with its answer, can fit what `move`, which is blind or
  // overwrites, makes of the state, or what blind operations make of that in turn.
  virtual bool leads(std::uint32_t state, std::uint32_t move, std::uint32_t look) = 0;

  // Forgets all states but these, and gives them the numbers from 0 on in this order.
  virtual void keep(const std::vector<std::uint32_t>& states) = 0;
  virtual std::size_t states() const = 0;
  virtual std::size_t bytes() const = 0;
  virtual std::string show(std::uint32_t state) const = 0;

  // Operations that share a part, or a chain of parts, may be left out all together: what stays is
  // linearizable if the whole was. Nothing: none of that kind.
  virtual std::vector<Value> parts(const Operation& operation) const = 0;
  // The value that only this operation, and others with the same one, leave for those who observe
  // it; and the value that it needs someone to have left. Nothing: the model cannot say.
  virtual std::optional<Value> leaves(const Operation& operation) const = 0;
  virtual std::optional<Value> observes(const Operation& operation) const = 0;
  // Adds what an operation that took effect leaves for answers to show: a lost one none of whose
  // marks is ever shown may be left out, and one whose marks were shown for the last time as well.
  // False: the model cannot say.
  virtual bool add_marks(const Operation& operation, std::vector<Value>& marks) const = 0;
  // Adds the marks that its answer shows, at least those of them that are `asked` for.
  virtual void add_shown(const Operation& operation, std::span<const Value> asked,
                         std::vector<Value>& marks) const = 0;

  // States of which one fits the operations if any state at all does, however many there are; none:
  // the model cannot say, or they are too many.
  virtual std::vector<std::uint32_t> beginnings(std::span<const Operation> operations) = 0;
};

}  // namespace tribunal
