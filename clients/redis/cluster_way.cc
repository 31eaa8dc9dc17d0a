// As clients of Redis Cluster do: a key whose owner is not known is asked for at the node that the
// client is bound to, which answers or says who owns it (MOVED), and that is remembered.
#include <map>

#include "clients/redis/operator.h"
#include "clients/redis/slot.h"
#include "clients/redis/way.h"
#include "harness/parts/client.h"

namespace tribunal {
namespace {

// "MOVED 3999 10.0.0.2:6379" -> "10.0.0.2:6379"; empty if it names no address, which a node does
// that does not know it.
std::string address_in(const RedisReply& error) {
  const std::size_t at = error.text.rfind(' ');
  if (at == std::string::npos) return {};
  std::string address = error.text.substr(at + 1);
  const std::size_t colon = address.rfind(':');
  return colon == std::string::npos || colon == 0 ? std::string() : address;
}

class ClusterWay final : public RedisWay {
 public:
  ClusterWay(const std::string& node, const Deployment& deployment, ReadsFrom reads)
      : node_(redis_endpoint(node)), access_(deployment.access), reads_(reads) {}

  RedisConnection& to(const std::string& key, Effect effect, RedisDeadline until) override {
    const Detour detour = std::exchange(detour_, {});
    if (!detour.address.empty()) {
      RedisConnection& connection = connected(detour.address, until);
      if (detour.asking) prepare(connection, {"ASKING"}, until);
      return connection;
    }
    const auto owner = owners_.find(slot_of(key));
    const bool here =
        owner == owners_.end() || (effect == Effect::reads && reads_ == ReadsFrom::replica);
    const std::string address = here ? node_ : owner->second;
    try {
      return connected(address, until);
    } catch (const Rejected&) {
      if (here) throw;
      owners_.erase(owner);  // asked for again, here and in the next call
      return connected(node_, until);
    }
  }

  bool redirected(const std::string& key, const RedisReply& error) override {
    const bool asking = error.code() == "ASK";
    const std::string address = asking || error.code() == "MOVED" ? address_in(error) : "";
    if (!asking) owners_.erase(slot_of(key));
    if (address.empty()) return false;
    if (!asking) owners_[slot_of(key)] = address;
    detour_ = {address, asking};
    return true;
  }

  void lost(const std::string& key) override { owners_.erase(slot_of(key)); }

 private:
  // Where one command is to go, whatever is remembered.
  struct Detour {
    std::string address;
    bool asking = false;
  };

  RedisConnection& connected(const std::string& address, RedisDeadline until) {
    auto& connection = connections_.try_emplace(address, address, access_).first->second;
    if (connection.usable()) return connection;
    connection.open(until);
    // A replica then answers reads of what its primary owns; to a primary it means nothing.
    if (reads_ == ReadsFrom::replica) prepare(connection, {"READONLY"}, until);
    return connection;
  }

  static void prepare(RedisConnection& connection, const RedisCommand& command,
                      RedisDeadline until) {
    const RedisExchange exchange = connection.ask(command, until);
    if (exchange.end == RedisEnd::answered && !exchange.reply.is_error()) return;
    connection.close();
    throw Rejected("refused to be asked");
  }

  std::string node_;
  Access access_;
  ReadsFrom reads_;
  Detour detour_;
  std::map<int, std::string> owners_;  // of slots
  std::map<std::string, RedisConnection> connections_;
};

}  // namespace

std::unique_ptr<RedisWay> cluster_way(const std::string& node, const Deployment& deployment,
                                      ReadsFrom reads) {
  return std::make_unique<ClusterWay>(node, deployment, reads);
}

}  // namespace tribunal
