// The causal order co = (session order and reads-from)+ as vector clocks in one flat array.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "checkers/versions/versions.h"

namespace tribunal {

// Walks all steps in a topological order of session order and reads-from, O(n + n * columns), and
// keeps one clock for each version. A clock's column counts the steps of one session; sessions
// that wrote nothing that counts have none, since nobody can come after them.
class CausalOrder {
 public:
  static constexpr std::uint32_t none = Versions::none;

  // `versions` must outlive it.
  explicit CausalOrder(const Versions& versions);

  // Calls at_step(step, clock) for each step after what it reads from: `clock` holds, by column,
  // how many steps of that session are in its causal past, its own included. Returns whether the
  // watch let it come to its end; where co has a cycle it ends before the steps on it and those
  // after them, and cyclic() says so.
  template <class AtStep>
  bool sweep(Watch& watch, const AtStep& at_step);

  std::size_t columns() const { return columns_; }
  std::uint32_t column(std::uint32_t session) const { return column_[session]; }  // or none
  bool cyclic() const { return cyclic_; }
  // The first step that a cycle keeps from its place, of each session so kept.
  const std::vector<std::uint32_t>& stuck() const { return stuck_; }

  // Once swept: whether the write of version v is in the causal past of the write of w, v != w.
  // An initial version is before all others.
  bool before(std::uint32_t v, std::uint32_t w) const {
    if (v == w || versions_.initial(w)) return false;
    if (versions_.initial(v)) return true;
    const Step& step = versions_.steps[versions_.writers[v]];
    return clock_of(w)[column_[step.session]] > step.place;
  }
  // Whether the step of version v is among the steps that a clock counts.
  bool covers(std::span<const std::uint32_t> clock, std::uint32_t v) const {
    const Step& step = versions_.steps[versions_.writers[v]];
    return clock[column_[step.session]] > step.place;
  }
  // pre: not initial, and it counts.
  std::span<const std::uint32_t> clock_of(std::uint32_t version) const {
    return std::span(clocks_).subspan(row_[version] * columns_, columns_);
  }
  std::size_t bytes() const {
    return (clocks_.capacity() + row_.capacity() + column_.capacity()) * 4;
  }

 private:
  static void join(std::span<std::uint32_t> into, std::span<const std::uint32_t> other) {
    for (std::size_t i = 0; i < into.size(); ++i) into[i] = into[i] < other[i] ? other[i] : into[i];
  }
  // The first version that the step reads from and whose writer was not met yet.
  std::uint32_t awaited(std::uint32_t step) const;
  void note_stuck(const std::vector<std::uint32_t>& next);

  const Versions& versions_;
  std::size_t columns_ = 0, rows_ = 0;
  std::vector<std::uint32_t> column_, row_, clocks_;
  std::vector<bool> met_;  // by version
  bool cyclic_ = false;
  std::vector<std::uint32_t> stuck_;
};

template <class AtStep>
bool CausalOrder::sweep(Watch& watch, const AtStep& at_step) {
  if (!watch.affords(versions_.bytes() + bytes() + rows_ * columns_ * 4)) return false;
  clocks_.assign(rows_ * columns_, 0);
  met_.assign(versions_.writers.size(), false);
  const std::size_t sessions = versions_.sessions();
  if (!watch.affords(versions_.bytes() + bytes() + sessions * columns_ * 4)) return false;
  std::vector<std::uint32_t> clocks(sessions * columns_, 0), next(versions_.session_starts);
  std::vector<std::uint32_t> waiting(versions_.writers.size(), none);  // by version, a session ...
  std::vector<std::uint32_t> also(sessions, none);  // ... and who else waits for the same
  std::vector<std::uint32_t> ready(sessions);
  for (std::uint32_t s = 0; s < sessions; ++s) ready[sessions - 1 - s] = s;
  while (!ready.empty()) {
    const std::uint32_t session = ready.back();
    ready.pop_back();
    const std::span<std::uint32_t> clock(clocks.data() + session * columns_, columns_);
    while (next[session] < versions_.session_starts[session + 1]) {
      const std::uint32_t step = next[session];
      if (watch.spent()) return false;
      if (const std::uint32_t version = awaited(step); version != none) {
        also[session] = waiting[version];
        waiting[version] = session;
        break;
      }
      ++next[session];
      for (const std::uint32_t version : versions_.reads_from(step)) join(clock, clock_of(version));
      if (column_[session] != none) clock[column_[session]] = versions_.steps[step].place + 1;
      at_step(step, std::span<const std::uint32_t>(clock));
      const std::uint32_t wrote = versions_.steps[step].wrote;
      if (wrote == none) continue;
      std::copy(clock.begin(), clock.end(),
                clocks_.begin() + static_cast<std::ptrdiff_t>(row_[wrote] * columns_));
      met_[wrote] = true;
      for (std::uint32_t s = waiting[wrote]; s != none; s = also[s]) ready.push_back(s);
      waiting[wrote] = none;
    }
  }
  note_stuck(next);
  return true;
}

}  // namespace tribunal
