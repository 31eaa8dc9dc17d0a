#include "clients/nats/outcome.h"

#include <fmt/format.h>

#include <algorithm>

#include "clients/nats/answer.h"
#include "harness/parts/client.h"

namespace tribunal {
namespace {

constexpr Outcome failed = Outcome::failed, unknown = Outcome::unknown;

// One line of refusals: the number, of which deed, what it means, and what is said of it.
struct NatsRow {
  int number;
  NatsDeed deed;
  Outcome outcome;
  std::string_view error;
};

// All that is not in the table is unknown, but for reads, which are failed however they end.
// clang-format off
constexpr NatsRow nats_table[] = {
    // The server that the client is connected to says it by itself: it knew nobody, here or behind
    // any other server, to pass the message to.
    {nats_no_responders,       NatsDeed::publishes,      failed,  "no responders"},
    {nats_no_responders,       NatsDeed::creates,        failed,  "no responders"},
    {nats_no_responders,       NatsDeed::replaces,       failed,  "no responders"},
    {nats_no_responders,       NatsDeed::replaces_alone, failed,  "no responders"},
    // What a server asks of itself by its system account may end so after it was heard elsewhere.
    {nats_no_responders,       NatsDeed::manages,        unknown, "no responders"},
    // That there is one already is found out when the message has its place in the log, on every
    // replica alike.
    {nats_wrong_last_sequence, NatsDeed::creates,        failed,  "there is one already"},
    {nats_wrong_last_sequence, NatsDeed::replaces_alone, failed,  "another revision"},
    // That the last one is another is found out by whoever thinks it leads, before it proposes. One
    // that has been replaced and does not know it says so too, while its successor, who heard the
    // same message, takes it.
    {nats_wrong_last_sequence, NatsDeed::replaces,       unknown, "another revision"},
};
// clang-format on

// One line, and not for ever: the words of whoever answered.
std::string tamed(std::string text) {
  constexpr std::size_t longest = 120;
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c >= 0x7f; }, ' ');
  return text.size() > longest ? text.substr(0, longest) + "..." : text;
}

std::string nats_ending(const NatsExchange& exchange, Milliseconds timeout) {
  if (!exchange.error.empty()) return "the server closed: " + tamed(exchange.error);
  switch (exchange.end) {
    case NatsEnd::late:
      return fmt::format("timed out after {} ms", timeout.count());
    case NatsEnd::closed:
      return "connection closed without an answer";
    case NatsEnd::reset:
      return "connection reset";
    default:
      return "answer is no NATS protocol";
  }
}

Finding find_refusal(int number, const std::string& words, NatsDeed deed) {
  const auto row =
      std::find_if(std::begin(nats_table), std::end(nats_table),
                   [&](const NatsRow& one) { return one.number == number && one.deed == deed; });
  if (row != std::end(nats_table)) return {row->outcome, std::string(row->error)};
  return {deed == NatsDeed::reads ? failed : unknown, words};
}

}  // namespace

Finding find_nats_outcome(const NatsExchange& exchange, NatsDeed deed, Milliseconds timeout) {
  if (exchange.end != NatsEnd::answered) {
    const bool harmless = deed == NatsDeed::reads || !exchange.may_have_left;
    return {harmless ? failed : unknown, nats_ending(exchange, timeout)};
  }
  for (const NatsFrame& answer : exchange.answers) {
    const int status = answer.status();
    if (status == nats_no_responders) return find_refusal(status, "no responders", deed);
    // Only what a look or a consumer answers has another status, and they know theirs.
    if (deed == NatsDeed::reads) continue;
    try {
      if (const auto refusal = refusal_in(answer))
        return find_refusal(
            refusal->number,
            fmt::format("JetStream {}: {}", refusal->number, tamed(refusal->description)), deed);
    } catch (const NatsNonsense&) {
      return {unknown, "the answer is no refusal of JetStream"};
    }
  }
  return {Outcome::ok, ""};
}

void require_nats(const Finding& finding) {
  if (finding.outcome == Outcome::ok) return;
  if (finding.outcome == failed) throw Rejected(finding.error);
  throw std::runtime_error(finding.error);
}

}  // namespace tribunal
