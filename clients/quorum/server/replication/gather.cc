#include "clients/quorum/server/replication/gather.h"

#include <algorithm>

namespace tribunal::quorum {
namespace {

// Outlives the wait: answers may come when nobody waits any more.
struct Pending {
  std::mutex mutex;
  std::condition_variable changed;
  Gathered gathered;     // guarded by mutex
  std::size_t open = 0;  // guarded by mutex
};

}  // namespace

Gathered gather(Peers& peers, const Question& question,
                const std::function<nlohmann::json(const nlohmann::json&)>& here,
                const std::function<void(std::size_t node)>& missed) {
  const auto pending = std::make_shared<Pending>();
  pending->open = question.nodes.size();
  const auto self = std::find(question.nodes.begin(), question.nodes.end(), peers.self());
  if (self != question.nodes.end()) {
    auto answer = here(question.message);
    const std::scoped_lock lock(pending->mutex);
    pending->gathered.answers.emplace_back(peers.self(), std::move(answer));
    pending->gathered.reached = true;
    --pending->open;
  }
  const std::string body = question.message.dump();
  for (const std::size_t node : question.nodes) {
    if (node == peers.self()) continue;
    peers.post(node, question.path, body, [pending, node, missed](const PeerAnswer& answer) {
      if (!answer.ok() && missed) missed(node);
      const std::scoped_lock lock(pending->mutex);
      --pending->open;
      if (answer.way != PeerAnswer::Way::unsent) pending->gathered.reached = true;
      if (answer.ok()) pending->gathered.answers.emplace_back(node, answer.body);
      pending->changed.notify_all();
    });
  }
  std::unique_lock lock(pending->mutex);
  pending->changed.wait_until(lock, question.deadline, [&] {
    const std::size_t have = pending->gathered.answers.size();
    return have >= question.enough || have + pending->open < question.enough;
  });
  Gathered result = pending->gathered;
  result.enough = result.answers.size() >= question.enough;
  result.reached = result.reached || pending->open > 0;
  return result;
}

}  // namespace tribunal::quorum
