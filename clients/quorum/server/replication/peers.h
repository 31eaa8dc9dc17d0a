// Messages to the other nodes, each with a deadline, by a few threads for each node, so that a
// silent one holds up nobody else.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "clients/quorum/server/settings.h"

namespace tribunal::quorum {

struct PeerAnswer {
  enum class Way { answered, unsent, lost };  // unsent: certainly not received; lost: nobody knows
  Way way = Way::unsent;
  int status = 0;
  nlohmann::json body;
  bool ok() const { return way == Way::answered && status == 200; }
};

// For any thread. A message is sent at most once.
class Peers {
 public:
  using Done = std::function<void(const PeerAnswer&)>;

  explicit Peers(const Settings& settings);
  ~Peers();
  Peers(const Peers&) = delete;

  std::size_t self() const { return self_; }
  std::size_t size() const { return lanes_.size(); }

  // `done` is called exactly once: from a thread of that node's, or at once where the node has just
  // been silent, or too many wait. pre: node != self.
  void post(std::size_t node, const std::string& path, std::string body, Done done);
  PeerAnswer ask(std::size_t node, const std::string& path, std::string body);  // and waits

 private:
  struct Message {
    std::string path, body;
    Clock::time_point deadline;
    Done done;
  };
  struct Lane;
  void serve(Lane& lane, const std::stop_token& stop);

  const std::size_t self_;
  const Milliseconds deadline_;
  std::vector<std::unique_ptr<Lane>> lanes_;  // by node; its own has no threads
};

}  // namespace tribunal::quorum
