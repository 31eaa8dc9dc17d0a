// Which key a worker is on: several keys at once, n workers a key, so many operations a key, then a
// fresh one. It follows from how often the worker was asked and from nothing else, so that a seed
// means the same calls every time.
#pragma once

#include <cstdint>
#include <vector>

#include "harness/parts/workload.h"

namespace tribunal {

class KeyCourse {
 public:
  KeyCourse(const Traffic& traffic, std::size_t worker);

  std::size_t member() const { return member_; }  // of its group, from 0
  std::size_t group_size() const { return group_size_; }
  bool only_reads() const { return member_ < readers_; }

  // The key of the worker's `call`th call, from 0, and the place of the call among its calls on
  // that key.
  Key key(std::uint64_t call) const { return static_cast<Key>(group_ + groups_ * (call / share_)); }
  std::uint64_t place(std::uint64_t call) const { return call % share_; }

 private:
  std::size_t groups_, group_, member_, group_size_, readers_;
  std::uint64_t share_;
};

// Every key that workers touched which were asked for so many calls each, ascending.
std::vector<Key> touched_keys(const Traffic& traffic, const std::vector<std::uint64_t>& asked);

// For a quiet last look: every touched key, read through `looks` different workers.
std::vector<Key> last_look_keys(const Traffic& traffic, const std::vector<std::uint64_t>& asked,
                                std::size_t worker, std::size_t looks);

}  // namespace tribunal
