#include "clients/redis/form_cluster.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "clients/redis/operator.h"
#include "clients/redis/slot.h"
#include "harness/record/error.h"

namespace tribunal {
namespace {

using std::chrono::steady_clock;
using NodeAddresses = std::vector<std::string>;

RedisReply tell(const std::string& address, const RedisCommand& command) {
  return ask_redis(redis_endpoint(address), command,
                   steady_clock::now() + std::chrono::milliseconds(500));
}

void require(RedisDeadline until, const char* what, const std::function<bool()>& done) {
  if (await_redis(until, done)) return;
  throw Error(Blame::environment, fmt::format("Redis Cluster did not form within 40 s: {}", what),
              "the logs of the run have what the nodes say; a slow machine may need a longer "
              "node-timeout: --set node-timeout=5000");
}

bool on_all(const NodeAddresses& nodes, const std::function<bool(const std::string&)>& holds) {
  return std::all_of(nodes.begin(), nodes.end(), holds);
}

void give_slots(const NodeAddresses& nodes, std::size_t primaries) {
  for (std::size_t i = 0; i < primaries; ++i) {
    const std::size_t first = i * redis_slots / primaries,
                      last = (i + 1) * redis_slots / primaries - 1;
    tell(nodes[i], {"CLUSTER", "ADDSLOTSRANGE", fmt::to_string(first), fmt::to_string(last)});
  }
}

// Each with an epoch of its own, so that no two claim what they have by the same right.
void introduce(const NodeAddresses& nodes) {
  for (std::size_t i = 0; i < nodes.size(); ++i)
    tell(nodes[i], {"CLUSTER", "SET-CONFIG-EPOCH", fmt::to_string(i + 1)});
  for (std::size_t i = 1; i < nodes.size(); ++i) {
    const std::string endpoint = redis_endpoint(nodes[i]);
    const std::size_t colon = endpoint.rfind(':');
    tell(nodes[0], {"CLUSTER", "MEET", endpoint.substr(0, colon), endpoint.substr(colon + 1)});
  }
}

bool is_whole(const std::string& node) {
  const std::string info = tell(node, {"CLUSTER", "INFO"}).text;
  const RedisRole role = role_in(tell(node, {"ROLE"}));
  const bool follows = role.role == "master" || role.link == "connected";
  return info_field(info, "cluster_state") == "ok" && follows;
}

}  // namespace

void form_redis_cluster(const Deployment& deployment, RedisDeadline until) {
  const NodeAddresses& nodes = deployment.addresses;
  const std::size_t primaries = std::max<std::size_t>(3, nodes.size() / 2);
  require(until, "a node does not answer", [&] {
    return on_all(nodes, [](const std::string& node) { return !tell(node, {"PING"}).is_error(); });
  });
  give_slots(nodes, primaries);
  introduce(nodes);
  const std::string all = fmt::to_string(nodes.size());
  require(until, "a node does not know all others", [&] {
    return on_all(nodes, [&](const std::string& node) {
      const std::string info = tell(node, {"CLUSTER", "INFO"}).text;
      return info_field(info, "cluster_known_nodes") == all;
    });
  });
  for (std::size_t i = primaries; i < nodes.size(); ++i) {
    const std::string primary = tell(nodes[(i - primaries) % primaries], {"CLUSTER", "MYID"}).text;
    require(until, "a replica does not follow its primary", [&] {
      return !tell(nodes[i], {"CLUSTER", "REPLICATE", primary}).is_error();
    });
  }
  require(until, "not every node finds all slots served and its primary, if it has one",
          [&] { return on_all(nodes, is_whole); });
}

}  // namespace tribunal
