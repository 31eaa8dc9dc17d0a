// What most workloads are: each worker on the keys of its course, one kind of call drawn after the
// other, elements given once a key.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "harness/workloads/generators.h"
#include "harness/workloads/keys.h"

namespace tribunal {

// Where a worker is when it makes a call.
struct Turn {
  Key key = 0;
  const KeyCourse& course;
  std::uint64_t given = 0;  // how many fresh elements it gave to that key
  bool is_last = false;     // its next call is on another key

  // The nth element that a member of the group gives to a key, which nobody else gives to it.
  Int element(std::uint64_t nth, std::size_t member) const {
    return static_cast<Int>(1 + nth * course.group_size() + member);
  }
  // The next one of this worker.
  Int fresh() const { return element(given, course.member()); }
};

// A kind of call by the name of its weight. `fresh`: it gives a fresh element to its key.
struct CallKind {
  enum Element : std::uint8_t { none, fresh };
  std::string name;
  Element element = none;
  std::function<Call(const Turn&, Random&)> make;
};

// The stream of these kinds by their weights, within the limits of the traffic. The first kind is
// the only one for workers that only read. With several keys at once, each call is on any of them,
// and they are left for fresh ones together.
std::function<Stream(const Traffic&)> drawn_from(std::vector<CallKind> kinds,
                                                 std::size_t keys_at_once = 1);

// A last look that reads every touched key through two workers, or through every replica.
std::function<Stream(const Traffic&, const std::vector<std::uint64_t>&)> look_through_workers(
    std::function<Call(Key)> read);
std::function<Stream(const Traffic&, const std::vector<std::uint64_t>&)> look_at_replicas(
    std::function<Call(Key)> read, std::size_t keys_at_once = 1);

// Kinds of calls on a register.
CallKind register_reads();
CallKind register_writes();
Call read_register(Key key);

}  // namespace tribunal
