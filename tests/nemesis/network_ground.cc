#include "tests/nemesis/network_ground.h"

#include <filesystem>
#include <thread>

#include "harness/parts/catalogue.h"
#include "nemesis/catalogue.h"
#include "tests/nemesis/peer.h"

namespace tribunal {

using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;

NetworkGround::NetworkGround(Cluster& cluster)
    : cluster_(cluster), activity_(cluster.size()), meter_(cluster, 999), ground_{cluster,
                                                                                  activity_,
                                                                                  [this] { return (SteadyClock::now() - began_) / 1ns; },
                                                                                  {},
                                                                                  {},
                                                                                  {}} {
  cluster.start_database = [this](Host& host) { start(host); };
  cluster.database_ready = [this](Host& host, Milliseconds patience) {
    const auto until = SteadyClock::now() + patience;
    while (SteadyClock::now() < until)
      if (answers(host.name())) return true;
    return false;
  };
  cluster.database_role = [this](Host& host) {
    return leaders.contains(host.name()) ? "leader" : "follower";
  };
  for (const auto& name : cluster.names()) start(cluster.host(name));
  for (const auto& name : cluster.names())
    EXPECT_TRUE(cluster.database_ready(cluster.host(name), 20s)) << name;
}

void NetworkGround::start(Host& host) {
  std::vector<std::string> command{std::filesystem::read_symlink("/proc/self/exe"), peer_verb,
                                   host.address()};
  for (const auto& name : cluster_.names())
    if (name != host.name()) command.push_back(cluster_.host(name).address());
  host.start({command, {}, false});
}

long NetworkGround::heard(const std::string& host, const std::string& source) {
  const auto counts = ask_peer(cluster_.host(host).address());
  return counts ? counts->at(cluster_.host(source).address()) : 0;
}

// What was on its way before must have arrived first.
bool NetworkGround::hears(const std::string& host, const std::string& source,
                          Milliseconds patience) {
  const long before = heard(host, source);
  const auto until = SteadyClock::now() + patience;
  while (SteadyClock::now() < until) {
    if (heard(host, source) > before) return true;
    std::this_thread::sleep_for(5ms);
  }
  return false;
}

bool NetworkGround::answers(const std::string& host) {
  return ask_peer(cluster_.host(host).address()).has_value();
}

// The brackets keep the shell from finding itself.
void NetworkGround::kill_queue(const std::string& host) {
  const std::string script =
      "for p in /proc/[0-9]*; do grep -q packet-[q]ueue $p/cmdline && kill -9 ${p#/proc/} && "
      "found=1; done 2>/dev/null; test -n \"$found\"";
  EXPECT_TRUE(cluster_.host(host).run({"sh", "-c", script}, std::chrono::seconds(10)).ok());
}

LinkReading NetworkGround::measure(const Link& link, const LinkMeasurement& measurement) {
  return meter_.measure({link}, measurement).at(link);
}

PlannedFault NetworkGround::plan(const std::string& fault,
                                 const std::map<std::string, std::string>& options,
                                 const std::string& target, const std::string& shape) {
  PlannedFault planned;
  planned.id = 3;
  planned.fault = fault;
  planned.target = target;
  planned.shape = shape;
  planned.order = cluster_.names();
  planned.seed = 7;
  planned.options = options;
  for (const auto& option : find(faults(), "fault", fault).options)
    planned.options.emplace(option.name, option.values.front());
  return planned;
}

Trial::Trial(NetworkGround& ground, const PlannedFault& plan) : ground_(ground.ground()) {
  receipt.planned = plan;
  const FaultKind& kind = find(faults(), "fault", plan.fault);
  if (kind.prepare) kind.prepare(ground.cluster());
  fault_ = kind.make(plan);
}

void Trial::inject() {
  fault_->inject(ground_, receipt);
  EXPECT_EQ(receipt.failure, "");
  EXPECT_TRUE(receipt.installed);
  EXPECT_TRUE(receipt.observed);
  EXPECT_NE(receipt.observed_by, "");
  EXPECT_NE(receipt.means, "");
  EXPECT_FALSE(receipt.healed);
}

void Trial::await_exercise() {
  const auto until = SteadyClock::now() + 10s;
  while (!receipt.exercised && receipt.failure.empty() && SteadyClock::now() < until) {
    fault_->exercise(ground_, receipt);
    std::this_thread::sleep_for(5ms);
  }
  EXPECT_TRUE(receipt.exercised) << receipt.failure;
}

void Trial::heal() {
  await_exercise();
  fault_->heal(ground_, receipt);
  EXPECT_EQ(receipt.failure, "");
  EXPECT_TRUE(receipt.complete()) << receipt.observed_by << receipt.exercised_by;
  EXPECT_FALSE(receipt.counters.empty());
  const auto verified = receipt.heal_verified;
  fault_->heal(ground_, receipt);  // safe twice over
  EXPECT_EQ(receipt.heal_verified, verified);
}

}  // namespace tribunal
