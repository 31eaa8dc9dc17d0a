// The controller's end of a host: requests to the host's init, and what it reports by itself. Every
// function may be called from any thread; every wait has a deadline. A host that died or is silent
// is an Error(environment).
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "harness/cluster/channel.h"
#include "harness/cluster/host.h"

namespace tribunal {

inline constexpr Milliseconds host_deadline{10'000};

class HostLink {
 public:
  // Starts the host's init in new namespaces, from this very program. `arrived` is called for each
  // probe that arrives there, from the link's own thread.
  HostLink(std::string host, std::function<void(const std::string& token)> arrived);
  ~HostLink();  // kills the init, and with it all that runs on the host

  int init() const { return init_; }  // pid, as the controller counts

  using Ticket = std::uint64_t;
  Ticket send(nlohmann::json request, const std::vector<int>& descriptors = {});
  nlohmann::json answer(
      Ticket ticket);  // throws Error(environment) for what the host could not do, with `what`
  nlohmann::json ask(nlohmann::json request, const std::vector<int>& descriptors = {}) {
    return answer(send(std::move(request), descriptors));
  }
  std::optional<int> ended(int pid, Milliseconds deadline);

 private:
  void listen();
  void take(const nlohmann::json& message);
  void complain_if_dead() const;  // pre: mutex_ is held

  const std::string host_;
  const std::function<void(const std::string&)> arrived_;
  int init_ = 0;
  std::optional<Channel> channel_;

  std::mutex sending_;
  std::mutex mutex_;
  std::condition_variable changed_;
  Ticket last_ = 0;                           // guarded by mutex_
  std::map<Ticket, nlohmann::json> answers_;  // guarded by mutex_
  std::map<int, int> statuses_;               // of ended processes, by pid; guarded by mutex_
  bool dead_ = false;                         // guarded by mutex_
  std::jthread listener_;                     // last, since it uses the others
};

}  // namespace tribunal
