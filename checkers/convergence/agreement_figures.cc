#include "checkers/convergence/agreement_figures.h"

#include <fmt/core.h>

#include <algorithm>

namespace tribunal {
namespace {

constexpr std::size_t most_keys = 20;  // that are named one by one

// Sorts them.
std::string distribution(std::vector<std::int64_t>& times) {
  if (times.empty()) return "nothing agreed on";
  std::sort(times.begin(), times.end());
  const auto share = [&times](std::size_t percent) {
    return span_of_time(times[std::min(times.size() - 1, times.size() * percent / 100)]);
  };
  return fmt::format("median {}, 99 % {}, worst {}, of {} keys", share(50), share(99),
                     span_of_time(times.back()), grouped(times.size()));
}

std::string holdings_of(const Settled& settled, std::uint32_t key) {
  std::string text;
  for (const Holding& holding : settled.look.of(key)) {
    if (holding.read == Holding::none) continue;
    const Operation& read = settled.history.operations[holding.read];
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", settled.history.nodes[read.node],
                        shortened(settled.history.values.show(read.value)));
  }
  return text;
}

}  // namespace

void add_agreement_figures(const Settled& settled, Objects objects,
                           std::vector<std::pair<std::string, std::string>>& figures) {
  const LastLook& look = settled.look;
  const auto time = [&](const Holding& holding) {
    return std::max<std::int64_t>(
        0, settled.history.operations[holding.since].completed_at - look.heal_or_look());
  };
  std::uint32_t answers = 0;
  std::uint64_t changed = 0;
  for (const Holding& holding : look.holdings) {
    answers = std::max(answers, holding.answers);
    changed += holding.changed;
  }
  figures.emplace_back(
      "last look",
      fmt::format("lasted {}{}, up to {} answers a key and replica, {} of which changed meanwhile",
                  span_of_time(look.ended_at - look.began_at),
                  look.healed_at ? ", began " + span_of_time(look.began_at - *look.healed_at) +
                                       " after the last heal"
                                 : "",
                  answers, grouped(changed)));
  const std::string since =
      look.healed_at ? "last heal to agreement" : "last look's begin to agreement";
  std::vector<std::int64_t> all, one;
  for (const std::uint32_t key : settled.keys) {
    std::int64_t latest = 0;
    for (const Holding& holding : look.of(key)) latest = std::max(latest, time(holding));
    all.push_back(latest);
  }
  figures.emplace_back(since, distribution(all));
  for (std::size_t column = 0; column < look.replicas.size(); ++column) {
    one.clear();
    for (const std::uint32_t key : settled.keys) one.push_back(time(look.of(key)[column]));
    figures.emplace_back(since + ", " + settled.history.nodes[look.replicas[column]],
                         distribution(one));
  }
  std::size_t named = 0;
  for (std::uint32_t key = 0; key < look.keys.size() && named < most_keys; ++key) {
    if (look.answered(key) < 2 || look.other(settled.history, objects, key) == nullptr) continue;
    ++named;
    figures.emplace_back(
        fmt::format("never agreed{}", of_key(settled.history, look.keys.keys[key])),
        holdings_of(settled, key));
  }
}

}  // namespace tribunal
