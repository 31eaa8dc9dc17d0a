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
  std::int64_t created = 0, modified = 0;  // revisions; 0: the answer gave none
};

// Each throws Nonsense unless the answer has a header with a revision and the shape of its kind; an
// empty object would otherwise read as "no such key".
std::vector<KeyValue> range_answer(const nlohmann::json& answer);
std::optional<KeyValue> smallest_answer(const nlohmann::json& answer);  // of a range with limit 1
std::int64_t put_answer(const nlohmann::json& answer);                  // the revision it made
// Whether the comparisons held, and then the revision it made; `actions` are the answers to what it
// then did, in order: "response_put", ...
std::optional<std::int64_t> txn_answer(const nlohmann::json& answer,
                                       const std::vector<std::string_view>& actions);
// A lease, and how many seconds it lives without being kept alive.
struct Grant {
  std::int64_t id = 0, seconds = 0;
};
Grant grant_answer(const nlohmann::json& answer);
// Of one line of a stream: whether the lease was still there to be kept alive.
bool keep_alive_answer(std::string_view line);
// Of a transaction of ranges only: what each found.
std::vector<std::vector<KeyValue>> look_answer(const nlohmann::json& answer, std::size_t ranges);

// One message of a watch.
struct WatchEvent {
  KeyValue pair;
  bool erased = false;
};
struct WatchAnswer {
  std::int64_t revision = 0;  // of the member that speaks; 0: it does not say
  bool created = false, canceled = false;
  std::int64_t compacted = 0;  // canceled for this: what is older can be read no longer
  std::string reason;          // of the cancellation
  std::vector<WatchEvent> events;
};
// Throws Nonsense likewise; the words of an error that ended the stream are in it.
WatchAnswer watch_answer(std::string_view line);

std::string role_answer(const nlohmann::json& answer);  // "leader", "follower", "" without a leader

// Throws Nonsense unless all keys are in [first, end), or are `first` if there is no end.
void require_within(const std::vector<KeyValue>& pairs, std::string_view first,
                    std::string_view end);

}  // namespace tribunal
