// Combinators of generators: each wraps another and changes one thing about its stream.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "harness/parts/workload.h"

namespace tribunal {

using GeneratorPtr = std::unique_ptr<Generator>;

// Calls from a function that always has one.
GeneratorPtr endless(std::function<Call(const Context&, Random&)> draw);

// A fixed list of calls, then exhausted.
GeneratorPtr listed(std::vector<Call> calls);

// At most `calls` calls.
GeneratorPtr limited(GeneratorPtr inner, std::uint64_t calls);

// Open loop: this worker's share of `rate` calls a second of all `workers`. Intended times are
// drawn, one uniformly in each interval of workers / rate seconds; they depend on no answer, so a
// slow database does not slow the clock. Rate 0: as fast as answers come.
GeneratorPtr at_rate(GeneratorPtr inner, double rate, std::size_t workers);

// Exhausted once a call is intended (or, without a rate, would go out) `duration` nanoseconds or
// later into the phase.
GeneratorPtr until(GeneratorPtr inner, std::int64_t duration);

// One after another.
GeneratorPtr sequence(std::vector<GeneratorPtr> parts);

// `inner` with all limits that `traffic` sets.
GeneratorPtr paced(GeneratorPtr inner, const Traffic& traffic, std::size_t worker);

// For a last look at every replica: this worker's share of the keys, each read from every node in
// turn.
GeneratorPtr every_replica(const std::vector<Key>& keys, const Traffic& traffic, std::size_t worker,
                           const std::function<Call(Key)>& read);

// The odds of one kind of call; 0 where `traffic` does not name it.
int weight_of(const Traffic& traffic, const std::string& kind);

// An index into `weights`, drawn with those odds; at least one must be above 0.
std::size_t draw_weighted(const std::vector<int>& weights, Random& random);

}  // namespace tribunal
