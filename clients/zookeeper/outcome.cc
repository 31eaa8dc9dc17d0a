#include "clients/zookeeper/outcome.h"

#include <fmt/format.h>
#include <zookeeper/zookeeper.h>

#include <algorithm>

#include "harness/parts/client.h"

namespace tribunal {
namespace {

// One line of codes: what it means for a request that writes. For one that reads it is failed, as
// every end of a read that is no answer.
struct ZooCodeRow {
  int code;
  Outcome write;
  std::string_view error;
};

constexpr Outcome failed = Outcome::failed, unknown = Outcome::unknown;

// What is failed has its reason here; all that is not in the table is unknown.
// clang-format off
constexpr ZooCodeRow zoo_code_table[] = {
    // The leader looks before it makes a transaction of a request; what it refuses becomes a
    // transaction of its own, which changes nothing (PrepRequestProcessor).
    {ZNONODE,                  failed,  "no such node"},
    {ZNODEEXISTS,              failed,  "the node is there"},
    {ZBADVERSION,              failed,  "another version"},
    {ZNOTEMPTY,                failed,  "the node has children"},
    {ZNOCHILDRENFOREPHEMERALS, failed,  "an ephemeral node has no children"},
    {ZNOAUTH,                  failed,  "not allowed"},
    {ZINVALIDACL,              failed,  "invalid access list"},
    {ZEPHEMERALONLOCALSESSION, failed,  "a local session has no ephemeral nodes"},
    // The server that it came to says that it has not begun with it.
    {ZNOTREADONLY,             failed,  "the server is read-only"},
    {ZTHROTTLEDOP,             failed,  "throttled"},
    // It was under way when the connection was lost, or when the library stopped waiting for it.
    {ZCONNECTIONLOSS,          unknown, "connection lost"},
    {ZOPERATIONTIMEOUT,        unknown, "timed out in the library"},
    {ZCLOSING,                 unknown, "closing"},
    {ZMARSHALLINGERROR,        unknown, "answer is no ZooKeeper protocol"},
    // The library says so of all requests that wait when it learns of it, sent ones too.
    {ZSESSIONEXPIRED,          unknown, "session expired"},
    {ZSESSIONMOVED,            unknown, "session moved"},
    {ZAUTHFAILED,              unknown, "authentication failed"},
};
// clang-format on

Finding find_code(int code, Effect effect) {
  const auto row =
      std::find_if(std::begin(zoo_code_table), std::end(zoo_code_table),
                   [&](const ZooCodeRow& candidate) { return candidate.code == code; });
  const bool known = row != std::end(zoo_code_table);
  const Outcome write = known ? row->write : unknown;
  return {effect == Effect::reads ? failed : write,
          known ? std::string(row->error) : fmt::format("ZooKeeper error {}", code)};
}

}  // namespace

Effect effect_of(ZooVerb verb) {
  return verb == ZooVerb::get || verb == ZooVerb::children || verb == ZooVerb::sync
             ? Effect::reads
             : Effect::writes;
}

Finding find_zookeeper_outcome(const ZooAnswer& answer, Effect effect, Milliseconds timeout) {
  switch (answer.end) {
    case ZooEnd::unconnected:
      return {failed, "no connection in time"};
    case ZooEnd::refused:
      return {failed, answer.code == ZINVALIDSTATE ? "the session has ended" : "not sent"};
    case ZooEnd::late:
      return {effect == Effect::reads ? failed : unknown,
              fmt::format("timed out after {} ms", timeout.count())};
    case ZooEnd::answered:
      break;
  }
  if (answer.code == ZOK) return {Outcome::ok, ""};
  return find_code(answer.code, effect);
}

bool is_condition(const ZooAnswer& answer) {
  return answer.end == ZooEnd::answered &&
         (answer.code == ZNONODE || answer.code == ZNODEEXISTS || answer.code == ZBADVERSION);
}

void require_served(const ZooAnswer& answer, Effect effect, Milliseconds timeout) {
  const Finding finding = find_zookeeper_outcome(answer, effect, timeout);
  if (finding.outcome == Outcome::ok) return;
  if (finding.outcome == failed) throw Rejected(finding.error);
  throw std::runtime_error(finding.error);
}

}  // namespace tribunal
