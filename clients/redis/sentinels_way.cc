// As the makers of Sentinel tell clients to (Guidelines for Redis clients with support for Redis
// Sentinel): ask the Sentinels in turn, the nearest first, for the address of the primary; connect;
// have it confirm by ROLE that it is one; and ask anew whenever the connection is lost.
#include <algorithm>

#include "clients/redis/operator.h"
#include "clients/redis/way.h"
#include "harness/parts/client.h"

namespace tribunal {
namespace {

using std::chrono::steady_clock;

class SentinelsWay final : public RedisWay {
 public:
  SentinelsWay(const std::string& node, const Deployment& deployment)
      : access_(deployment.access),
        // So that a few silent ones leave time to ask the others.
        patience_(std::max(deployment.call_timeout / 5, Milliseconds(50))) {
    sentinels_.push_back(sentinel_endpoint(node));
    for (const std::string& address : deployment.addresses) {
      const std::string sentinel = sentinel_endpoint(address);
      if (sentinel != sentinels_.front()) sentinels_.push_back(sentinel);
    }
  }

  RedisConnection& to(const std::string&, Effect, RedisDeadline until) override {
    if (primary_ && primary_->usable()) return *primary_;
    primary_.reset();
    for (const std::string& sentinel : sentinels_) {
      const auto named = ask_primary(sentinel, soon(until));
      if (named && connect(*named, soon(until))) return *primary_;
    }
    throw Rejected("no Sentinel names a primary that answers");
  }

  // Whatever it refuses as, it may be primary no longer.
  bool redirected(const std::string&, const RedisReply&) override {
    primary_.reset();
    return false;
  }

 private:
  RedisDeadline soon(RedisDeadline until) const {
    return std::min(until, steady_clock::now() + patience_);
  }

  static std::optional<std::string> ask_primary(const std::string& sentinel, RedisDeadline until) {
    try {
      return primary_named_by(sentinel, until);
    } catch (const std::runtime_error&) {
      return std::nullopt;
    }
  }

  bool connect(const std::string& address, RedisDeadline until) {
    try {
      primary_ = std::make_unique<RedisConnection>(address, access_);
      primary_->open(until);
      const RedisExchange role = primary_->ask({"ROLE"}, until);
      if (role.end == RedisEnd::answered && role_in(role.reply).role == "master") return true;
    } catch (const std::runtime_error&) {  // the next Sentinel may know better
    }
    primary_.reset();
    return false;
  }

  Access access_;
  Milliseconds patience_;
  std::vector<std::string> sentinels_;
  std::unique_ptr<RedisConnection> primary_;
};

}  // namespace

std::unique_ptr<RedisWay> sentinels_way(const std::string& node, const Deployment& deployment) {
  return std::make_unique<SentinelsWay>(node, deployment);
}

}  // namespace tribunal
