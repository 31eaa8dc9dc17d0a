#include "clients/zookeeper/deploy.h"

#include <thread>

#include "clients/zookeeper/client.h"
#include "clients/zookeeper/four_letters.h"
#include "clients/zookeeper/installation.h"
#include "clients/zookeeper/options.h"

namespace tribunal {
namespace {

using std::chrono::steady_clock;
using namespace std::chrono_literals;

void start_zookeeper(Host& host, const Deployment& deployment) {
  host.start(zookeeper_daemon(host, deployment));
}

// A session and a write, each of which takes a quorum, and a read after them.
bool serves_zookeeper(const std::string& address, const Deployment& deployment,
                      Milliseconds patience) {
  Deployment probe = deployment;
  probe.call_timeout = patience;
  probe.options["sync"] = "quorum";
  try {
    connect_zookeeper(address, probe)->invoke(Read{});
    return true;
  } catch (const std::runtime_error&) {
    return false;
  }
}

bool zookeeper_ready(Host& host, const Deployment& deployment, Milliseconds deadline) {
  const auto until = steady_clock::now() + deadline;
  while (true) {
    const auto left = std::chrono::duration_cast<Milliseconds>(until - steady_clock::now());
    if (left.count() <= 0) return false;
    if (serves_zookeeper(host.address(), deployment, std::min(left, Milliseconds(2000))))
      return true;
    std::this_thread::sleep_for(std::min(left, Milliseconds(100)));
  }
}

std::string zookeeper_role(Host& host, const Deployment&) {
  return zookeeper_role_in(
      zookeeper_says(zookeeper_endpoint(host.address()), "srvr", steady_clock::now() + 400ms));
}

}  // namespace

Database zookeeper() {
  Database database;
  database.name = "zookeeper";
  database.summary = "ZooKeeper 3.8: an ensemble, each client in a session of its own";
  database.workloads = {"register",    "read-write",  "set",     "sessions",
                        "convergence", "staleness",   "counter", "pn-counter",
                        "queue",       "list-append", "lock",    "unique-ids"};
  database.options = zookeeper_options();
  database.find = &find_zookeeper;
  database.start = &start_zookeeper;
  database.ready = &zookeeper_ready;
  database.role = &zookeeper_role;
  database.connect = &connect_zookeeper;
  database.promises = &zookeeper_promises;
  return database;
}

}  // namespace tribunal
