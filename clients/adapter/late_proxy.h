// Stands between an adapter and its database, and keeps answers back, so that it can be seen what
// the adapter says of a call whose answer is lost.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "harness/cluster/descriptor.h"

namespace tribunal {

class LateProxy {
 public:
  // To the TCP endpoint "10.0.0.1:4000". Throws Error(environment) where it cannot listen.
  explicit LateProxy(const std::string& upstream);
  ~LateProxy();

  const std::string& address() const { return address_; }  // "127.0.0.1:40123"

  enum class Mode {
    pass,  // all goes through, and what was held comes at last
    hold,  // requests go through, answers wait
    cut,   // requests go through, and at the first answer the connection is closed
  };
  void set(Mode mode);
  bool has_answered() const { return answered_; }  // since the last set(): something was kept back

 private:
  void serve(const std::stop_token& stop);

  const std::string upstream_;
  std::string address_;
  Descriptor listener_;
  std::atomic<Mode> mode_{Mode::pass};
  std::atomic<bool> answered_{false};
  std::jthread thread_;  // the last: it uses the others
};

// One before each node, since an adapter may go to another than its own.
class LateProxies {
 public:
  // Throws as LateProxy does.
  explicit LateProxies(const std::vector<std::string>& upstream);

  std::vector<std::string> addresses() const;  // in the order of `upstream`
  void set(LateProxy::Mode mode);
  bool has_answered() const;  // one of them, since the last set()

 private:
  std::vector<std::unique_ptr<LateProxy>> all_;
};

}  // namespace tribunal
