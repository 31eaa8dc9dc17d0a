// One change of one object, as it is logged, sent between nodes and applied by each of them.
#pragma once

#include <cstdint>
#include <optional>

#include "clients/quorum/server/store/seen.h"

namespace tribunal::quorum {

enum class Kind : char { reg = 'r', set = 's', counter = 'c', list = 'l' };
Kind kind_from(const std::string& name);  // "register", "set", ...; throws std::invalid_argument

struct ObjectId {
  Kind kind = Kind::reg;
  std::int64_t key = 0;
  friend auto operator<=>(const ObjectId&, const ObjectId&) = default;
};

// Who wins among writers: the larger. Counters are logical (Lamport), or microseconds of a clock.
struct Stamp {
  std::uint64_t counter = 0;
  Origin origin = 0;
  friend auto operator<=>(const Stamp&, const Stamp&) = default;
};

enum class Effect : char { puts = '+', erases = '-' };

struct Update {
  Dot dot;
  Stamp stamp;
  ObjectId object;
  Effect effect = Effect::puts;  // erases: a delete of a register, a remove from a set
  std::int64_t value = 0;        // written, added, removed, appended; what a counter grows by
  Seen needs;                    // applied only where these are
  Seen context;                  // of a register that keeps siblings: what its writer had seen
};

nlohmann::json to_json(const Update& update);
Update update_from(const nlohmann::json& json);  // throws nlohmann's exceptions

nlohmann::json to_json(const ObjectId& id);
ObjectId object_id_from(const nlohmann::json& json);

}  // namespace tribunal::quorum
