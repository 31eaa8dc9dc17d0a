#include "clients/quorum/server/replication/peers.h"

#include <httplib.h>

#include <future>

namespace tribunal::quorum {
namespace {

constexpr std::size_t threads_per_peer = 4;
constexpr std::size_t most_waiting = 512;
// After a silence, how long a node is not asked again.
constexpr Milliseconds rest{50};

std::unique_ptr<httplib::Client> connection_to(const std::string& address, Milliseconds deadline) {
  auto client = std::make_unique<httplib::Client>("http://" + address);
  client->set_connection_timeout(deadline);
  client->set_read_timeout(deadline);
  client->set_write_timeout(deadline);
  client->set_keep_alive(true);
  client->set_tcp_nodelay(true);
  return client;
}

PeerAnswer answer_of(const httplib::Result& result) {
  PeerAnswer answer;
  if (!result) {
    const auto error = result.error();
    const bool unsent =
        error == httplib::Error::Connection || error == httplib::Error::ConnectionTimeout;
    answer.way = unsent ? PeerAnswer::Way::unsent : PeerAnswer::Way::lost;
    return answer;
  }
  answer.body = nlohmann::json::parse(result->body, nullptr, false);
  answer.status = result->status;
  answer.way = answer.body.is_discarded() ? PeerAnswer::Way::lost : PeerAnswer::Way::answered;
  return answer;
}

}  // namespace

struct Peers::Lane {
  std::string address;
  std::mutex mutex;
  std::condition_variable_any filled;
  std::deque<Message> waiting;       // guarded by mutex
  Clock::time_point silent_until{};  // guarded by mutex
  std::vector<std::jthread> threads;
};

Peers::Peers(const Settings& settings) : self_(settings.index), deadline_(settings.peer_deadline) {
  for (const std::string& address : settings.nodes) {
    lanes_.push_back(std::make_unique<Lane>());
    lanes_.back()->address = address;
  }
  for (std::size_t node = 0; node < lanes_.size(); ++node) {
    Lane& lane = *lanes_[node];
    for (std::size_t i = 0; node != self_ && i < threads_per_peer; ++i) {
      lane.threads.emplace_back([this, &lane](const std::stop_token& stop) { serve(lane, stop); });
    }
  }
}

Peers::~Peers() = default;

void Peers::post(std::size_t node, const std::string& path, std::string body, Done done) {
  Lane& lane = *lanes_.at(node);
  const auto now = Clock::now();
  {
    const std::scoped_lock lock(lane.mutex);
    if (now >= lane.silent_until && lane.waiting.size() < most_waiting) {
      lane.waiting.push_back({path, std::move(body), now + deadline_, std::move(done)});
      lane.filled.notify_one();
      return;
    }
  }
  done({});
}

PeerAnswer Peers::ask(std::size_t node, const std::string& path, std::string body) {
  auto answer = std::make_shared<std::promise<PeerAnswer>>();
  auto future = answer->get_future();
  post(node, path, std::move(body), [answer](const PeerAnswer& got) { answer->set_value(got); });
  return future.get();
}

void Peers::serve(Lane& lane, const std::stop_token& stop) {
  const auto client = connection_to(lane.address, deadline_);
  while (true) {
    Message message;
    {
      std::unique_lock lock(lane.mutex);
      if (!lane.filled.wait(lock, stop, [&] { return !lane.waiting.empty(); })) return;
      message = std::move(lane.waiting.front());
      lane.waiting.pop_front();
    }
    if (Clock::now() >= message.deadline) {
      message.done({});
      continue;
    }
    const PeerAnswer answer =
        answer_of(client->Post(message.path, message.body, "application/json"));
    if (answer.way != PeerAnswer::Way::answered) {
      const std::scoped_lock lock(lane.mutex);
      lane.silent_until = Clock::now() + rest;
    }
    message.done(answer);
  }
}

}  // namespace tribunal::quorum
