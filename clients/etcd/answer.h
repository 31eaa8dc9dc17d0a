// The answers of etcd's JSON gateway, checked before they are believed. An int64 comes as a string,
// keys and values as base64, and a field that is 0, false or empty not at all.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace tribunal {

// The answer came, but it is not what etcd sends.
struct Nonsense : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// {"error": .., "code": .., "message": ..}, the code being that of gRPC.
struct EtcdError {
  int code = 0;
  std::string message;
};

struct Answer {
  nlohmann::json object;  // discarded unless the body is one JSON object
  std::optional<EtcdError> error;
};
Answer read_answer(std::string_view body);

struct KeyValue {
  std::string key, value;
};

// Each throws Nonsense unless the answer has a header with a revision and the shape of its kind; an
// empty object would otherwise read as "no such key".
std::vector<KeyValue> range_answer(const nlohmann::json& answer);
void put_answer(const nlohmann::json& answer);
bool txn_answer(const nlohmann::json& answer);  // whether its comparisons held; one put if so
std::string role_answer(const nlohmann::json& answer);  // "leader", "follower", "" without a leader

}  // namespace tribunal
