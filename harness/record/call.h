// The words that generators and clients share. A call is written with blanks; a completed call is
// the same call with its blanks filled in. Transactions, queues and locks join the variant when a
// client first serves them.
#pragma once

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "harness/record/function.h"

namespace tribunal {

using Int = std::int64_t;
using Key = std::int64_t;

struct Read {
  Key key{};
  std::optional<Int> value{};
};  // a register; blank: value (nothing: never written)
struct Write {
  Key key{};
  Int value{};
};
struct Cas {
  Key key{};
  Int from{};
  Int to{};
};  // completes only if it swapped; a mismatch is Rejected
struct Add {
  Key key{};
  Int element{};
};  // to the set at `key`
struct ReadSet {
  Key key{};
  std::vector<Int> elements{};
};  // blank: elements, in the order in which they came

using Call = std::variant<Read, Write, Cas, Add, ReadSet>;

// Lets a visitor be written as a list of lambdas, one for each kind of call.
template <class... F>
struct overloaded : F... {
  using F::operator()...;
};
template <class... F>
overloaded(F...) -> overloaded<F...>;

inline Key key_of(const Call& call) {
  return std::visit([](const auto& c) { return c.key; }, call);
}

inline Function function_of(const Call& call) {
  return std::visit(
      overloaded{[](const Read&) { return Function::read; },
                 [](const Write&) { return Function::write; },
                 [](const Cas&) { return Function::cas; }, [](const Add&) { return Function::add; },
                 [](const ReadSet&) { return Function::read; }},
      call);
}

}  // namespace tribunal
