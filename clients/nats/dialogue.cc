#include "clients/nats/dialogue.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "clients/nats/options.h"

namespace tribunal {
namespace {

using nlohmann::json;
using std::chrono::steady_clock;

std::string expecting(Int sequence) {
  return fmt::format("Nats-Expected-Last-Subject-Sequence: {}\r\n", sequence);
}

std::string reader_of(NatsSource source) {
  return fmt::format("$JS.API.{}.{}",
                     source == NatsSource::nearest ? "DIRECT.GET" : "STREAM.MSG.GET", nats_log);
}

}  // namespace

NatsDialogue::NatsDialogue(const std::string& address, const Deployment& deployment)
    : options_(nats_options_of(deployment)),
      timeout_(deployment.call_timeout),
      connection_(address, deployment.access) {}

void NatsDialogue::begin() { until_ = steady_clock::now() + timeout_; }

bool NatsDialogue::is_late() const { return steady_clock::now() >= until_; }

NatsExchange NatsDialogue::send(const std::vector<NatsRequest>& requests) {
  if (is_late())
    throw Rejected(fmt::format("timed out after {} ms", timeout_.count()));  // not sent
  if (!connection_.usable()) connection_.open(until_);
  return connection_.ask(requests, until_);
}

NatsExchange NatsDialogue::ask(const std::vector<NatsRequest>& requests, NatsDeed deed) {
  NatsExchange exchange = send(requests);
  require_nats(find_nats_outcome(exchange, deed, timeout_));
  return exchange;
}

NatsFrame NatsDialogue::ask_one(const NatsRequest& request, NatsDeed deed) {
  return std::move(ask({request}, deed).answers.front());
}

Int NatsDialogue::publish(const std::string& subject, const std::string& payload) {
  return acknowledged_in(ask_one({subject, payload}, NatsDeed::publishes));
}

NatsCreated NatsDialogue::create(const std::string& subject, const std::string& payload) {
  const NatsExchange exchange = send({{subject, payload, expecting(0)}});
  const Finding finding = find_nats_outcome(exchange, NatsDeed::creates, timeout_);
  if (finding.outcome == Outcome::failed && exchange.end == NatsEnd::answered)
    if (const auto refusal = refusal_in(exchange.answers.front()))
      if (refusal->number == nats_wrong_last_sequence) return {false, last_sequence_in(*refusal)};
  require_nats(finding);
  return {true, acknowledged_in(exchange.answers.front())};
}

Int NatsDialogue::replace(const std::string& subject, const std::string& payload, Int sequence) {
  const NatsDeed deed = option("replicas") == "1" ? NatsDeed::replaces_alone : NatsDeed::replaces;
  return acknowledged_in(ask_one({subject, payload, expecting(sequence)}, deed));
}

void NatsDialogue::remove(Int sequence) {
  const NatsFrame answer = manage(fmt::format("STREAM.MSG.DELETE.{}", nats_log),
                                  json{{"seq", sequence}, {"no_erase", true}}.dump());
  if (!succeeded(answer)) throw std::runtime_error("it was not said to be deleted");
}

std::optional<NatsStored> NatsDialogue::last(const std::string& subject, NatsSource source) {
  return nats_look([&] {
    const NatsRequest request{reader_of(source), json{{"last_by_subj", subject}}.dump()};
    return stored_in(ask_one(request, NatsDeed::reads), subject);
  });
}

std::optional<NatsStored> NatsDialogue::at(Int sequence, const std::string& subject) {
  return nats_look([&] {
    const NatsRequest request{reader_of(NatsSource::leader), json{{"seq", sequence}}.dump()};
    return stored_in(ask_one(request, NatsDeed::reads), subject);
  });
}

std::vector<std::optional<NatsStored>> NatsDialogue::following(const std::string& subject,
                                                               const std::vector<Int>& from,
                                                               NatsSource source) {
  std::vector<NatsRequest> requests;
  for (const Int sequence : from)
    requests.push_back(
        {reader_of(source), json{{"seq", sequence}, {"next_by_subj", subject}}.dump()});
  return nats_look([&] {
    std::vector<std::optional<NatsStored>> found;
    for (const NatsFrame& answer : ask(requests, NatsDeed::reads).answers)
      found.push_back(stored_in(answer, subject));
    return found;
  });
}

NatsStreamInfo NatsDialogue::look(const std::string& filter) {
  return nats_look([&] {
    const NatsRequest request{fmt::format("$JS.API.STREAM.INFO.{}", nats_log),
                              json{{"subjects_filter", filter}}.dump()};
    return stream_info_in(ask_one(request, NatsDeed::reads));
  });
}

bool NatsDialogue::knows_no_stream(const std::string& name) {
  return nats_look([&] {
    const auto refusal = refusal_in(ask_one({"$JS.API.STREAM.INFO." + name}, NatsDeed::reads));
    return refusal && refusal->number == nats_no_stream;
  });
}

NatsFrame NatsDialogue::manage(const std::string& verb, const std::string& payload) {
  return ask_one({"$JS.API." + verb, payload}, NatsDeed::manages);
}

NatsFrame NatsDialogue::next(const std::string& consumer, const std::string& delivered) {
  return ask_one(
      {"$JS.API.CONSUMER.MSG.NEXT." + consumer, R"({"batch": 1, "no_wait": true})", {}, delivered},
      NatsDeed::publishes);
}

// That nobody heard it is no proof: the element was delivered, and may not come again for that.
void NatsDialogue::acknowledge(const std::string& reply) {
  const NatsFrame answer = ask_one({reply, "+ACK"}, NatsDeed::manages);
  if (answer.status() != 0 || !answer.payload.empty())
    throw std::runtime_error("the element was not said to be done with");
}

}  // namespace tribunal
