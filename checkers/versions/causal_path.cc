#include "checkers/versions/causal_path.h"

#include <algorithm>
#include <numeric>

#include "checkers/none.h"

namespace tribunal {
namespace {

// Breadth first; a session once reached at a step is reached at all that follow.
class Search {
 public:
  Search(const Versions& versions, std::span<const Ordered> orders)
      : versions_(versions),
        orders_(orders),
        from_(versions.steps.size(), none),
        entered_(versions.steps.size(), none),
        reached_(versions.session_starts) {
    for (std::uint32_t s = 0; s < versions.sessions(); ++s) reached_[s] = end_of(s);
    starts_.assign(versions.writes.size() + 1, 0);
    for (const std::uint32_t version : versions.seen) ++starts_[version + 1];
    std::partial_sum(starts_.begin(), starts_.end(), starts_.begin());
    readers_.resize(versions.seen.size());
    std::vector<std::uint32_t> next(starts_.begin(), starts_.end() - 1);
    for (std::uint32_t step = 0; step < versions.steps.size(); ++step) {
      for (const std::uint32_t version : versions.reads_from(step))
        readers_[next[version]++] = step;
    }
  }

  std::vector<std::uint32_t> path(std::uint32_t from, std::uint32_t to) {
    const std::uint32_t goal = versions_.steps[to].session;
    std::vector<std::uint32_t> layer{from}, following;
    if (versions_.steps[from].session == goal && from < to) return {from, to};
    while (!layer.empty()) {
      following.clear();
      for (const std::uint32_t entry : layer) {
        const std::uint32_t session = versions_.steps[entry].session;
        if (session == goal && entry <= to) return trace(from, entry, to);
        const std::uint32_t end = reached_[session];
        reached_[session] = std::min(end, entry);
        for (std::uint32_t step = entry; step < end; ++step) follow(step, entry, following);
      }
      layer.swap(following);
    }
    return {};
  }

 private:
  std::uint32_t end_of(std::uint32_t session) const {
    return versions_.session_starts[session + 1];
  }

  void follow(std::uint32_t step, std::uint32_t entry, std::vector<std::uint32_t>& following) {
    const std::uint32_t wrote = versions_.steps[step].wrote;
    if (wrote == none) return;
    for (std::uint32_t i = starts_[wrote]; i < starts_[wrote + 1]; ++i)
      enter(step, entry, readers_[i], following);
    for (auto order = std::lower_bound(orders_.begin(), orders_.end(), Ordered{wrote, 0, 0});
         order != orders_.end() && order->from == wrote; ++order)
      enter(step, entry, versions_.writers[order->to], following);
  }

  void enter(std::uint32_t step, std::uint32_t entry, std::uint32_t next,
             std::vector<std::uint32_t>& following) {
    if (from_[next] != none || next >= reached_[versions_.steps[next].session]) return;
    from_[next] = step;
    entered_[step] = entry;
    following.push_back(next);
  }

  std::vector<std::uint32_t> trace(std::uint32_t from, std::uint32_t entry,
                                   std::uint32_t to) const {
    std::vector<std::uint32_t> path{to};
    if (entry != to) path.push_back(entry);
    while (entry != from) {
      const std::uint32_t writer = from_[entry];
      path.push_back(writer);
      entry = entered_[writer];
      if (entry != writer) path.push_back(entry);
    }
    std::reverse(path.begin(), path.end());
    return path;
  }

  const Versions& versions_;
  std::span<const Ordered> orders_;
  std::vector<std::uint32_t> from_;     // of a read: the write that led to it
  std::vector<std::uint32_t> entered_;  // of a write: where its session was entered
  std::vector<std::uint32_t> reached_;  // by session: the first step reached
  std::vector<std::uint32_t> starts_, readers_;
};

// The shortest path that goes from one session to another once at most, which needs no index of who
// read what; empty: there is none.
std::vector<std::uint32_t> single_hop(const Versions& versions, std::uint32_t from,
                                      std::uint32_t to) {
  const SessionStep& first = versions.steps[from];
  const SessionStep& last = versions.steps[to];
  if (first.session == last.session)
    return from < to ? std::vector<std::uint32_t>{from, to} : std::vector<std::uint32_t>{};
  if (first.wrote != none && last.read == first.wrote) return {from, to};
  std::vector<std::uint32_t> best;
  for (std::uint32_t step = versions.session_starts[last.session]; step <= to; ++step) {
    for (const std::uint32_t version : versions.reads_from(step)) {
      const std::uint32_t writer = versions.writers[version];
      if (versions.steps[writer].session != first.session || writer < from) continue;
      std::vector<std::uint32_t> path{from};
      if (writer != from) path.push_back(writer);
      path.push_back(step);
      if (step != to) path.push_back(to);
      if (best.empty() || path.size() < best.size()) best = std::move(path);
    }
  }
  return best;
}

}  // namespace

std::vector<std::uint32_t> causal_path(const Versions& versions, std::uint32_t from,
                                       std::uint32_t to, std::span<const Ordered> orders) {
  std::vector<std::uint32_t> path = single_hop(versions, from, to);
  return path.empty() ? Search(versions, orders).path(from, to) : path;
}

}  // namespace tribunal
