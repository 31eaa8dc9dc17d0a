// What JetStream answers: acknowledgements, refusals, stored messages, and what a stream says of
// itself. Each function throws NatsNonsense on any other shape.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "clients/nats/frame.h"
#include "harness/record/call.h"

namespace tribunal {

// Numbers of refusals, as in the server's errors.json.
inline constexpr int nats_wrong_last_sequence = 10071, nats_no_message = 10037,
                     nats_no_stream = 10059;
// In the headers: nobody listens on that subject, and there is no such message.
inline constexpr int nats_no_responders = 503, nats_nothing_there = 404;

struct NatsRefusal {
  int number = 0;
  std::string description;
};
// Nothing: it is no refusal.
std::optional<NatsRefusal> refusal_in(const NatsFrame& answer);

// The sequence of the message that was stored.
Int acknowledged_in(const NatsFrame& answer);
// "wrong last sequence: 17" -> 17.
Int last_sequence_in(const NatsRefusal& refusal);

struct NatsStored {
  Int sequence = 0;
  std::string payload;
};
// Of STREAM.MSG.GET and of DIRECT.GET; nothing: there is no such message. It must be of `subject`.
std::optional<NatsStored> stored_in(const NatsFrame& answer, const std::string& subject);

struct NatsStreamInfo {
  Int last_sequence = 0;
  std::string leader;                 // "" where it stands alone, or nobody leads
  std::map<std::string, Int> counts;  // of messages, by subject, where they were asked for
};
NatsStreamInfo stream_info_in(const NatsFrame& answer);

// Whether it says `"success": true`.
bool succeeded(const NatsFrame& answer);

Int nats_number(std::string_view text);  // decimal

}  // namespace tribunal
