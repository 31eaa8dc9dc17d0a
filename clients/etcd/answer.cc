#include "clients/etcd/answer.h"

#include <algorithm>
#include <charconv>

#include "clients/etcd/base64.h"

namespace tribunal {
namespace {

using nlohmann::json;

const json* field(const json& object, const char* name) {
  const auto at = object.find(name);
  return at == object.end() || at->is_null() ? nullptr : &*at;
}

// A 64-bit number, as a string or as it is; 0 where the field is absent.
std::uint64_t number(const json& object, const char* name) {
  const json* value = field(object, name);
  if (value == nullptr) return 0;
  if (value->is_number_unsigned()) return value->get<std::uint64_t>();
  if (value->is_string()) {
    const auto& text = value->get_ref<const std::string&>();
    std::uint64_t result = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), result);
    if (error == std::errc{} && end == text.data() + text.size()) return result;
  }
  throw Nonsense(std::string("the answer's ") + name + " is no number");
}

std::string bytes(const json& object, const char* name) {
  const json* value = field(object, name);
  if (value == nullptr) return {};
  if (value->is_string()) {
    if (auto decoded = decode_base64(value->get_ref<const std::string&>())) return *decoded;
  }
  throw Nonsense(std::string("the answer's ") + name + " is no base64");
}

const json& header(const json& answer) {
  const json* found = answer.is_object() ? field(answer, "header") : nullptr;
  if (found == nullptr || !found->is_object()) throw Nonsense("answer without a header");
  return *found;
}

std::int64_t revision(const json& answer) {
  const std::uint64_t found = number(header(answer), "revision");
  if (found == 0) throw Nonsense("answer without a revision");
  return static_cast<std::int64_t>(found);
}

const json& list(const json& answer, const char* name) {
  static const json none = json::array();
  const json* value = field(answer, name);
  if (value == nullptr) return none;
  if (!value->is_array()) throw Nonsense(std::string("the answer's ") + name + " is no list");
  return *value;
}

bool truth(const json& answer, const char* name) {
  const json* value = field(answer, name);
  if (value == nullptr) return false;
  if (!value->is_boolean()) throw Nonsense(std::string("the answer's ") + name + " is no boolean");
  return value->get<bool>();
}

KeyValue pair_in(const json& pair) {
  if (!pair.is_object()) throw Nonsense("the answer's kvs hold something else");
  return {bytes(pair, "key"), bytes(pair, "value"),
          static_cast<std::int64_t>(number(pair, "create_revision")),
          static_cast<std::int64_t>(number(pair, "mod_revision"))};
}

std::vector<KeyValue> pairs_in(const json& range) {
  const json& found = list(range, "kvs");
  std::vector<KeyValue> pairs;
  pairs.reserve(found.size());
  for (const json& pair : found) pairs.push_back(pair_in(pair));
  return pairs;
}

std::string text_in(const json& object, const char* name) {
  const json* value = field(object, name);
  return value != nullptr && value->is_string() ? value->get<std::string>() : std::string();
}

// One message of a stream.
json streamed(std::string_view line) {
  json message = json::parse(line, nullptr, false);
  if (!message.is_object()) throw Nonsense("a message is no JSON object");
  if (const json* error = field(message, "error"); error != nullptr && error->is_object())
    throw Nonsense("broken off: " + text_in(*error, "message"));
  const json* result = field(message, "result");
  if (result == nullptr || !result->is_object()) throw Nonsense("a message without a result");
  header(*result);
  return *result;
}

WatchEvent event_in(const json& event) {
  if (!event.is_object() || !event.contains("kv")) throw Nonsense("a watch's event without a key");
  WatchEvent read{pair_in(event["kv"]), text_in(event, "type") == "DELETE"};
  if (read.pair.modified == 0) throw Nonsense("a watch's event without a revision");
  return read;
}

// Of a range without a limit, so that all of it must be here.
std::vector<KeyValue> all_pairs(const json& range) {
  std::vector<KeyValue> pairs = pairs_in(range);
  if (number(range, "count") != pairs.size() || truth(range, "more"))
    throw Nonsense("the answer's count is not that of its keys");
  return pairs;
}

}  // namespace

Answer read_answer(std::string_view body) {
  Answer answer;
  answer.object = json::parse(body, nullptr, false);
  if (!answer.object.is_object()) {
    answer.object = json(json::value_t::discarded);
    return answer;
  }
  const json* code = field(answer.object, "code");
  const json* message = field(answer.object, "message");
  if (message == nullptr) message = field(answer.object, "error");
  if (code == nullptr && message == nullptr) return answer;
  answer.error.emplace();
  // 2 is gRPC's "unknown".
  answer.error->code = code != nullptr && code->is_number_integer() ? code->get<int>() : 2;
  if (message != nullptr && message->is_string())
    answer.error->message = message->get<std::string>();
  return answer;
}

std::vector<KeyValue> range_answer(const json& answer) {
  revision(answer);
  return all_pairs(answer);
}

std::optional<KeyValue> smallest_answer(const json& answer) {
  revision(answer);
  const std::vector<KeyValue> pairs = pairs_in(answer);
  const std::uint64_t count = number(answer, "count");
  if (pairs.size() != std::min<std::uint64_t>(count, 1) || truth(answer, "more") != (count > 1))
    throw Nonsense("the answer's count is not that of its keys");
  if (pairs.empty()) return std::nullopt;
  return pairs.front();
}

std::int64_t put_answer(const json& answer) { return revision(answer); }

std::optional<std::int64_t> txn_answer(const json& answer,
                                       const std::vector<std::string_view>& actions) {
  const std::int64_t made = revision(answer);
  const bool succeeded = truth(answer, "succeeded");
  const json& responses = list(answer, "responses");
  if (!succeeded) {
    if (!responses.empty()) throw Nonsense("the answer did something though it did not succeed");
    return std::nullopt;
  }
  if (responses.size() != actions.size())
    throw Nonsense("the answer succeeded without what it was to do");
  for (std::size_t i = 0; i < actions.size(); ++i) {
    if (!responses[i].is_object() || !responses[i].contains(actions[i]))
      throw Nonsense("the answer succeeded without what it was to do");
  }
  return made;
}

std::vector<std::vector<KeyValue>> look_answer(const json& answer, std::size_t ranges) {
  if (!txn_answer(answer, std::vector<std::string_view>(ranges, "response_range")))
    throw Nonsense("the answer did not look though nothing was to keep it from that");
  std::vector<std::vector<KeyValue>> found;
  for (const json& response : list(answer, "responses")) {
    const json& range = response.at("response_range");
    if (!range.is_object()) throw Nonsense("the answer's range is no object");
    found.push_back(all_pairs(range));
  }
  return found;
}

void require_within(const std::vector<KeyValue>& pairs, std::string_view first,
                    std::string_view end) {
  for (const KeyValue& pair : pairs) {
    const std::string_view key = pair.key;
    if (end.empty() ? key != first || pairs.size() > 1 : key < first || key >= end)
      throw Nonsense("the answer is about another key");
  }
}

Grant grant_answer(const json& answer) {
  revision(answer);
  const Grant grant{static_cast<std::int64_t>(number(answer, "ID")),
                    static_cast<std::int64_t>(number(answer, "TTL"))};
  if (grant.id == 0 || grant.seconds == 0) throw Nonsense("the answer grants no lease");
  return grant;
}

bool keep_alive_answer(std::string_view line) { return number(streamed(line), "TTL") != 0; }

WatchAnswer watch_answer(std::string_view line) {
  const json result = streamed(line);
  WatchAnswer answer;
  answer.revision = static_cast<std::int64_t>(number(header(result), "revision"));
  answer.created = truth(result, "created");
  answer.canceled = truth(result, "canceled");
  answer.compacted = static_cast<std::int64_t>(number(result, "compact_revision"));
  answer.reason = text_in(result, "cancel_reason");
  for (const json& event : list(result, "events")) answer.events.push_back(event_in(event));
  return answer;
}

std::string role_answer(const json& answer) {
  const std::uint64_t self = number(header(answer), "member_id");
  const std::uint64_t leader = number(answer, "leader");
  if (leader == 0) return "";
  return leader == self ? "leader" : "follower";
}

}  // namespace tribunal
