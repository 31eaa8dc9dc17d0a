#include "clients/nats/streams.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "clients/nats/dialogue.h"
#include "clients/nats/options.h"
#include "clients/nats/queue.h"

namespace tribunal {
namespace {

using nlohmann::json;

// A dialogue of one call that ends by then.
NatsDialogue dialogue_until(const std::string& address, const Deployment& deployment,
                            NatsDeadline until) {
  Deployment hurried = deployment;
  hurried.call_timeout = std::chrono::ceil<Milliseconds>(until - std::chrono::steady_clock::now());
  NatsDialogue nats(address, hurried);
  nats.begin();
  return nats;
}

}  // namespace

void make_nats_streams(const std::string& address, const Deployment& deployment,
                       NatsDeadline until) {
  auto nats = dialogue_until(address, deployment, until);
  for (const std::string name : {nats_log, nats_queue}) {
    const json wanted = {{"name", name},
                         {"subjects", json::array({fmt::format("{}.>", name)})},
                         {"retention", name == nats_queue ? "workqueue" : "limits"},
                         {"storage", nats.option("storage")},
                         {"num_replicas", std::stoi(nats.option("replicas"))},
                         {"allow_direct", name == nats_log},
                         {"max_consumers", -1},
                         {"max_msgs", -1},
                         {"max_bytes", -1},
                         {"discard", "old"}};
    nats.manage(fmt::format("STREAM.CREATE.{}", name), wanted.dump());
  }
}

bool is_nats_log_gone(const std::string& address, const Deployment& deployment,
                      NatsDeadline until) {
  auto nats = dialogue_until(address, deployment, until);
  return nats.knows_no_stream(nats_log);
}

std::string nats_leader(const std::string& address, const Deployment& deployment,
                        NatsDeadline until) {
  return dialogue_until(address, deployment, until).look("none").leader;
}

void step_nats_leader_down(const std::string& address, const Deployment& deployment,
                           NatsDeadline until) {
  const NatsFrame answer = dialogue_until(address, deployment, until)
                               .manage(fmt::format("STREAM.LEADER.STEPDOWN.{}", nats_log), "");
  if (!succeeded(answer)) throw std::runtime_error("the leader does not step down");
}

}  // namespace tribunal
