// Packets are dropped where the sender cannot know it, as by a network that lost them: at the
// switch, or where they arrive.
#include "nemesis/network/partition.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "harness/cluster/command.h"
#include "harness/record/error.h"
#include "nemesis/attempt.h"
#include "nemesis/every_host.h"
#include "nemesis/network/cut.h"
#include "nemesis/network/switch_rules.h"
#include "nemesis/options.h"
#include "nemesis/targets.h"

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

// Links, as "n1 -> n2", by whether a probe was lost.
struct Directions {
  std::vector<std::string> lost, arrived, wrong;  // wrong: other than the cut says
};

Directions probe_all(Cluster& cluster, const Links& links, const Links& cut) {
  std::mutex mutex;
  Directions directions;
  on_every(cluster, senders_of(links), [&](Host& from) {
    for (const auto& link : links) {
      if (link.from != from.name()) continue;
      Host& to = cluster.host(link.to);
      const bool is_cut = cut.contains(link);
      const bool lost = is_cut ? is_lost(from, to) : !arrives(from, to, 1s);
      const std::scoped_lock lock(mutex);
      (lost ? directions.lost : directions.arrived).push_back(show(link));
      if (lost != is_cut) directions.wrong.push_back(show(link) + (lost ? " lost" : " arrived"));
    }
  });
  for (auto* list : {&directions.lost, &directions.arrived, &directions.wrong})
    std::sort(list->begin(), list->end());
  return directions;
}

CutBy by_option(const PlannedFault& planned) {
  const std::string by = choice_option(planned, "by", {"drop", "reject", "hold"});
  return by == "reject" ? CutBy::reject : by == "hold" ? CutBy::hold : CutBy::drop;
}

class PartitionFault final : public Fault {
 public:
  explicit PartitionFault(PlannedFault planned)
      : planned_(std::move(planned)), by_(by_option(planned_)) {}

  void inject(Ground& ground, Receipt& receipt) override {
    attempt(receipt, "install", [&] {
      partition_ = partition_for(planned_, claimed_leaders(ground.cluster, planned_.order));
      links_ = partition_.cut();
      receipt.targets = partition_.isolated;
      receipt.detail = partition_.detail;
      cut_ = make_cut(ground.cluster, planned_.id, by_, planned_.seed);
      receipt.means = cut_->means();
      cut_->install(links_);
      receipt.installed = ground.now();
    });
    if (receipt.installed) attempt(receipt, "observe", [&] { observe(ground, receipt); });
  }

  void exercise(Ground& ground, Receipt& receipt) override {
    if (!receipt.installed || receipt.healed) return;
    if (attempt(receipt, "count packets", [&] { count(ground, receipt); })) return;
    receipt.exercised.reset();  // it did not last
    receipt.exercised_by.clear();
  }

  void heal(Ground& ground, Receipt& receipt) override {
    if (receipt.heal_verified) return;
    if (!receipt.heal_requested) receipt.heal_requested = ground.now();
    if (!cut_) {
      receipt.healed = receipt.heal_verified = ground.now();
      receipt.heal_verified_by = "nothing had been begun";
      return;
    }
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
  Links watched(Ground& ground) const;
  void observe(Ground& ground, Receipt& receipt);
  void count(Ground& ground, Receipt& receipt);
  void undo(Ground& ground, Receipt& receipt);

  const PlannedFault planned_;
  const CutBy by_;
  Partition partition_;
  Links links_;
  std::unique_ptr<Cut> cut_;
};

// All links but those of hosts that another partition holds.
Links PartitionFault::watched(Ground& ground) const {
  const auto held = ground.held ? ground.held() : std::set<std::string>{};
  auto ends = ground.cluster.names();
  if (ground.cluster.clients) ends.emplace_back(Cluster::clients_name);
  std::erase_if(ends, [&](const std::string& end) { return held.contains(end); });
  return links_of(ends, ends, Towards::in, {});
}

// That a probe did not come is weak by itself, so the rule must also have counted it.
void PartitionFault::observe(Ground& ground, Receipt& receipt) {
  const Links links = watched(ground);
  const Directions directions = probe_all(ground.cluster, links, links_);
  if (!directions.wrong.empty())
    throw std::runtime_error(fmt::format("probe {}", fmt::join(directions.wrong, ", ")));
  auto counters = cut_->counters();
  for (const auto& link : links_)
    if (links.contains(link) && counters[link].probes == 0)
      throw std::runtime_error(fmt::format("the rule of {} met no probe", show(link)));
  if (directions.lost.empty()) throw std::runtime_error("no probe was lost");
  receipt.observed = ground.now();
  receipt.observed_by = fmt::format("probe {} lost", fmt::join(directions.lost, ", "));
  if (!directions.arrived.empty())
    receipt.observed_by += fmt::format("; {} arrived", fmt::join(directions.arrived, ", "));
}

void PartitionFault::count(Ground& ground, Receipt& receipt) {
  const char* what = by_ == CutBy::drop ? "dropped" : by_ == CutBy::hold ? "held" : "rejected";
  std::uint64_t all = 0;
  receipt.counters.clear();
  for (const auto& [link, dropped] : cut_->counters()) {
    receipt.counters.emplace_back(fmt::format("{} {} from {}", link.to, what, link.from),
                                  dropped.packets);
    all += dropped.packets;
  }
  if (all == 0) return;
  if (!receipt.exercised) receipt.exercised = ground.now();
  receipt.exercised_by =
      fmt::format("{} packet{} of the database {}", all, all == 1 ? "" : "s", what);
}

void PartitionFault::undo(Ground& ground, Receipt& receipt) {
  cut_->remove();
  if (!receipt.healed) receipt.healed = ground.now();
  const Directions directions = probe_all(ground.cluster, watched(ground), {});
  if (!directions.wrong.empty())
    throw std::runtime_error(fmt::format("probe {}", fmt::join(directions.wrong, ", ")));
  receipt.heal_verified = ground.now();
  if (ground.undone) ground.undone();  // not before, or the next one's probes would meet ours
  receipt.heal_verified_by =
      fmt::format("no rule left; probes arrived on all {} directions", directions.arrived.size());
}

}  // namespace

FaultKind partition_fault() {
  FaultKind kind;
  kind.name = "partition";
  kind.summary = "some hosts stop hearing others, or clients";
  kind.shapes = partition_shapes();
  kind.least_hosts = 2;
  kind.make = [](const PlannedFault& planned) { return std::make_unique<PartitionFault>(planned); };
  kind.options = {
      {"by", {"drop", "reject", "hold"}, "what becomes of packets: lost, refused, delivered later"},
      {"clients", {"one", "leader", "minority"}, "whom the shape 'clients' cuts clients off from"},
      {"grudge", {"none"}, "instead of a shape, who does not hear whom: n1<n2,n2<n3"}};
  kind.resource = "topology";
  kind.harm = Harm::stops;
  kind.prepare = [](Cluster& cluster) {
    if (!SwitchRules::work(cluster) && !find_program("iptables-restore"))
      throw Error(Blame::environment, "there is neither nft nor iptables to cut links with",
                  "apt-get install nftables iptables");
  };
  return kind;
}

}  // namespace tribunal
