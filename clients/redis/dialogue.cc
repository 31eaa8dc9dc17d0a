#include "clients/redis/dialogue.h"

#include <fmt/format.h>

#include "clients/redis/options.h"

namespace tribunal {
namespace {

using std::chrono::steady_clock;

constexpr int most_moves = 5;  // of one command from node to node

}  // namespace

RedisDialogue::RedisDialogue(const std::string& address, const Deployment& deployment)
    : timeout_(deployment.call_timeout),
      wait_(std::stoi(redis_option(deployment, "wait"))),
      way_(make_way(address, deployment)) {}

void RedisDialogue::begin() { until_ = steady_clock::now() + timeout_; }

RedisReply RedisDialogue::ask(Effect effect, const std::string& key, const RedisCommand& command) {
  for (int moves = 0;; ++moves) {
    if (steady_clock::now() >= until_)
      throw Rejected(fmt::format("timed out after {} ms", timeout_.count()));  // not sent
    last_ = &way_->to(key, effect, until_);
    RedisExchange exchange = last_->ask(command, until_);
    if (exchange.end != RedisEnd::answered) way_->lost(key);
    const bool refused = exchange.end == RedisEnd::answered && exchange.reply.is_error();
    // Where it says who is to be asked instead, it has not carried it out.
    if (refused && way_->redirected(key, exchange.reply) && moves < most_moves) continue;
    require_done(find_redis_outcome(exchange, effect, timeout_));
    return std::move(exchange.reply);
  }
}

RedisReply RedisDialogue::change(const std::string& key, const RedisCommand& command) {
  return ask(Effect::writes, key, command);
}

void RedisDialogue::await_replicas() {
  if (wait_ == 0) return;
  // Redis gives up sooner than the client, so that the count is known; it looks at its clock ten
  // times a second.
  constexpr Milliseconds sooner{300};
  const auto left = std::chrono::duration_cast<Milliseconds>(until_ - steady_clock::now());
  const auto patience = std::max<std::int64_t>(1, (left - sooner).count());
  const RedisExchange exchange =
      last_->ask({"WAIT", fmt::to_string(wait_), fmt::to_string(patience)}, until_);
  require_done(find_wait_outcome(exchange, wait_, timeout_));
}

}  // namespace tribunal
