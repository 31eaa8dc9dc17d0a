#include "clients/adapter/ready.h"

#include <algorithm>
#include <thread>
#include <vector>

namespace tribunal {
namespace {

using std::chrono::steady_clock;

constexpr Milliseconds longest_call{1000};

// A queue of that key is empty, and an id more does no harm.
const std::vector<Call>& harmless_calls() {
  constexpr Key key = asked_for_readiness;
  static const std::vector<Call> all = {
      Read{key, {}, {}},     ReadSet{key, {}},         ReadList{key, {}}, ReadCounter{key, {}},
      ReadAccounts{key, {}}, ReadMany{key, {{0, {}}}}, Dequeue{key, {}},  Generate{key, {}}};
  return all;
}

}  // namespace

std::unique_ptr<Client> ReadinessAsker::take(const std::string& address,
                                             const Deployment& deployment) {
  {
    const std::scoped_lock lock(mutex_);
    if (auto found = idle_.extract(address); !found.empty()) return std::move(found.mapped());
  }
  Deployment patient = deployment;
  patient.call_timeout = std::min(deployment.call_timeout, longest_call);
  return connect_(address, patient);
}

void ReadinessAsker::keep(const std::string& address, std::unique_ptr<Client> client) {
  const std::scoped_lock lock(mutex_);
  idle_[address] = std::move(client);
}

bool ReadinessAsker::answers(const std::string& address, const Deployment& deployment,
                             Milliseconds deadline) {
  const auto until = steady_clock::now() + deadline;
  auto client = take(address, deployment);
  while (true) {
    for (const Call& call : harmless_calls()) {
      try {
        client->invoke(call);
        keep(address, std::move(client));
        return true;
      } catch (const Rejected&) {        // not served, or nobody is there: the next one tells
      } catch (const std::exception&) {  // it was lost, and so is this client
        client = take(address, deployment);
      }
      if (steady_clock::now() >= until) {
        keep(address, std::move(client));
        return false;
      }
    }
    std::this_thread::sleep_for(Milliseconds(50));
  }
}

}  // namespace tribunal
