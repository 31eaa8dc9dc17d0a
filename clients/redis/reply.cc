#include "clients/redis/reply.h"

#include <hiredis/hiredis.h>

#include <charconv>

namespace tribunal {
namespace {

ReplyKind kind_of(int type) {
  switch (type) {
    case REDIS_REPLY_STATUS:
      return ReplyKind::status;
    case REDIS_REPLY_ERROR:
      return ReplyKind::error;
    case REDIS_REPLY_INTEGER:
      return ReplyKind::integer;
    case REDIS_REPLY_STRING:
      return ReplyKind::text;
    case REDIS_REPLY_ARRAY:
      return ReplyKind::list;
    default:
      return ReplyKind::nothing;
  }
}

void require_list(const RedisReply& reply) {
  if (reply.kind != ReplyKind::list) throw RedisNonsense("the answer is no list");
}

}  // namespace

std::string_view RedisReply::code() const {
  if (!is_error()) return {};
  return std::string_view(text).substr(0, text.find(' '));
}

RedisReply copy_of(const redisReply& reply) {
  RedisReply copy;
  copy.kind = kind_of(reply.type);
  copy.number = reply.integer;
  if (reply.str != nullptr) copy.text.assign(reply.str, reply.len);
  for (std::size_t i = 0; i < reply.elements; ++i) copy.items.push_back(copy_of(*reply.element[i]));
  return copy;
}

void require_ok(const RedisReply& reply) {
  if (reply.kind != ReplyKind::status || reply.text != "OK")
    throw RedisNonsense("the answer is not OK");
}

Int integer_in(const RedisReply& reply) {
  if (reply.kind != ReplyKind::integer) throw RedisNonsense("the answer is no integer");
  return reply.number;
}

Int decimal_in(const RedisReply& reply) {
  if (reply.kind != ReplyKind::text) throw RedisNonsense("the answer is no text");
  Int value = 0;
  const char* end = reply.text.data() + reply.text.size();
  const auto [stopped, error] = std::from_chars(reply.text.data(), end, value);
  if (error != std::errc{} || stopped != end) throw RedisNonsense("the value is no number");
  return value;
}

std::optional<Int> optional_in(const RedisReply& reply) {
  if (reply.kind == ReplyKind::nothing) return std::nullopt;
  return decimal_in(reply);
}

std::vector<Int> decimals_in(const RedisReply& reply) {
  require_list(reply);
  std::vector<Int> numbers;
  numbers.reserve(reply.items.size());
  for (const RedisReply& item : reply.items) numbers.push_back(decimal_in(item));
  return numbers;
}

std::vector<std::string> texts_in(const RedisReply& reply) {
  require_list(reply);
  std::vector<std::string> texts;
  for (const RedisReply& item : reply.items) {
    if (item.kind != ReplyKind::text) throw RedisNonsense("an item of the answer is no text");
    texts.push_back(item.text);
  }
  return texts;
}

}  // namespace tribunal
