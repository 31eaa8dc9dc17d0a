#include "clients/redis/outcome.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/parts/client.h"

namespace tribunal {
namespace {

constexpr Outcome ok = Outcome::ok, failed = Outcome::failed, unknown = Outcome::unknown;

// One line of errors that Redis answers: how such an error begins, what it means for a command that
// writes, and what is said of it ("": Redis's own words). For one that reads it is failed, as every
// end of a read that is no answer.
struct ErrorRow {
  std::string_view begins;
  Outcome write;
  std::string_view error;
};

// The first line that fits counts. What is failed has its reason here; all else is unknown, for an
// error of a script, say, may come after its first half. A script of this client that is refused in
// its first writing command has written nothing, and the second is refused for no other reason:
// replication and memory are not looked at again while it runs.
// clang-format off
const ErrorRow error_table[] = {
    // At the door (processCommand), before the command runs: who asks, and what is asked.
    {"NOAUTH ",      failed, ""},
    {"WRONGPASS ",   failed, ""},
    {"NOPERM ",      failed, ""},
    {"DENIED ",      failed, "protected mode"},
    {"ERR max number of clients reached", failed, ""},
    {"ERR unknown command",               failed, "unknown command"},
    {"ERR wrong number of arguments",     failed, ""},
    // At the door: a node that has this key only in the view of another (getNodeByQuery).
    {"MOVED ",       failed, "moved to another node"},
    {"ASK ",         failed, "moving to another node"},
    {"TRYAGAIN ",    failed, "TRYAGAIN"},
    {"CROSSSLOT ",   failed, "CROSSSLOT"},
    {"CLUSTERDOWN ", failed, "CLUSTERDOWN"},
    // At the door, and of a script at its first command that writes.
    {"READONLY ",    failed, "READONLY"},
    {"NOREPLICAS ",  failed, "NOREPLICAS"},
    {"MISCONF ",     failed, "MISCONF"},
    {"OOM ",         failed, "OOM"},
    // At the door: it reads its files, has no data, or is in the midst of another script.
    {"LOADING ",     failed, "LOADING"},
    {"MASTERDOWN ",  failed, "MASTERDOWN"},
    {"BUSY ",        failed, "BUSY"},
    // The type is looked at before anything is changed, and each call has one key.
    {"WRONGTYPE ",   failed, "WRONGTYPE"},
    {"ERR value is not an integer",             failed, "the value is no number"},
    {"ERR increment or decrement would overflow", failed, "the counter is full"},
    {"",             unknown, ""},
};
// clang-format on

// Exchanges that got no whole answer. Failed is only what was never sent.
std::string ending_words(const RedisExchange& exchange, Milliseconds timeout) {
  switch (exchange.end) {
    case RedisEnd::late:
      return fmt::format("timed out after {} ms", timeout.count());
    case RedisEnd::closed:
      return "connection closed without an answer";
    case RedisEnd::reset:
      return "connection reset";
    default:
      return "answer is no Redis protocol";
  }
}

// One line, and not for ever: the words of whoever answered.
std::string tame(std::string text) {
  constexpr std::size_t longest = 160;
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c >= 0x7f; }, ' ');
  if (text.size() > longest) text = text.substr(0, longest) + "...";
  return text;
}

Finding find_error(const std::string& text, Effect effect) {
  const ErrorRow& row =
      *std::find_if(std::begin(error_table), std::end(error_table),
                    [&](const ErrorRow& candidate) { return text.starts_with(candidate.begins); });
  return {effect == Effect::reads ? failed : row.write,
          row.error.empty() ? tame(text) : std::string(row.error)};
}

}  // namespace

Finding find_redis_outcome(const RedisExchange& exchange, Effect effect, Milliseconds timeout) {
  if (exchange.end != RedisEnd::answered) {
    const bool harmless = effect == Effect::reads || !exchange.may_have_left;
    return {harmless ? failed : unknown, ending_words(exchange, timeout)};
  }
  if (exchange.reply.is_error()) return find_error(exchange.reply.text, effect);
  return {ok, ""};
}

Finding find_wait_outcome(const RedisExchange& exchange, Int wanted, Milliseconds timeout) {
  if (exchange.end != RedisEnd::answered)
    return {unknown, "written; WAIT: " + ending_words(exchange, timeout)};
  const RedisReply& reply = exchange.reply;
  if (reply.is_error()) return {unknown, "written; WAIT: " + tame(reply.text)};
  if (reply.kind != ReplyKind::integer) return {unknown, "written; WAIT: the answer is no integer"};
  if (reply.number >= wanted) return {ok, ""};
  return {unknown, fmt::format("written; {} of {} replicas acknowledged it", reply.number, wanted)};
}

void require_done(const Finding& finding) {
  if (finding.outcome == ok) return;
  if (finding.outcome == failed) throw Rejected(finding.error);
  throw std::runtime_error(finding.error);
}

}  // namespace tribunal
