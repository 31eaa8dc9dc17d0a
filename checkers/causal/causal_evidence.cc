#include "checkers/causal/causal_evidence.h"

#include <fmt/core.h>

#include <algorithm>

#include "checkers/none.h"

namespace tribunal {
namespace {

constexpr std::size_t tries = 12;

bool reads(const Versions& versions, std::uint32_t step, std::uint32_t version) {
  const auto seen = versions.reads_from(step);
  return version != none && std::find(seen.begin(), seen.end(), version) != seen.end();
}

// A cycle of session order, reads-from and forced orders.
class Cycle {
 public:
  Cycle(const History& history, const Versions& versions, std::span<const Ordered> orders,
        const Ordered& closing)
      : history_(history),
        versions_(versions),
        orders_(orders),
        closing_(closing),
        witness_(history, versions) {
    path_ =
        causal_path(versions, versions.writers[closing.to], versions.writers[closing.from], orders);
  }

  bool found() const { return !path_.empty(); }

  Evidence tell() {
    explain(closing_);
    for (std::size_t i = 0; i + 1 < path_.size(); ++i) {
      const std::uint32_t from = path_[i], to = path_[i + 1];
      if (versions_.steps[from].session == versions_.steps[to].session) {
        witness_.arrow(from, to, "session order");
      } else if (reads(versions_, to, versions_.steps[from].wrote)) {
        witness_.arrow(from, to, "reads from");
      } else {
        explain(order_between(versions_.steps[from].wrote, versions_.steps[to].wrote));
      }
    }
    const SessionStep& last = versions_.steps[closing_.read];
    const std::string key = of_key(history_, versions_.keys[last.key]);
    return witness_.make(
        "cyclic order", last.key,
        fmt::format("{}, so {}{} comes before {}; yet the other way round by the arrows from {} "
                    "to {}",
                    reasons_, witness_.value(closing_.from), key, witness_.value(closing_.to),
                    witness_.value(closing_.to), witness_.value(closing_.from)),
        closing_.read);
  }

 private:
  Ordered order_between(std::uint32_t from, std::uint32_t to) const {
    const auto order = std::lower_bound(orders_.begin(), orders_.end(), Ordered{from, to, 0});
    return order != orders_.end() && order->from == from && order->to == to
               ? *order
               : Ordered{from, to, none};
  }

  void explain(const Ordered& order) {
    const std::uint32_t from = versions_.writers[order.from], to = versions_.writers[order.to];
    if (order.read == none) return;
    const bool list = versions_.listed[versions_.key_of[order.from]];
    witness_.arrow(
        from, to, list ? "list order" : "known and not read",
        list ? "" : fmt::format("{} read {}", witness_.who(order.read), witness_.value(order.to)));
    if (to != order.read) witness_.arrow(to, order.read, "reads from");
    if (!list) witness_.causal(from, order.read);
    if (!reasons_.empty()) return;
    reasons_ = fmt::format(
        "{} {} {}{}", witness_.who(order.read), list ? "read a list that has" : "knew",
        witness_.value(order.from),
        list ? " before " + witness_.value(order.to) : " and read " + witness_.value(order.to));
  }

  const History& history_;
  const Versions& versions_;
  const std::span<const Ordered> orders_;
  const Ordered closing_;
  Witness witness_;
  std::vector<std::uint32_t> path_;
  std::string reasons_;
};

}  // namespace

Evidence miss_evidence(const History& history, const Versions& versions, const CausalMiss& miss) {
  Witness witness(history, versions);
  const SessionStep& read = versions.steps[miss.read];
  const std::uint32_t writer = versions.writers[miss.version];
  const std::string value = witness.value(miss.version);
  const std::string key = of_key(history, versions.keys[read.key]);
  if (miss.other != none) {
    const std::uint32_t other = versions.writers[miss.other];
    witness.causal(writer, other);
    witness.arrow(other, miss.read, "reads from");
    witness.arrow(other, writer, "list order");
    return witness.make("list against the causal order", read.key,
                        fmt::format("{}{} was appended before {} in the causal order, but the list "
                                    "that {} read has {} first",
                                    value, key, witness.value(miss.other), witness.who(miss.read),
                                    witness.value(miss.other)),
                        miss.read);
  }
  witness.causal(writer, miss.read);
  std::string got = "a list without it";
  if (!versions.listed[read.key]) {
    got = witness.value(read.read);
    if (!versions.initial(read.read)) {
      got += ", which is before it";
      witness.reads_from(read.read, miss.read);
      witness.causal(versions.writers[read.read], writer);
    }
  }
  return witness.make("causal past missed", read.key,
                      fmt::format("{}{} is in the causal past of the read of {}, which got {}",
                                  value, key, witness.who(miss.read), got),
                      miss.read);
}

Evidence cyclic_evidence(const History& history, const Versions& versions,
                         const CausalOrder& order) {
  std::vector<std::uint32_t> stuck_at(versions.sessions(), none), met_at(versions.sessions(), none);
  for (const std::uint32_t step : order.stuck()) stuck_at[versions.steps[step].session] = step;
  std::vector<std::uint32_t> chain;
  std::uint32_t step = order.stuck().front();
  while (met_at[versions.steps[step].session] == none) {
    met_at[versions.steps[step].session] = static_cast<std::uint32_t>(chain.size());
    chain.push_back(step);
    step = stuck_at[versions.steps[versions.writers[order.awaited(step)]].session];
  }
  Witness witness(history, versions);
  for (std::size_t i = met_at[versions.steps[step].session]; i < chain.size(); ++i) {
    const std::uint32_t version = order.awaited(chain[i]), writer = versions.writers[version];
    const std::uint32_t first = stuck_at[versions.steps[writer].session];
    witness.reads_from(version, chain[i]);
    if (first != writer) witness.arrow(first, writer, "session order");
  }
  return witness.make("cyclic causal order", versions.steps[step].key,
                      "each of these comes before itself by session order and reads-from, so that "
                      "no order of them exists",
                      step);
}

Evidence conflict_evidence(const History& history, const Versions& versions,
                           std::span<const Ordered> orders, const Ordered& closing) {
  return Cycle(history, versions, orders, closing).tell();
}

Evidence smallest_conflict(const History& history, const Versions& versions,
                           std::span<const Ordered> orders, std::span<const std::uint32_t> caught) {
  const auto held = [&](std::uint32_t version) {
    return std::binary_search(caught.begin(), caught.end(), versions.writers[version]);
  };
  Evidence best;
  std::size_t tried = 0;
  for (const Ordered& order : orders) {
    if (!held(order.from) || !held(order.to)) continue;
    Cycle cycle(history, versions, orders, order);
    if (!cycle.found()) continue;
    Evidence evidence = cycle.tell();
    if (best.exhibits.empty() || evidence.exhibits.size() < best.exhibits.size())
      best = std::move(evidence);
    if (++tried == tries) break;
  }
  return best;
}

}  // namespace tribunal
