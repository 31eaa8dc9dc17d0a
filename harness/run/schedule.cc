#include "harness/run/schedule.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>

#include "harness/parts/catalogue.h"
#include "harness/record/random.h"

namespace tribunal {
namespace {

constexpr std::int64_t second = 1'000'000'000;

// Deals its cards in shuffled rounds.
class Deck {
 public:
  explicit Deck(std::vector<std::string> cards) : cards_(std::move(cards)) {}
  std::string deal(Random& random) {
    if (cards_.empty()) return {};
    if (dealt_ % cards_.size() == 0) random.shuffle(cards_);
    return cards_[dealt_++ % cards_.size()];
  }

 private:
  std::vector<std::string> cards_;
  std::size_t dealt_ = 0;
};

// Of what a kind has, what the spec allows.
std::vector<std::string> allowed(const FaultKind& kind, const char* what,
                                 const std::vector<std::string>& has,
                                 const std::vector<std::string>& wished) {
  if (wished.empty() || has.empty()) return has;
  std::vector<std::string> both;
  for (const auto& item : has) {
    if (std::find(wished.begin(), wished.end(), item) != wished.end()) both.push_back(item);
  }
  if (both.empty()) {
    throw Error(
        Blame::usage,
        fmt::format("none of the {}s asked for is one that the fault '{}' has", what, kind.name),
        fmt::format("`tribunal list faults` prints them; or leave '{}' out of --faults",
                    kind.name));
  }
  return both;
}

struct Dealer {
  Deck shapes, targets;
};

// Of a single host there is no minority, and a fault without a target would prove nothing.
std::vector<std::string> targets_of(const FaultKind& kind, const ScheduleOptions& options) {
  auto targets = allowed(kind, "target", kind.targets, options.targets);
  if (options.hosts.size() > 1) return targets;
  std::erase(targets, "minority");
  if (targets.empty() && !kind.targets.empty()) {
    throw Error(Blame::usage, "one node has no minority", "--nodes 2 or more, or other --targets");
  }
  return targets;
}

std::map<std::string, Dealer> dealers(const ScheduleOptions& options,
                                      const std::vector<FaultKind>& kinds) {
  std::map<std::string, Dealer> all;
  for (const auto& name : options.faults) {
    const auto& kind = find(kinds, "fault", name);
    if (options.hosts.size() < kind.least_hosts) {
      throw Error(
          Blame::usage,
          fmt::format("the fault '{}' needs at least {} nodes, and there are {}", name,
                      kind.least_hosts, options.hosts.size()),
          fmt::format("--nodes {} or more, or leave '{}' out of --faults", kind.least_hosts, name));
    }
    all.emplace(name, Dealer{Deck(allowed(kind, "shape", kind.shapes, options.shapes)),
                             Deck(targets_of(kind, options))});
  }
  return all;
}

}  // namespace

std::vector<PlannedFault> draw_schedule(const ScheduleOptions& options,
                                        const std::vector<FaultKind>& kinds) {
  if (options.faults.empty()) return {};
  auto random = Random::stream(options.seed, "schedule");
  auto decks = dealers(options, kinds);
  Deck names(options.faults);
  std::vector<PlannedFault> schedule;
  const auto start = std::min(2 * second, options.duration / 8);
  // A slot has the fault somewhere inside and at least a quarter of itself to recover in.
  for (auto slot = start; slot + options.every * 3 / 4 + options.duration / 32 <= options.duration;
       slot += options.every) {
    PlannedFault fault;
    fault.id = static_cast<int>(schedule.size());
    fault.fault = names.deal(random);
    auto& dealer = decks.at(fault.fault);
    fault.shape = dealer.shapes.deal(random);
    fault.target = dealer.targets.deal(random);
    fault.order = options.hosts;
    random.shuffle(fault.order);
    fault.duration = random.between(options.length * 3 / 4, options.length * 5 / 4);
    const auto slack = std::max<std::int64_t>(0, options.every * 3 / 4 - fault.duration);
    fault.at = slot + random.between(0, slack);
    schedule.push_back(std::move(fault));
  }
  if (schedule.empty()) {
    throw Error(Blame::usage,
                fmt::format("no fault fits into {:.1f} s of traffic",
                            static_cast<double>(options.duration) / 1e9),
                "a longer --time, a shorter --fault-every, or --faults none");
  }
  return schedule;
}

}  // namespace tribunal
