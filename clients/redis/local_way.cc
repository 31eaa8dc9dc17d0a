// A client that knows its own node only: at each call the Sentinel there, or the server itself
// where there are no Sentinels, says who the primary is. Whoever cannot ask it sends nothing.
#include <fmt/format.h>

#include "clients/redis/operator.h"
#include "clients/redis/way.h"
#include "harness/parts/client.h"

namespace tribunal {
namespace {

class LocalWay final : public RedisWay {
 public:
  LocalWay(const std::string& node, const Deployment& deployment, PrimaryWitness witness)
      : node_(redis_endpoint(node)),
        access_(deployment.access),
        asks_sentinel_(witness == PrimaryWitness::sentinel),
        witness_(asks_sentinel_ ? sentinel_endpoint(node) : node_,
                 asks_sentinel_ ? Access{} : deployment.access) {}

  RedisConnection& to(const std::string&, Effect, RedisDeadline until) override {
    try {
      follow(asks_sentinel_ ? as_sentinel_says(until) : as_server_says(until), until);
    } catch (const RedisNonsense& nonsense) {
      throw Rejected(nonsense.what());
    }
    return *primary_;
  }

  // Whatever it refuses as, it may be primary no longer.
  bool redirected(const std::string&, const RedisReply&) override {
    primary_.reset();
    return false;
  }

 private:
  // Nothing of the call was sent yet: whatever goes wrong is a refusal.
  static RedisReply answer(RedisConnection& connection, const RedisCommand& command,
                           RedisDeadline until) {
    RedisExchange exchange = connection.ask(command, until);
    if (exchange.end != RedisEnd::answered) throw Rejected("nobody says who is primary");
    if (exchange.reply.is_error()) throw Rejected(std::string(exchange.reply.code()));
    return std::move(exchange.reply);
  }

  void follow(const std::string& address, RedisDeadline until) {
    if (primary_ && primary_->address() == address && primary_->usable()) return;
    primary_ = std::make_unique<RedisConnection>(address, access_);
    primary_->open(until);
    if (role_in(answer(*primary_, {"ROLE"}, until)).role == "master") return;
    primary_.reset();
    throw Rejected("whom its node names is no primary");
  }

  RedisReply testimony(const RedisCommand& command, RedisDeadline until) {
    if (!witness_.usable()) witness_.open(until);
    return answer(witness_, command, until);
  }

  std::string as_sentinel_says(RedisDeadline until) {
    const auto named = address_named_in(testimony(primary_question(), until));
    if (!named) throw Rejected("its Sentinel knows no primary");
    return *named;
  }

  std::string as_server_says(RedisDeadline until) {
    const RedisRole role = role_in(testimony({"ROLE"}, until));
    return role.role == "master" ? node_ : role.primary;
  }

  std::string node_;
  Access access_;
  bool asks_sentinel_;
  RedisConnection witness_;
  std::unique_ptr<RedisConnection> primary_;
};

}  // namespace

std::unique_ptr<RedisWay> local_way(const std::string& node, const Deployment& deployment,
                                    PrimaryWitness witness) {
  return std::make_unique<LocalWay>(node, deployment, witness);
}

}  // namespace tribunal
