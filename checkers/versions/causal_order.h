// The causal order co = (session order and reads-from)+, as one vector clock for each version.
#pragma once

#include <cstdint>
#include <vector>

#include "checkers/versions/clocks.h"
#include "checkers/versions/versions.h"

namespace tribunal {

// Walks all steps in a topological order of session order and reads-from that is near the order in
// which they were invoked. A clock's column counts the steps of one session up to its last write;
// sessions of which nobody else read anything have none, since nobody can come after them.
class CausalOrder {
 public:
  static constexpr std::uint32_t none = Versions::none;

  // `versions` must outlive it.
  explicit CausalOrder(const Versions& versions);

  // What is in the causal past of a step, itself included.
  struct View {
    const CausalOrder& order;
    Clocks::Root root;
    std::uint32_t session, place;
    bool learned;  // the step read a version that was not in its session's past before

    bool covers(std::uint32_t version) const {
      if (order.versions_.initial(version)) return true;
      const SessionStep& step = order.versions_.steps[order.versions_.writers[version]];
      return step.place < steps_of(step.session);
    }
    // How many steps of a session, up to its last write, are in it.
    std::uint32_t steps_of(std::uint32_t other) const {
      if (other == session) return place + 1;
      const std::uint32_t column = order.column_[other];
      return column == none ? 0 : order.clocks_.at(root, column);
    }
  };

  // Calls at_step(step, view) for each step, after everything that it reads from. Returns whether
  // the watch let it come to its end; where co has a cycle it ends before the steps on it and those
  // after them, and cyclic() says so.
  template <class AtStep>
  bool sweep(Watch& watch, const AtStep& at_step);

  bool cyclic() const { return !stuck_.empty(); }
  // The first step that a cycle keeps from its place, of each session so kept.
  const std::vector<std::uint32_t>& stuck() const { return stuck_; }
  // The first version that the step reads from and whose writer was not met; none: there is none.
  std::uint32_t awaited(std::uint32_t step) const;

  std::size_t columns() const { return columns_; }
  bool has_column(std::uint32_t session) const { return column_[session] != none; }
  bool met(std::uint32_t version) const { return met_[version]; }

  // Once both were met: whether the write of version v is in the causal past of the write of w,
  // v != w. An initial version is before all others.
  bool before(std::uint32_t v, std::uint32_t w) const {
    if (v == w || versions_.initial(w)) return false;
    if (versions_.initial(v)) return true;
    const SessionStep& first = versions_.steps[versions_.writers[v]];
    const SessionStep& second = versions_.steps[versions_.writers[w]];
    if (first.session == second.session) return first.place < second.place;
    const std::uint32_t column = column_[first.session];
    return column != none && clocks_.at(roots_[w], column) > first.place;
  }
  // The view that the writer of version w had, its write included.
  View view_of(std::uint32_t w) const {
    const SessionStep& step = versions_.steps[versions_.writers[w]];
    return {*this, roots_[w], step.session, step.place, false};
  }
  std::size_t bytes() const {
    return clocks_.bytes() + (roots_.capacity() + column_.capacity()) * 4;
  }

 private:
  // Joins what the step reads; whether that was news.
  bool learn(std::uint32_t step, Clocks::Root& root, std::uint32_t token);
  static std::size_t number_columns(const Versions& versions, std::vector<std::uint32_t>& column);
  std::vector<std::uint32_t> steps_by_invocation() const;
  void note_stuck(const std::vector<std::uint32_t>& next);

  const Versions& versions_;
  std::vector<std::uint32_t> column_;
  std::size_t columns_;
  Clocks clocks_;
  std::vector<Clocks::Root> roots_;  // by version
  std::vector<bool> met_;            // by version
  std::vector<std::uint32_t> stuck_;
};

template <class AtStep>
bool CausalOrder::sweep(Watch& watch, const AtStep& at_step) {
  const std::size_t sessions = versions_.sessions();
  roots_.assign(versions_.writers.size(), Clocks::zero);
  met_.assign(versions_.writers.size(), false);
  std::vector<Clocks::Root> now(sessions, Clocks::zero);
  std::vector<std::uint32_t> tokens(sessions), next(versions_.session_starts);
  for (std::uint32_t& token : tokens) token = clocks_.fresh_token();
  std::vector<std::uint32_t> waiting(versions_.writers.size(), none);  // by version, a session ...
  std::vector<std::uint32_t> also(sessions, none);  // ... and who else waits for the same
  std::vector<bool> blocked(sessions, false);
  std::vector<std::uint32_t> ready;
  for (const std::uint32_t turn : steps_by_invocation()) {
    const std::uint32_t operation = versions_.steps[turn].operation;
    if (!blocked[versions_.steps[turn].session]) ready.push_back(versions_.steps[turn].session);
    while (!ready.empty()) {
      const std::uint32_t session = ready.back();
      ready.pop_back();
      blocked[session] = false;
      while (next[session] < versions_.session_starts[session + 1] &&
             versions_.steps[next[session]].operation <= operation) {
        const std::uint32_t step = next[session];
        if (watch.spent()) return false;
        if (const std::uint32_t version = awaited(step); version != none) {
          also[session] = waiting[version];
          waiting[version] = session;
          blocked[session] = true;
          break;
        }
        ++next[session];
        const SessionStep& at = versions_.steps[step];
        const bool learned = learn(step, now[session], tokens[session]);
        if (at.wrote != none && column_[session] != none)
          clocks_.set(now[session], column_[session], at.place + 1, tokens[session]);
        at_step(step, View{*this, now[session], session, at.place, learned});
        if (at.wrote == none) continue;
        roots_[at.wrote] = now[session];
        tokens[session] = clocks_.fresh_token();
        met_[at.wrote] = true;
        if ((at.wrote & 255) == 0 && !watch.affords(versions_.bytes() + bytes())) return false;
        for (std::uint32_t s = waiting[at.wrote]; s != none; s = also[s]) ready.push_back(s);
        waiting[at.wrote] = none;
      }
    }
  }
  note_stuck(next);
  return true;
}

}  // namespace tribunal
