// A replicated register, set, counter or list: updates applied in any order, or whole states
// joined, end in the same state on every node.
#pragma once

#include <optional>
#include <vector>

#include "clients/quorum/server/store/update.h"

namespace tribunal::quorum {

// What becomes of writes of a register that did not see each other.
enum class Conflicts {
  newest,    // the largest stamp wins, the others are dropped
  siblings,  // all are kept until a write that saw them; a read shows the one of the largest stamp
  merge,     // all are kept until a write that saw them; a read shows the largest value
};

// One object; which part of it counts is said by its kind. An element of a set is decided by the
// largest stamp, a list is in the order of stamps, a counter is the sum of its origins' parts.
struct Object {
  struct Version {
    Stamp stamp;
    Seen context;                       // of its writer, itself included
    std::optional<std::int64_t> value;  // nothing: deleted
    friend bool operator==(const Version&, const Version&) = default;
  };
  struct Element {
    Stamp stamp;
    bool present = false;
    friend bool operator==(const Element&, const Element&) = default;
  };
  struct Part {
    std::uint64_t count = 0;
    std::int64_t sum = 0;
    friend bool operator==(const Part&, const Part&) = default;
  };

  std::vector<Version> versions;  // of a register, none of which replaces another; by stamp
  std::map<std::int64_t, Element> elements;
  std::map<Origin, Part> parts;
  std::map<Stamp, std::int64_t> items;

  friend bool operator==(const Object&, const Object&) = default;
};

// Each update once; all but counters bear the same one twice.
void apply(Object& object, const Update& update, Conflicts conflicts);
// The least state above both; commutative, associative and idempotent. True if `into` changed.
bool join(Object& into, const Object& from, Conflicts conflicts);

// What a read answers: {"value": 3}, {"elements": [1, 2]}, ...
nlohmann::json shown(const Object& object, Kind kind, Conflicts conflicts);
// Of the register's version that a read shows; 0 for one never written.
Stamp shown_stamp(const Object& object);
// The largest stamp anywhere in it.
Stamp largest_stamp(const Object& object);

nlohmann::json to_json(const Object& object);
Object object_from(const nlohmann::json& json);

}  // namespace tribunal::quorum
