// Which updates a node, or a session, has seen: for each origin all up to a number, and those
// beyond that came out of order. A version vector, exact also where delivery keeps no order.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

// The server is a program of its own; its names stay out of the harness's.
namespace tribunal::quorum {

// One life of a node, from a start to its death: life * 64 + index. A node that lost its memory can
// so never give two updates the same name.
using Origin = std::uint32_t;
using VersionVector = std::map<Origin, std::uint64_t>;

constexpr Origin origin_of(std::size_t index, std::uint64_t life) {
  return static_cast<Origin>(life * 64 + index);
}
constexpr std::size_t index_of(Origin origin) { return origin % 64; }

// The name of one update; the numbers of an origin begin at 1 and have no gaps.
struct Dot {
  Origin origin = 0;
  std::uint64_t number = 0;
  friend auto operator<=>(const Dot&, const Dot&) = default;
};

class Seen {
 public:
  void add(Dot dot);
  void merge(const Seen& other);
  bool contains(Dot dot) const;
  bool covers(const Seen& other) const;
  bool empty() const { return up_to_.empty() && beyond_.empty(); }
  std::uint64_t up_to(Origin origin) const;  // every number up to here is contained

  nlohmann::json to_json() const;
  static Seen from_json(const nlohmann::json& json);  // throws nlohmann's exceptions

  friend bool operator==(const Seen&, const Seen&) = default;

 private:
  void close_gap(Origin origin);

  VersionVector up_to_;
  std::map<Origin, std::set<std::uint64_t>> beyond_;  // above up_to_ + 1, never empty
};

}  // namespace tribunal::quorum
