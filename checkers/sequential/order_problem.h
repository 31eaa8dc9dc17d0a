// Whether the steps of several sessions fit into one total order: each session's in its order, and
// each read right after its write, but for other reads, among those of its key.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "checkers/versions/versions.h"

namespace tribunal {

// Steps and versions numbered from 0; the first `keys` versions are the initial ones.
// SessionStep::operation is left as it was.
struct OrderProblem {
  static constexpr std::uint32_t none = Versions::none;

  std::vector<SessionStep> steps;     // by session, each session's in its order
  std::vector<std::uint32_t> starts;  // of sessions, sessions + 1
  std::uint32_t keys = 0;
  std::vector<std::uint32_t> writers;        // by version, a step; none: initial
  std::vector<std::uint32_t> reader_starts;  // by version, versions + 1 places in `readers`
  std::vector<std::uint32_t> readers;        // steps; a compare-and-set reads too
  std::vector<std::pair<std::uint32_t, std::uint32_t>> forced;  // steps: the first comes before

  std::size_t sessions() const { return starts.size() - 1; }
  std::span<const std::uint32_t> readers_of(std::uint32_t version) const {
    return std::span(readers).subspan(reader_starts[version],
                                      reader_starts[version + 1] - reader_starts[version]);
  }
  bool initial(std::uint32_t version) const { return version < keys; }
};

// Whether the database's own numbers of versions are taken for the order of a key's writes. They
// are no part of the claim: an order that keeps them is an order, but where there is none that
// does, there may be another.
enum class Numbers : std::uint8_t { kept, ignored };

// The problem of some of a history's steps (places in Versions::steps, ascending). A step whose
// write is left out must be left out too; then, if the whole has an order, so have they. The
// appends of a list are forced into the order in which it holds them.
OrderProblem order_problem(const Versions& versions, std::span<const std::uint32_t> chosen,
                           Numbers numbers);

}  // namespace tribunal
