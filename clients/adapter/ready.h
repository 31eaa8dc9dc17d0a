// Whether a database answers by the way its clients go.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "harness/parts/client.h"
#include "harness/parts/database.h"

namespace tribunal {

// The key of the calls below, which no workload has.
inline constexpr Key asked_for_readiness = -1;

class ReadinessAsker {
 public:
  using Connect =
      std::function<std::unique_ptr<Client>(const std::string& address, const Deployment&)>;

  explicit ReadinessAsker(Connect connect) : connect_(std::move(connect)) {}

  // Tries every call that changes nothing, until one is answered or the deadline is over. For any
  // thread. A client is kept for the next time, since one may take longer to begin than a deadline.
  bool answers(const std::string& address, const Deployment& deployment, Milliseconds deadline);

 private:
  std::unique_ptr<Client> take(const std::string& address, const Deployment& deployment);
  void keep(const std::string& address, std::unique_ptr<Client> client);

  const Connect connect_;
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<Client>> idle_;  // by address; guarded by mutex_
};

}  // namespace tribunal
