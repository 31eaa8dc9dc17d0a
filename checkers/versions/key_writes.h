// Who wrote which versions of each key, and their order as far as it is known.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "checkers/versions/versions.h"

namespace tribunal {

// The versions that count, by key, then session, then place: what one session wrote to one key is a
// group, a chain of co.
class KeyWrites {
 public:
  static constexpr std::uint32_t none = Versions::none;

  explicit KeyWrites(const Versions& versions);  // O(n)

  std::uint32_t first_group(std::uint32_t key) const { return key_groups_[key]; }
  std::uint32_t end_group(std::uint32_t key) const { return key_groups_[key + 1]; }
  std::uint32_t session_of(std::uint32_t group) const { return sessions_[group]; }
  std::size_t groups() const { return sessions_.size(); }
  // In the order in which the session wrote them.
  std::span<const std::uint32_t> group(std::uint32_t group) const {
    return std::span(versions_).subspan(starts_[group], starts_[group + 1] - starts_[group]);
  }
  std::span<const std::uint32_t> of_key(std::uint32_t key) const {
    const std::uint32_t from = starts_[key_groups_[key]], to = starts_[key_groups_[key + 1]];
    return std::span(versions_).subspan(from, to - from);
  }
  // Of a group, how many versions lie among the first `steps` steps of their session.
  std::size_t among(std::uint32_t group, std::uint32_t steps) const;
  // The same, of a group of which the first `from` are known to.
  std::size_t among(std::uint32_t group, std::uint32_t steps, std::size_t from) const {
    const std::size_t size = starts_[group + 1] - starts_[group];
    while (from < size && places_[starts_[group] + from] < steps) ++from;
    return from;
  }
  // The session's group of the key, or none.
  std::uint32_t find(std::uint32_t key, std::uint32_t session) const;
  std::size_t bytes() const {
    return (key_groups_.capacity() + starts_.capacity() + sessions_.capacity() +
            versions_.capacity() + places_.capacity()) *
           4;
  }

 private:
  std::vector<std::uint32_t> key_groups_;         // keys + 1 groups
  std::vector<std::uint32_t> starts_, sessions_;  // by group
  std::vector<std::uint32_t> versions_, places_;  // places_: of their steps
};

// The versions of each key in a line: as its lists or the database's numbers rank them, else as
// they are added, which has to be a topological order of co.
class Lineup {
 public:
  Lineup(const Versions& versions, const KeyWrites& writes);

  void add(std::uint32_t version) {  // pre: its key is not ranked
    const std::uint32_t key = versions_.key_of[version];
    line_[starts_[key] + lengths_[key]] = version;
    positions_[version] = ++lengths_[key];
  }
  // From 1; 0 for the initial one.
  std::uint32_t position(std::uint32_t version) const { return positions_[version]; }
  std::span<const std::uint32_t> after(std::uint32_t version) const {
    const std::uint32_t key = versions_.key_of[version], position = positions_[version];
    return std::span(line_).subspan(starts_[key] + position, lengths_[key] - position);
  }
  // Of a key, so far.
  std::span<const std::uint32_t> line(std::uint32_t key) const {
    return std::span(line_).subspan(starts_[key], lengths_[key]);
  }
  std::size_t bytes() const {
    return (starts_.capacity() + lengths_.capacity() + line_.capacity() + positions_.capacity()) *
           4;
  }

 private:
  const Versions& versions_;
  std::vector<std::uint32_t> starts_, lengths_;  // by key
  std::vector<std::uint32_t> line_;
  std::vector<std::uint32_t> positions_;  // by version
};

}  // namespace tribunal
