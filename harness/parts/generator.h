// Decides what a process does next.
#pragma once

#include <cstdint>
#include <optional>
#include <variant>

#include "harness/record/call.h"
#include "harness/record/random.h"

namespace tribunal {

// What a generator knows of the run. A worker is one of `workers` that run at once, each bound to
// one node; it keeps its number when its process number changes after a lost answer.
struct Context {
  std::size_t worker = 0;
  std::size_t workers = 1;
  std::int64_t now = 0;  // nanoseconds since the phase began
};

// A call and when it is meant to go out, in nanoseconds since the phase began (0: as soon as can
// be), and to which node; where none is said the worker's session decides.
struct Step {
  Call call;
  std::int64_t intended = 0;
  std::optional<std::size_t> node{};
};
struct Pending {
  std::int64_t until = 0;
};  // nothing before then; ask again
struct Exhausted {};
using Next = std::variant<Step, Pending, Exhausted>;

// One worker's own stream: what it gives depends on the seed, the worker and how often it was
// asked, never on other workers or on the clock, so that two runs of one seed make the same calls.
// Used by one thread.
class Generator {
 public:
  virtual ~Generator() = default;
  virtual Next next(const Context& context, Random& random) = 0;
};

}  // namespace tribunal
