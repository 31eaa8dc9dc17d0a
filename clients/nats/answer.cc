#include "clients/nats/answer.h"

#include <charconv>
#include <nlohmann/json.hpp>

#include "clients/etcd/base64.h"

namespace tribunal {
namespace {

using nlohmann::json;

json object_in(const std::string& text) {
  json parsed = json::parse(text, nullptr, false);
  if (!parsed.is_object()) throw NatsNonsense("the answer is no JSON object");
  return parsed;
}

const json& member(const json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end()) throw NatsNonsense(std::string("the answer has no ") + name);
  return *found;
}

Int integer_of(const json& value) {
  if (!value.is_number_integer()) throw NatsNonsense("the answer has no number where one belongs");
  return value.get<Int>();
}

std::string text_of(const json& value) {
  if (!value.is_string()) throw NatsNonsense("the answer has no text where one belongs");
  return value.get<std::string>();
}

// What DIRECT.GET answers: the message itself, and what is known of it in headers.
std::optional<NatsStored> direct_in(const NatsFrame& answer, const std::string& subject) {
  if (answer.status() == nats_nothing_there) return {};
  if (answer.status() != 0) throw NatsNonsense("the server refuses a direct read");
  if (answer.header("Nats-Subject") != subject)
    throw NatsNonsense("the message is of another subject");
  return NatsStored{nats_number(answer.header("Nats-Sequence")), answer.payload};
}

}  // namespace

Int nats_number(std::string_view text) {
  Int number = 0;
  const auto [last, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || last != text.data() + text.size())
    throw NatsNonsense("the answer is no number");
  return number;
}

std::optional<NatsRefusal> refusal_in(const NatsFrame& answer) {
  if (answer.payload.find("\"error\"") == std::string::npos) return {};
  const json parsed = json::parse(answer.payload, nullptr, false);
  if (!parsed.is_object() || !parsed.contains("error")) return {};
  const json& error = parsed["error"];
  if (!error.is_object()) throw NatsNonsense("an error that is none");
  return NatsRefusal{static_cast<int>(integer_of(member(error, "err_code"))),
                     text_of(member(error, "description"))};
}

Int acknowledged_in(const NatsFrame& answer) {
  const json ack = object_in(answer.payload);
  text_of(member(ack, "stream"));
  const Int sequence = integer_of(member(ack, "seq"));
  if (sequence <= 0) throw NatsNonsense("an acknowledgement of nothing");
  return sequence;
}

Int last_sequence_in(const NatsRefusal& refusal) {
  const std::size_t colon = refusal.description.rfind(": ");
  if (colon == std::string::npos) throw NatsNonsense("a refusal without a sequence");
  return nats_number(std::string_view(refusal.description).substr(colon + 2));
}

std::optional<NatsStored> stored_in(const NatsFrame& answer, const std::string& subject) {
  if (!answer.headers.empty()) return direct_in(answer, subject);
  if (const auto refusal = refusal_in(answer)) {
    if (refusal->number == nats_no_message) return {};
    throw NatsNonsense("JetStream refuses a read: " + refusal->description);
  }
  const json parsed = object_in(answer.payload);
  const json& message = member(parsed, "message");
  if (!message.is_object()) throw NatsNonsense("the answer has no message");
  if (text_of(member(message, "subject")) != subject)
    throw NatsNonsense("the message is of another subject");
  NatsStored stored;
  stored.sequence = integer_of(member(message, "seq"));
  if (message.contains("data")) {
    const auto bytes = decode_base64(text_of(message["data"]));
    if (!bytes) throw NatsNonsense("the message is no base64");
    stored.payload = *bytes;
  }
  return stored;
}

NatsStreamInfo stream_info_in(const NatsFrame& answer) {
  if (const auto refusal = refusal_in(answer))
    throw NatsNonsense("JetStream refuses a look: " + refusal->description);
  const json parsed = object_in(answer.payload);
  const json& state = member(parsed, "state");
  NatsStreamInfo info;
  info.last_sequence = integer_of(member(state, "last_seq"));
  if (const auto cluster = parsed.find("cluster"); cluster != parsed.end())
    if (cluster->is_object() && cluster->contains("leader"))
      info.leader = text_of(member(*cluster, "leader"));
  if (state.contains("subjects"))
    for (const auto& [subject, count] : state["subjects"].items())
      info.counts[subject] = integer_of(count);
  return info;
}

bool succeeded(const NatsFrame& answer) {
  const json parsed = object_in(answer.payload);
  const auto success = parsed.find("success");
  return success != parsed.end() && success->is_boolean() && success->get<bool>();
}

}  // namespace tribunal
