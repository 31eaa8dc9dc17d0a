#include "clients/etcd/outcome.h"

#include <fmt/format.h>

#include <algorithm>

namespace tribunal {
namespace {

using std::optional;

// gRPC's codes, as the "code" of an error object.
enum Grpc {
  invalid_argument = 3,
  permission_denied = 7,
  resource_exhausted = 8,
  unavailable = 14,
  unauthenticated = 16,
  no_object = -1
};

// One line of the table: what must have happened (`any` and "" fit all), what is said of it, and
// what it means for a call that writes and for one that reads. A read had no effect however it
// ended: unknown for a write, failed for it.
struct Row {
  optional<long> status;
  optional<int> etcd_code;
  std::string_view message;
  Outcome write, read;
  std::string_view error;  // "": etcd's own words, or "HTTP <status>"
};

constexpr auto any = std::nullopt;
constexpr Outcome ok = Outcome::ok, failed = Outcome::failed, unknown = Outcome::unknown;

// The first line that fits counts. What is failed for a write has its reason here; all else is
// unknown, for most of etcd's errors can follow a proposal that is still under way and will be
// committed: "request timed out", "leader changed", "server stopped", whatever is Unavailable,
// Canceled or DeadlineExceeded.
// clang-format off
const Row table[] = {
    // Refused before it could be proposed. InvalidArgument is said by the gateway as it reads the
    // request, by the checks at the door (v3rpc/key.go), by the size limit just before Propose
    // (v3_server.go), or by a state machine that refused the entry on every member alike ("revision
    // of auth store is old").
    {400, invalid_argument, "", failed, failed, ""},
    // Tokens are looked at before Propose; permissions when the entry is applied, before it writes.
    {401, unauthenticated,   "", failed, failed, ""},
    {403, permission_denied, "", failed, failed, ""},
    // No such path: this etcd has its gateway turned off.
    {404, no_object, "", failed, failed, "HTTP 404"},
    // The first thing that processInternalRaftRequestOnce looks at. By its words and not by its
    // code: the other ResourceExhausted is "database space exceeded", said of a put that was
    // carried out, too (quotaApplierV3 applies first and complains afterwards).
    {any, resource_exhausted, "etcdserver: too many requests", failed, failed, ""},
    // By the interceptor, before any handler: a member that does not know its cluster's version
    // yet.
    {any, unavailable, "etcdserver: not capable", failed, failed, ""},

    {200, no_object, "", ok, ok, ""},
    {any, any, "", unknown, failed, ""},
};
// clang-format on

template <class T>
bool fits(const optional<T>& wanted, const T& found) {
  return !wanted || *wanted == found;
}

const Row& row_of(const Exchange& exchange, const Answer& answer) {
  const int code = answer.error ? answer.error->code : int{no_object};
  const std::string_view message = answer.error ? std::string_view(answer.error->message) : "";
  return *std::find_if(std::begin(table), std::end(table), [&](const Row& row) {
    return fits(row.status, exchange.status) && fits(row.etcd_code, code) &&
           (row.message.empty() || row.message == message);
  });
}

// One line, and not for ever: the words of whoever answered.
std::string tame(std::string text) {
  constexpr std::size_t longest = 160;
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
  if (text.size() <= longest) return text;
  std::size_t cut = longest;
  while ((static_cast<unsigned char>(text[cut]) & 0xc0) == 0x80)
    --cut;  // not within a UTF-8 letter
  return text.substr(0, cut) + "...";
}

std::string words_of(const Exchange& exchange, const Answer& answer) {
  if (answer.error && !answer.error->message.empty()) return tame(answer.error->message);
  if (answer.error)
    return fmt::format("HTTP {} with gRPC code {}", exchange.status, answer.error->code);
  if (exchange.status == 200) return "answer is no JSON object";
  return fmt::format("HTTP {}", exchange.status);
}

}  // namespace

Finding find_outcome(const Exchange& exchange, const Answer& answer, Effect effect,
                     Milliseconds timeout) {
  if (exchange.code != CURLE_OK) return find_failure(exchange, effect, timeout);
  const Row& row = row_of(exchange, answer);
  Finding finding;
  finding.outcome = effect == Effect::reads ? row.read : row.write;
  if (finding.outcome == Outcome::ok) {
    if (answer.object.is_object()) return finding;
    return {outcome_of_nonsense(effect), words_of(exchange, answer)};
  }
  finding.error = row.error.empty() ? words_of(exchange, answer) : std::string(row.error);
  return finding;
}

Outcome outcome_of_nonsense(Effect effect) {
  const Row& last = *(std::end(table) - 1);
  return effect == Effect::reads ? last.read : last.write;
}

}  // namespace tribunal
