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
  std::uint64_t place = 0;  // among its calls on that key, from 0
  const KeyCourse& course;
  std::uint64_t given = 0;  // how many fresh elements it gave to that key

  // One that no other worker gives to this key, and this one only once.
  Int fresh() const { return static_cast<Int>(1 + given * course.group_size() + course.member()); }
};

// A kind of call by the name of its weight. `fresh`: it gives a fresh element to its key.
struct CallKind {
  enum Element : std::uint8_t { none, fresh };
  std::string name;
  Element element = none;
  std::function<Call(const Turn&, Random&)> make;
};

// The stream of these kinds by their weights, within the limits of the traffic. The first kind is
// the only one for workers that only read.
std::function<Stream(const Traffic&)> drawn_from(std::vector<CallKind> kinds);

// A last look that reads every touched key through two workers, or through every replica.
std::function<Stream(const Traffic&, const std::vector<std::uint64_t>&)> look_through_workers(
    std::function<Call(Key)> read);
std::function<Stream(const Traffic&, const std::vector<std::uint64_t>&)> look_at_replicas(
    std::function<Call(Key)> read);

}  // namespace tribunal
