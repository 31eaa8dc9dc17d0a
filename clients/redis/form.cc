#include "clients/redis/form.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "clients/redis/form_cluster.h"
#include "clients/redis/operator.h"
#include "clients/redis/options.h"
#include "harness/record/error.h"

namespace tribunal {
namespace {

using std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr const char* sentinels_run = "sentinels run";

bool replicates(const Deployment& deployment) {
  const auto soon = steady_clock::now() + 500ms;
  for (std::size_t i = 0; i < deployment.addresses.size(); ++i) {
    const RedisRole role =
        role_in(ask_redis(redis_endpoint(deployment.addresses[i]), {"ROLE"}, soon));
    if (i == 0 && (role.role != "master" || role.replicas + 1 != deployment.addresses.size()))
      return false;
    if (i > 0 && role.link != "connected") return false;
  }
  return true;
}

// The list of names and values that a Sentinel answers with.
std::map<std::string, std::string> fields_in(const RedisReply& reply) {
  std::map<std::string, std::string> fields;
  const auto texts = texts_in(reply);
  for (std::size_t i = 0; i + 1 < texts.size(); i += 2) fields[texts[i]] = texts[i + 1];
  return fields;
}

// A Sentinel that is asked to fail over before it knows good replicas tries for minutes.
bool knows_all(const std::string& sentinel, std::size_t others) {
  const auto soon = steady_clock::now() + 500ms;
  const auto primary = fields_in(ask_redis(sentinel, {"SENTINEL", "MASTER", sentinel_name}, soon));
  const std::string wanted = fmt::to_string(others);
  if (primary.at("flags") != "master" || primary.at("num-slaves") != wanted ||
      primary.at("num-other-sentinels") != wanted)
    return false;
  const RedisReply replicas = ask_redis(sentinel, {"SENTINEL", "REPLICAS", sentinel_name}, soon);
  return std::all_of(replicas.items.begin(), replicas.items.end(), [](const RedisReply& reply) {
    const auto replica = fields_in(reply);
    return replica.at("flags") == "slave" && replica.at("master-link-status") == "ok";
  });
}

// Sentinels look for replicas when they begin and then every ten seconds, so they begin once all
// replicate.
void begin_sentinels(Cluster& cluster, const Deployment& deployment, RedisDeadline until) {
  for (std::size_t i = 0; i < cluster.size(); ++i)
    cluster.host(i).start(sentinel_daemon(cluster.host(i), deployment));
  deployment.notes->set(sentinels_run, "yes");
  const bool known = await_redis(until, [&] {
    return std::all_of(
        deployment.addresses.begin(), deployment.addresses.end(), [&](const std::string& address) {
          return knows_all(sentinel_endpoint(address), deployment.addresses.size() - 1);
        });
  });
  if (!known)
    throw Error(Blame::environment,
                "the Sentinels did not come to know each other and every replica within 40 s",
                "the logs of the run have what they say; a slow machine may need fewer nodes");
}

}  // namespace

bool has_sentinels(const Deployment& deployment) {
  return !deployment.notes->get(sentinels_run).empty();
}

void form_redis(Cluster& cluster, const Deployment& deployment) {
  const auto until = steady_clock::now() + 40s;
  const std::string layout = redis_option(deployment, "layout");
  if (layout == "cluster") return form_redis_cluster(deployment, until);
  if (!await_redis(until, [&] { return replicates(deployment); }))
    throw Error(Blame::environment, "the replicas did not begin to follow the primary within 40 s",
                "the logs of the run have what they say; a slow machine may need fewer nodes");
  if (layout == "sentinel") begin_sentinels(cluster, deployment, until);
}

}  // namespace tribunal
