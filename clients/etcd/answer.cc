#include "clients/etcd/answer.h"

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

void require_revision(const json& answer) {
  if (number(header(answer), "revision") == 0) throw Nonsense("answer without a revision");
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
  require_revision(answer);
  const json& found = list(answer, "kvs");
  // No range is asked with a limit, so all of it must be here.
  if (number(answer, "count") != found.size() || truth(answer, "more")) {
    throw Nonsense("the answer's count is not that of its keys");
  }
  std::vector<KeyValue> pairs;
  pairs.reserve(found.size());
  for (const json& pair : found) {
    if (!pair.is_object()) throw Nonsense("the answer's kvs hold something else");
    pairs.push_back({bytes(pair, "key"), bytes(pair, "value")});
  }
  return pairs;
}

void put_answer(const json& answer) { require_revision(answer); }

bool txn_answer(const json& answer) {
  require_revision(answer);
  const bool succeeded = truth(answer, "succeeded");
  const json& responses = list(answer, "responses");
  if (!succeeded) {
    if (!responses.empty()) throw Nonsense("the answer did something though it did not succeed");
    return false;
  }
  if (responses.size() != 1 || !responses[0].is_object() ||
      field(responses[0], "response_put") == nullptr) {
    throw Nonsense("the answer succeeded without its put");
  }
  return true;
}

std::string role_answer(const json& answer) {
  const std::uint64_t self = number(header(answer), "member_id");
  const std::uint64_t leader = number(answer, "leader");
  if (leader == 0) return "";
  return leader == self ? "leader" : "follower";
}

}  // namespace tribunal
