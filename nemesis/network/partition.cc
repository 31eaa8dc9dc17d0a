// Packets are dropped where they arrive, as by a network that lost them: a sender that sees its own
// rule is told so by its kernel. Clients reach every host throughout.
#include "nemesis/network/partition.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "nemesis/attempt.h"
#include "nemesis/every_host.h"
#include "nemesis/network/packet_rules.h"

namespace tribunal {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

// Whether a datagram arrives at least once until the time is up.
bool arrives(Host& from, Host& to, Milliseconds patience) {
  const auto until = Clock::now() + patience;
  do {
    if (from.probe(to, 50ms)) return true;
  } while (Clock::now() < until);
  return false;
}

bool is_lost(Host& from, Host& to) {
  constexpr int tries = 3;
  for (int i = 0; i < tries; ++i)
    if (from.probe(to, 20ms)) return false;
  return true;
}

bool cuts(const Grudge& grudge, const Host& from, const Host& to) {
  const auto found = grudge.find(to.name());
  return found != grudge.end() && found->second.contains(from.name());
}

// Every ordered pair of hosts, as "n1 -> n2", by whether a probe was lost.
struct Directions {
  std::vector<std::string> lost, arrived, wrong;  // wrong: other than the grudge says
};

Directions probe_all(Cluster& cluster, const Grudge& grudge) {
  std::mutex mutex;
  Directions directions;
  on_every(cluster, cluster.names(), [&](Host& from) {
    for (std::size_t i = 0; i < cluster.size(); ++i) {
      Host& to = cluster.host(i);
      if (to.index() == from.index()) continue;
      const bool cut = cuts(grudge, from, to);
      const bool lost = cut ? is_lost(from, to) : !arrives(from, to, 1s);
      const std::string shown = from.name() + " -> " + to.name();
      const std::scoped_lock lock(mutex);
      (lost ? directions.lost : directions.arrived).push_back(shown);
      if (lost != cut) directions.wrong.push_back(shown + (lost ? " lost" : " arrived"));
    }
  });
  for (auto* list : {&directions.lost, &directions.arrived, &directions.wrong})
    std::sort(list->begin(), list->end());
  return directions;
}

class PartitionFault final : public Fault {
 public:
  explicit PartitionFault(PlannedFault planned) : planned_(std::move(planned)) {}

  void inject(Ground& ground, Receipt& receipt) override {
    attempt(receipt, "install", [&] {
      partition_ = partition_for(planned_);
      receipt.targets = partition_.isolated;
      receipt.detail = partition_.detail;
      PacketRules(ground.cluster, planned_.id).install(partition_.grudge);
      receipt.installed = ground.now();
    });
    if (receipt.installed) attempt(receipt, "observe", [&] { observe(ground, receipt); });
  }

  void exercise(Ground& ground, Receipt& receipt) override {
    if (!receipt.installed || receipt.healed) return;
    attempt(receipt, "count packets", [&] { count(ground, receipt); });
  }

  void heal(Ground& ground, Receipt& receipt) override {
    if (receipt.heal_verified) return;
    if (!receipt.heal_requested) receipt.heal_requested = ground.now();
    constexpr auto patience = 5s;
    const auto until = Clock::now() + patience;
    std::string complaint;
    do {
      try {
        return undo(ground, receipt);
      } catch (const std::exception& error) {
        complaint = error.what();
        std::this_thread::sleep_for(50ms);
      }
    } while (Clock::now() < until);
    attempt(receipt, "heal", [&] { throw std::runtime_error(complaint); });
  }

 private:
  void observe(Ground& ground, Receipt& receipt);
  void count(Ground& ground, Receipt& receipt);
  void undo(Ground& ground, Receipt& receipt);

  const PlannedFault planned_;
  Partition partition_;
};

// That a probe did not come is weak by itself, so the rule must also have counted it.
void PartitionFault::observe(Ground& ground, Receipt& receipt) {
  const Directions directions = probe_all(ground.cluster, partition_.grudge);
  if (!directions.wrong.empty())
    throw std::runtime_error(fmt::format("probe {}", fmt::join(directions.wrong, ", ")));
  auto counters = PacketRules(ground.cluster, planned_.id).counters();
  for (const auto& [host, sources] : partition_.grudge)
    for (const auto& source : sources)
      if (counters[host][source].probes == 0)
        throw std::runtime_error(fmt::format("the rule of {} met no probe from {}", host, source));
  receipt.observed = ground.now();
  receipt.observed_by = fmt::format("probe {} lost", fmt::join(directions.lost, ", "));
  if (!directions.arrived.empty())
    receipt.observed_by += fmt::format("; {} arrived", fmt::join(directions.arrived, ", "));
}

void PartitionFault::count(Ground& ground, Receipt& receipt) {
  std::uint64_t all = 0;
  receipt.counters.clear();
  for (const auto& [host, sources] : PacketRules(ground.cluster, planned_.id).counters())
    for (const auto& [source, dropped] : sources) {
      receipt.counters.emplace_back(fmt::format("{} dropped from {}", host, source),
                                    dropped.packets);
      all += dropped.packets;
    }
  if (all == 0) return;
  if (!receipt.exercised) receipt.exercised = ground.now();
  receipt.exercised_by =
      fmt::format("{} packet{} of the database dropped", all, all == 1 ? "" : "s");
}

void PartitionFault::undo(Ground& ground, Receipt& receipt) {
  PacketRules rules(ground.cluster, planned_.id);
  rules.remove();
  const auto left = rules.hosts_with_chain();
  if (!left.empty())
    throw std::runtime_error(fmt::format("rules left on {}", fmt::join(left, " ")));
  if (!receipt.healed) receipt.healed = ground.now();
  const Directions directions = probe_all(ground.cluster, {});
  if (!directions.wrong.empty())
    throw std::runtime_error(fmt::format("probe {}", fmt::join(directions.wrong, ", ")));
  receipt.heal_verified = ground.now();
  receipt.heal_verified_by =
      fmt::format("no rule left; probes arrived on all {} directions", directions.arrived.size());
}

}  // namespace

FaultKind partition_fault() {
  FaultKind kind;
  kind.name = "partition";
  kind.summary = "some hosts stop hearing others; clients reach all";
  kind.shapes = {"one", "halves", "majorities-ring", "bridge", "one-way"};
  kind.least_hosts = 2;
  kind.make = [](const PlannedFault& planned) { return std::make_unique<PartitionFault>(planned); };
  kind.resource = "topology";
  kind.harm = Harm::stops;
  return kind;
}

}  // namespace tribunal
