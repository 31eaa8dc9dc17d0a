// The requests of one call to NATS, all within the call's time: each is sent at most once, to the
// client's own node, and its outcome is that of outcome.h.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "clients/nats/answer.h"
#include "clients/nats/outcome.h"
#include "harness/parts/client.h"
#include "harness/parts/database.h"

namespace tribunal {

// The stream that holds everything but queues: what is published below "tribunal.".
inline constexpr const char* nats_log = "tribunal";

// Who is asked for a stored message: whoever leads the stream, or the nearest replica.
enum class NatsSource : std::uint8_t { leader, nearest };

struct NatsCreated {
  bool made = false;
  Int sequence = 0;  // its own, or that of the last message there was
};

// Each throws as Client::invoke does; a look throws nothing but Rejected. Used by one thread.
class NatsDialogue {
 public:
  NatsDialogue(const std::string& address, const Deployment& deployment);

  void begin();  // of a call: its time runs from here
  bool is_late() const;
  const std::string& option(const std::string& name) const { return options_.at(name); }

  // Stores a message; returns its sequence.
  Int publish(const std::string& subject, const std::string& payload);
  // Stores it if there is none of that subject, which the replicas decide in the order of their
  // log: so that what is said to be there is what was there at a moment within this request.
  NatsCreated create(const std::string& subject, const std::string& payload);
  // Stores it if the last of that subject has this sequence; returns its own.
  Int replace(const std::string& subject, const std::string& payload, Int sequence);
  // Deletes the message of that sequence, which is there. Whatever else is said is unknown.
  void remove(Int sequence);

  // The last message of a subject; that with a sequence; nothing: there is none.
  std::optional<NatsStored> last(const std::string& subject, NatsSource source);
  std::optional<NatsStored> at(Int sequence, const std::string& subject);
  // For each of `from` the first message of the subject that has at least that sequence.
  std::vector<std::optional<NatsStored>> following(const std::string& subject,
                                                   const std::vector<Int>& from, NatsSource source);
  // What whoever leads the log knows of it, and how many messages there are of each subject that
  // fits `filter`.
  NatsStreamInfo look(const std::string& filter);

  // Whether the answer to a look at a stream is that there is none of that name.
  bool knows_no_stream(const std::string& name);

  // Asked of $JS.API.`verb`, and answered without a refusal.
  NatsFrame manage(const std::string& verb, const std::string& payload);
  // A message from a consumer, or what it says instead. `delivered`: the subject of its messages.
  NatsFrame next(const std::string& consumer, const std::string& delivered);
  // To the `reply` of a message from a consumer: it is done with.
  void acknowledge(const std::string& reply);

 private:
  NatsExchange send(const std::vector<NatsRequest>& requests);
  NatsExchange ask(const std::vector<NatsRequest>& requests, NatsDeed deed);
  NatsFrame ask_one(const NatsRequest& request, NatsDeed deed);

  std::map<std::string, std::string> options_;  // all of nats_options()
  Milliseconds timeout_;
  NatsConnection connection_;
  NatsDeadline until_{};
};

// What `read` returns. A look had no effect, whatever the answer was: nonsense becomes Rejected.
template <class F>
auto nats_look(const F& read) -> decltype(read()) {
  try {
    return read();
  } catch (const NatsNonsense& nonsense) {
    throw Rejected(nonsense.what());
  }
}

}  // namespace tribunal
