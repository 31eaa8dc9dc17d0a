// What an operator asks of a Redis server or a Sentinel, apart from the calls of the client:
// nothing here becomes part of a history.
#pragma once

#include <optional>
#include <string>

#include "clients/redis/connection.h"
#include "harness/parts/database.h"

namespace tribunal {

constexpr const char* sentinel_name = "tribunal";  // of the primary that Sentinels watch

// One answer of the server at `endpoint`, on a connection of its own. Throws std::runtime_error
// with the error it answered, or that it did not answer by the deadline.
RedisReply ask_redis(const std::string& endpoint, const RedisCommand& command, RedisDeadline until,
                     const Access& access = {});

// What a Sentinel is asked, and the address that it answers; nothing where it knows none.
RedisCommand primary_question();
std::optional<std::string> address_named_in(const RedisReply& reply);
// The two together.
std::optional<std::string> primary_named_by(const std::string& sentinel, RedisDeadline until);

// What a server says to ROLE. Throws RedisNonsense.
struct RedisRole {
  std::string role;          // "master", "slave", "sentinel"
  std::string primary;       // of a replica: whom it follows
  std::string link;          // of a replica: "connected" when it does
  std::size_t replicas = 0;  // of a primary: those that follow it
};
RedisRole role_in(const RedisReply& reply);

// The value of one line of INFO or CLUSTER INFO: "cluster_state:ok"; "" without one.
std::string info_field(const std::string& info, const std::string& name);

// Tries until it is true or the deadline has passed. What `done` throws counts as not yet.
bool await_redis(RedisDeadline until, const std::function<bool()>& done);

}  // namespace tribunal
