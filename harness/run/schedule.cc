#include "harness/run/schedule.h"

#include <fmt/core.h>

#include <algorithm>
#include <functional>
#include <map>
#include <utility>

#include "harness/parts/catalogue.h"
#include "harness/record/random.h"
#include "harness/run/fault_options.h"

namespace tribunal {
namespace {

constexpr std::int64_t second = 1'000'000'000;
constexpr std::int64_t least_gap = second / 2;  // between two that do not go together

// Deals of its cards that fit one of those dealt the least, so that all come up as often.
class Deck {
 public:
  explicit Deck(const std::vector<std::string>& cards) {
    for (const auto& card : cards) dealt_.emplace_back(card, 0);
  }
  // Empty: none fits.
  std::string deal(
      Random& random,
      const std::function<bool(const std::string&)>& fits = [](const auto&) { return true; }) {
    random.shuffle(dealt_);
    std::pair<std::string, int>* chosen = nullptr;
    for (auto& card : dealt_)
      if ((chosen == nullptr || card.second < chosen->second) && fits(card.first)) chosen = &card;
    if (chosen == nullptr) return {};
    ++chosen->second;
    return chosen->first;
  }

 private:
  std::vector<std::pair<std::string, int>> dealt_;  // how often each was
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
  // A slot for which there is no kind that goes with all that lie beside it stays empty.
  void draw_into(std::int64_t slot) {
    PlannedFault fault;
    fault.duration = random_.between(options_.length * 3 / 4, options_.length * 5 / 4);
    const auto slack = std::max<std::int64_t>(0, options_.every * 3 / 4 - fault.duration);
    fault.at = slot + random_.between(0, slack);
    fault.fault = names_.deal(random_, [&](const std::string& name) { return fits(name, fault); });
    if (fault.fault.empty()) return;
    auto& dealer = decks_.at(fault.fault);
    fault.shape = dealer.shapes.deal(random_);
    fault.target = dealer.targets.deal(random_);
    fault.order = options_.hosts;
    random_.shuffle(fault.order);
    fault.options = drawn_options(*dealer.kind, said_[fault.fault], random_);
    fault.seed = random_.next() >> 12;  // as exact in JSON as a double is
    check_fault(*dealer.kind, fault);
    drawn_.push_back(std::move(fault));
  }

  // What waits for a calm moment waits the longer the more lanes there are. In a short run it must
  // do with half of it.
  std::int64_t over(const FaultKind& kind, const PlannedFault& fault) const {
    const auto lanes = static_cast<std::int64_t>(options_.overlap);
    return fault.at + fault.duration + std::min(kind.overtime * lanes, options_.duration / 2);
  }

  bool fits(const std::string& name, const PlannedFault& fault) const {
    const FaultKind& kind = *decks_.at(name).kind;
    const auto end = over(kind, fault);
    if (end > options_.duration) return false;
    return std::all_of(drawn_.begin(), drawn_.end(), [&](const PlannedFault& other) {
      const FaultKind& beside = *decks_.at(other.fault).kind;
      return over(beside, other) + least_gap <= fault.at || end + least_gap <= other.at ||
             go_together(kind, beside, options_.mode);
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

// At most so many lie beside each other as were planned to: the one that begins so many later finds
// it gone.
std::vector<std::int64_t> latest_ends(const std::vector<PlannedFault>& by_time,
                                      const std::vector<FaultKind>& kinds) {
  std::size_t lanes = 1;
  bool stops_alone = true;
  std::vector<const FaultKind*> kind_of;
  for (std::size_t i = 0; i < by_time.size(); ++i) {
    kind_of.push_back(&find(kinds, "fault", by_time[i].fault));
    std::size_t beside = 1;
    for (std::size_t j = 0; j < i; ++j) {
      if (by_time[j].at + by_time[j].duration <= by_time[i].at) continue;
      ++beside;
      stops_alone = stops_alone && go_together(*kind_of[j], *kind_of[i], Mode::liveness);
    }
    lanes = std::max(lanes, beside);
  }
  std::vector<std::int64_t> latest;
  for (std::size_t i = 0; i < by_time.size(); ++i) {
    const auto end = by_time[i].at + by_time[i].duration;
    auto until = end + by_time[i].duration;
    for (std::size_t j = i + 1; j < by_time.size(); ++j)
      if (by_time[j].at >= end &&
          (j >= i + lanes ||
           !go_together(*kind_of[i], *kind_of[j], stops_alone ? Mode::liveness : Mode::safety)))
        until = std::min(until, by_time[j].at - least_gap);
    latest.push_back(std::max(until, end));
  }
  return latest;
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
