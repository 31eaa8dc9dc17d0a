#include "nemesis/network/packet_fault.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <stdexcept>
#include <thread>

#include "nemesis/attempt.h"
#include "nemesis/options.h"
#include "nemesis/targets.h"

namespace tribunal {
namespace {

using namespace std::chrono_literals;

// At most a handful in full.
std::string joined(const std::vector<std::string>& texts) {
  constexpr std::size_t most = 4;
  const std::vector<std::string> head(
      texts.begin(), texts.begin() + static_cast<std::ptrdiff_t>(std::min(most, texts.size())));
  std::string text = fmt::format("{}", fmt::join(head, "; "));
  if (texts.size() > most) text += fmt::format("; likewise on {} more links", texts.size() - most);
  return text;
}

}  // namespace

PacketFault::PacketFault(const PlannedFault& planned, PacketEffect effect)
    : planned_(planned), effect_(std::move(effect)) {
  const std::string way = choice_option(planned, "direction", {"both", "in", "out"});
  towards_ = way == "in" ? Towards::in : way == "out" ? Towards::out : Towards::both;
  ends_ = choice_option(planned, "links", {"peers", "clients", "all"});
}

// Links on which another fault shapes packets are left to it.
void PacketFault::choose(Ground& ground, Receipt& receipt) {
  const Targets targets = choose_targets(ground, planned_);
  std::vector<std::string> others;
  if (ends_ != "clients") others = ground.cluster.names();
  if (ends_ != "peers") others.emplace_back(Cluster::clients_name);
  links_ = links_of(targets.hosts, others, towards_,
                    ground.held ? ground.held() : std::set<std::string>{});
  if (links_.empty()) throw std::runtime_error("there is no link that could be shaped");
  receipt.targets = targets.hosts;
  receipt.detail = targets.detail;
  if (ends_ == "clients") receipt.detail += ", links with clients";
  if (ends_ == "all") receipt.detail += ", links with all";
  if (towards_ != Towards::both)
    receipt.detail += towards_ == Towards::in ? ", what comes in" : ", what goes out";
}

void PacketFault::inject(Ground& ground, Receipt& receipt) {
  if (!attempt(receipt, "choose targets", [&] { choose(ground, receipt); })) return;
  meter_.emplace(ground.cluster, static_cast<std::uint64_t>(planned_.id));
  shaping_.emplace(ground.cluster, planned_.id, PacketShaping::Spares::probes);
  attempt(receipt, "measure", [&] { before_ = effect_.look(*meter_, links_); });
  if (before_.empty()) return;
  attempt(receipt, "install", [&] {
    shaping_->install(links_, effect_.shape, planned_.seed);
    receipt.means = shaping_->means();
    receipt.installed = ground.now();
  });
  if (receipt.installed) attempt(receipt, "observe", [&] { observe(ground, receipt); });
}

// A machine that stands still for a moment spoils a measurement, so a few are made before one is
// believed that says the fault is not there.
void PacketFault::observe(Ground& ground, Receipt& receipt) {
  constexpr int measurements = 3;
  std::vector<std::string> seen, wrong;
  for (int i = 0; i < measurements && (i == 0 || !wrong.empty()); ++i) {
    seen.clear();
    wrong.clear();
    for (const auto& [link, now] : effect_.look(*meter_, links_)) {
      const int ways = links_.contains({link.to, link.from}) ? 2 : 1;
      try {
        seen.push_back(show(link) + " " + effect_.shown(before_[link], now, ways));
      } catch (const std::runtime_error& error) {
        wrong.push_back(show(link) + " " + error.what());
      }
    }
  }
  shaping_->forget_measurements();
  if (!wrong.empty()) throw std::runtime_error("measured " + joined(wrong));
  receipt.observed = ground.now();
  receipt.observed_by = joined(seen);
}

void PacketFault::exercise(Ground& ground, Receipt& receipt) {
  if (!receipt.installed || receipt.healed) return;
  if (attempt(receipt, "count packets", [&] { count(ground, receipt); })) return;
  receipt.exercised.reset();  // it did not last
  receipt.exercised_by.clear();
}

void PacketFault::count(Ground& ground, Receipt& receipt) {
  std::uint64_t met = 0, all = 0;
  receipt.counters.clear();
  for (const auto& [link, reading] : shaping_->read()) {
    for (const auto& [name, number] : reading.database)
      if (number > 0)
        receipt.counters.emplace_back(show(link) + " " + name, static_cast<std::int64_t>(number));
    all += reading.database.at("packets");
    for (const auto& name : effect_.counters)
      if (reading.database.contains(name)) met += reading.database.at(name);
    if (reading.database.contains("certain")) met += reading.database.at("certain");
  }
  if (met == 0) return;
  if (!receipt.exercised) receipt.exercised = ground.now();
  receipt.exercised_by = fmt::format("{} of {} packets of the database {}", met, all, effect_.met);
}

void PacketFault::verify(Ground& ground, Receipt& receipt) {
  if (effect_.shape.hold)
    for (const auto& [link, reading] : meter_->look_again(links_))
      if (reading.lost() > 0)
        throw std::runtime_error(fmt::format("{} of {} held datagrams arrived on {}",
                                             reading.arrived, reading.sent, show(link)));
  for (const auto& [link, reading] : effect_.look(*meter_, links_)) {
    try {
      effect_.gone(before_[link], reading);
    } catch (const std::runtime_error& error) {
      throw std::runtime_error("measured " + show(link) + " " + error.what());
    }
  }
  receipt.heal_verified = ground.now();
  receipt.heal_verified_by =
      fmt::format("no rule left; {}{} links measure as before",
                  effect_.shape.hold ? "what was held has arrived; " : "", links_.size());
  if (ground.undone) ground.undone();  // not before, or the next one's probes would meet ours
}

void PacketFault::heal(Ground& ground, Receipt& receipt) {
  if (receipt.heal_verified) return;
  if (!receipt.heal_requested) receipt.heal_requested = ground.now();
  if (!shaping_) {
    receipt.healed = receipt.heal_verified = ground.now();
    receipt.heal_verified_by = "nothing had been begun";
    return;
  }
  if (!attempt(receipt, "heal", [&] { shaping_->remove(); })) return;
  if (!receipt.healed) receipt.healed = ground.now();
  if (before_.empty()) return;
  constexpr auto patience = 10s;
  const auto until = std::chrono::steady_clock::now() + patience;
  std::string complaint;
  do {
    try {
      return verify(ground, receipt);
    } catch (const std::exception& error) {
      complaint = error.what();
      std::this_thread::sleep_for(50ms);
    }
  } while (std::chrono::steady_clock::now() < until);
  attempt(receipt, "verify heal", [&] { throw std::runtime_error(complaint); });
}

std::vector<FaultOption> packet_options(std::vector<FaultOption> own) {
  own.push_back({"links", {"peers", "clients", "all"}, "which links of the targets"});
  own.push_back({"direction", {"both", "in", "out"}, "which way on them"});
  return own;
}

}  // namespace tribunal
