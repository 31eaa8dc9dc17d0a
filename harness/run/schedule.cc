#include "harness/run/schedule.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>

#include "harness/parts/catalogue.h"
#include "harness/record/random.h"
#include "harness/run/fault_options.h"

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

// What is left when a quorum must be kept; a kind that then has nothing left cannot be drawn.
std::vector<std::string> keeping(const FaultKind& kind, const ScheduleOptions& options,
                                 const char* what, std::vector<std::string> wished,
                                 std::vector<std::string> kept) {
  if (options.mode == Mode::safety || kind.harm == Harm::disturbs || wished.empty()) return wished;
  if (kept.empty())
    throw Error(Blame::usage,
                fmt::format("every {} of the fault '{}' that was asked for breaks the quorum, and "
                            "--mode liveness keeps it",
                            what, kind.name),
                "--mode safety, or other targets and shapes");
  return kept;
}

struct Dealer {
  const FaultKind* kind;
  Deck shapes, targets;
};

// Of a single host there is no minority, and a fault without a target would prove nothing.
std::vector<std::string> targets_of(const FaultKind& kind, const ScheduleOptions& options) {
  auto targets = allowed(kind, "target", kind.targets, options.targets);
  targets = keeping(kind, options, "target", targets, quorum_keeping_targets(targets));
  if (options.hosts.size() > 1) return targets;
  std::erase(targets, "minority");
  if (targets.empty() && !kind.targets.empty()) {
    throw Error(Blame::usage, "one node has no minority", "--nodes 2 or more, or other --targets");
  }
  return targets;
}

std::vector<std::string> shapes_of(const FaultKind& kind, const ScheduleOptions& options) {
  const auto shapes = allowed(kind, "shape", kind.shapes, options.shapes);
  return keeping(kind, options, "shape", shapes,
                 quorum_keeping_shapes(shapes, options.hosts.size()));
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
    all.emplace(name,
                Dealer{&kind, Deck(shapes_of(kind, options)), Deck(targets_of(kind, options))});
  }
  return all;
}

// Whether two faults that lie beside each other may.
bool go_together(const FaultKind& one, const FaultKind& other, Mode mode) {
  if (!one.resource.empty() && one.resource == other.resource) return false;
  return mode == Mode::safety || one.harm == Harm::disturbs || other.harm == Harm::disturbs;
}

class Draw {
 public:
  Draw(const ScheduleOptions& options, const std::vector<FaultKind>& kinds)
      : options_(options),
        random_(Random::stream(options.seed, "schedule")),
        decks_(dealers(options, kinds)),
        names_(options.faults),
        said_(options_by_kind(options.options, options.faults)) {}

  std::vector<PlannedFault> schedule() {
    const auto lanes = static_cast<std::int64_t>(options_.overlap);
    const auto start = std::min(2 * second, options_.duration / 8);
    // A slot has the fault somewhere inside and at least a quarter of itself to recover in.
    for (std::int64_t i = 0;; ++i) {
      const auto slot = start + i * options_.every / lanes;
      if (slot + options_.every * 3 / 4 + options_.duration / 32 > options_.duration) break;
      draw_into(slot);
    }
    std::stable_sort(drawn_.begin(), drawn_.end(),
                     [](const auto& a, const auto& b) { return a.at < b.at; });
    for (std::size_t i = 0; i < drawn_.size(); ++i) drawn_[i].id = static_cast<int>(i);
    return std::move(drawn_);
  }

 private:
  // A kind that goes with all that lie beside it is looked for in one whole round of the deck; a
  // slot for which there is none stays empty.
  void draw_into(std::int64_t slot) {
    PlannedFault fault;
    fault.duration = random_.between(options_.length * 3 / 4, options_.length * 5 / 4);
    const auto slack = std::max<std::int64_t>(0, options_.every * 3 / 4 - fault.duration);
    fault.at = slot + random_.between(0, slack);
    for (std::size_t tries = 0; tries < 2 * options_.faults.size(); ++tries) {
      fault.fault = names_.deal(random_);
      if (!fits(fault)) continue;
      auto& dealer = decks_.at(fault.fault);
      fault.shape = dealer.shapes.deal(random_);
      fault.target = dealer.targets.deal(random_);
      fault.order = options_.hosts;
      random_.shuffle(fault.order);
      fault.options = drawn_options(*dealer.kind, said_[fault.fault], random_);
      fault.seed = random_.next() >> 12;  // as exact in JSON as a double is
      check_fault(*dealer.kind, fault);
      drawn_.push_back(std::move(fault));
      return;
    }
  }

  bool fits(const PlannedFault& fault) const {
    constexpr std::int64_t gap = second / 2;
    return std::all_of(drawn_.begin(), drawn_.end(), [&](const PlannedFault& other) {
      const bool apart = other.at + other.duration + gap <= fault.at ||
                         fault.at + fault.duration + gap <= other.at;
      return apart ||
             go_together(*decks_.at(fault.fault).kind, *decks_.at(other.fault).kind, options_.mode);
    });
  }

  const ScheduleOptions& options_;
  Random random_;
  std::map<std::string, Dealer> decks_;
  Deck names_;
  std::map<std::string, FaultOptions> said_;
  std::vector<PlannedFault> drawn_;
};

}  // namespace

std::vector<std::string> quorum_keeping_targets(const std::vector<std::string>& targets) {
  std::vector<std::string> kept;
  for (const auto& target : targets)
    if (target == "one" || target == "minority" || target == "minority-third" || target == "leader")
      kept.push_back(target);
  return kept;
}

// The others leave every host with links to a majority at the best, but no majority whose members
// all have links to each other.
std::vector<std::string> quorum_keeping_shapes(const std::vector<std::string>& shapes,
                                               std::size_t hosts) {
  std::vector<std::string> kept;
  for (const auto& shape : shapes)
    if ((shape == "one" && hosts > 2) || shape == "minority-third" || shape == "majority" ||
        (shape == "halves" && hosts % 2 == 1))
      kept.push_back(shape);
  return kept;
}

std::vector<PlannedFault> draw_schedule(const ScheduleOptions& options,
                                        const std::vector<FaultKind>& kinds) {
  if (options.faults.empty()) return {};
  auto schedule = Draw(options, kinds).schedule();
  if (schedule.empty()) {
    throw Error(Blame::usage,
                fmt::format("no fault fits into {:.1f} s of traffic",
                            static_cast<double>(options.duration) / 1e9),
                "a longer --time, a shorter --fault-every, or --faults none");
  }
  return schedule;
}

}  // namespace tribunal
