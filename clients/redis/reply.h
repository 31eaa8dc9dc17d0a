// One answer of a Redis server, and its shapes, checked before they are believed.
#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "harness/record/call.h"

struct redisReply;

namespace tribunal {

// The answer came, but it is not what Redis sends to such a command.
struct RedisNonsense : std::runtime_error {
  using std::runtime_error::runtime_error;
};

enum class ReplyKind : std::uint8_t { nothing, status, error, integer, text, list };

struct RedisReply {
  ReplyKind kind = ReplyKind::nothing;
  Int number = 0;                 // of an integer
  std::string text;               // of a status, an error or a text
  std::vector<RedisReply> items;  // of a list

  bool is_error() const { return kind == ReplyKind::error; }
  // The first word of an error: "READONLY".
  std::string_view code() const;
};

// As hiredis has parsed it.
RedisReply copy_of(const redisReply& reply);

// Each throws RedisNonsense on any other shape.
void require_ok(const RedisReply& reply);                    // the status OK
Int integer_in(const RedisReply& reply);                     // an integer
Int decimal_in(const RedisReply& reply);                     // a text that is a decimal number
std::optional<Int> optional_in(const RedisReply& reply);     // the same, or nothing
std::vector<Int> decimals_in(const RedisReply& reply);       // a list of such texts
std::vector<std::string> texts_in(const RedisReply& reply);  // a list of texts

}  // namespace tribunal
