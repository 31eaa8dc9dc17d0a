#include "clients/redis/way.h"

#include "clients/redis/options.h"

namespace tribunal {
namespace {

class OneServerWay final : public RedisWay {
 public:
  OneServerWay(const std::string& server, const Access& access) : connection_(server, access) {}

  RedisConnection& to(const std::string&, Effect, RedisDeadline until) override {
    if (!connection_.usable()) connection_.open(until);
    return connection_;
  }
  bool redirected(const std::string&, const RedisReply&) override { return false; }

 private:
  RedisConnection connection_;
};

// Reads go to the node that the client is bound to, whatever it is, and all else to the primary.
class ReadsHereWay final : public RedisWay {
 public:
  ReadsHereWay(std::unique_ptr<RedisWay> here, std::unique_ptr<RedisWay> primary)
      : here_(std::move(here)), primary_(std::move(primary)) {}

  RedisConnection& to(const std::string& key, Effect effect, RedisDeadline until) override {
    return (effect == Effect::reads ? here_ : primary_)->to(key, effect, until);
  }
  bool redirected(const std::string& key, const RedisReply& error) override {
    return primary_->redirected(key, error);
  }

 private:
  std::unique_ptr<RedisWay> here_, primary_;
};

std::unique_ptr<RedisWay> way_to_primary(const std::string& node, const Deployment& deployment) {
  const bool watched = redis_option(deployment, "layout") == "sentinel";
  if (redis_option(deployment, "route") == "local")
    return local_way(node, deployment, watched ? PrimaryWitness::sentinel : PrimaryWitness::server);
  if (watched) return sentinels_way(node, deployment);
  const bool alone = deployment.addresses.empty();
  return one_server_way(alone ? node : deployment.addresses.front(), deployment);
}

}  // namespace

std::unique_ptr<RedisWay> one_server_way(const std::string& server, const Deployment& deployment) {
  return std::make_unique<OneServerWay>(server, deployment.access);
}

std::unique_ptr<RedisWay> make_way(const std::string& address, const Deployment& deployment) {
  const bool here = redis_option(deployment, "reads") == "replica";
  if (redis_option(deployment, "route") == "node") return one_server_way(address, deployment);
  if (redis_option(deployment, "layout") == "cluster")
    return cluster_way(address, deployment, here ? ReadsFrom::replica : ReadsFrom::primary);
  auto primary = way_to_primary(address, deployment);
  if (!here) return primary;
  return std::make_unique<ReadsHereWay>(one_server_way(address, deployment), std::move(primary));
}

}  // namespace tribunal
