#include "checkers/sequential/saturation.h"

#include <algorithm>
#include <numeric>

namespace tribunal {

Saturation::Answer Saturation::run(Watch& watch) {
  width_ = problem_.sessions();
  const std::size_t n = problem_.steps.size();
  if (watch.look() || !watch.affords(n * (width_ * 4 + 64))) return Answer::spent;
  before_.assign(n * width_, 0);
  later_.assign(n, {});
  queued_.assign(n, true);
  queue_.resize(n);
  std::iota(queue_.begin(), queue_.end(), 0U);
  // As they were invoked, which is near to an order for most histories.
  std::sort(queue_.begin(), queue_.end(), [&](std::uint32_t a, std::uint32_t b) {
    return problem_.steps[a].operation < problem_.steps[b].operation;
  });
  index_writes();
  give_orders();
  const Answer answer = settle(watch);
  kept_ = true;
  return answer;
}

Saturation::Answer Saturation::assume(std::uint32_t before, std::uint32_t after, Watch& watch) {
  link(before, after);
  return settle(watch);
}

void Saturation::back(std::size_t mark) {
  while (trail_.size() > mark) {
    const Change& change = trail_.back();
    if (change.session == none) {
      later_[change.step].pop_back();
    } else {
      before_[change.step * width_ + change.session] = change.was;
    }
    trail_.pop_back();
  }
}

void Saturation::index_writes() {
  std::vector<std::uint32_t> order;
  for (std::uint32_t i = 0; i < problem_.steps.size(); ++i) {
    if (problem_.steps[i].wrote != none) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return problem_.steps[a].key < problem_.steps[b].key;
  });
  key_starts_.assign(problem_.keys + 1, 0);
  written_ = order;
  std::uint32_t key = 0;
  for (std::uint32_t i = 0; i < order.size();) {
    const SessionStep& step = problem_.steps[order[i]];
    for (; key < step.key; ++key) key_starts_[key + 1] = static_cast<std::uint32_t>(groups_.size());
    std::uint32_t end = i;
    while (end < order.size() && problem_.steps[order[end]].key == step.key &&
           problem_.steps[order[end]].session == step.session)
      ++end;
    groups_.push_back({step.session, i, end});
    i = end;
  }
  for (; key < problem_.keys; ++key)
    key_starts_[key + 1] = static_cast<std::uint32_t>(groups_.size());
}

// What is known beside session order and reads-from, and what session order tells at once.
void Saturation::give_orders() {
  for (std::uint32_t i = 0; i < problem_.steps.size(); ++i) {
    const SessionStep& step = problem_.steps[i];
    before_[i * width_ + step.session] = step.place;
    infer(i, step.session);
  }
  for (std::uint32_t key = 0; key < problem_.keys; ++key) {
    for (const std::uint32_t reader : problem_.readers_of(key)) {
      for (std::size_t writer = 0; writer < writers_of(key); ++writer) {
        const auto writes = writes_of(key, writer);
        if (writes.front() != reader) pending_.emplace_back(reader, writes.front());
        if (writes.front() == reader && writes.size() > 1) pending_.emplace_back(reader, writes[1]);
      }
    }
  }
  pending_.insert(pending_.end(), problem_.forced.begin(), problem_.forced.end());
}

// To a fixed point, or until a step precedes itself.
Saturation::Answer Saturation::settle(Watch& watch) {
  bool spent = false;
  for (std::size_t next = 0; !cyclic_ && !spent; ++next) {
    while (!pending_.empty() && !cyclic_) {
      const auto [before, after] = pending_.back();
      pending_.pop_back();
      link(before, after);
    }
    if (cyclic_ || next == queue_.size()) break;
    spent = watch.spent();
    const std::uint32_t at = queue_[next];
    queued_[at] = false;
    const SessionStep& step = problem_.steps[at];
    if (at + 1 < problem_.starts[step.session + 1]) raise(at + 1, at);
    if (step.wrote != none) {
      for (const std::uint32_t reader : problem_.readers_of(step.wrote)) raise(reader, at);
    }
    for (const std::uint32_t later : later_[at]) raise(later, at);
  }
  const bool impossible = cyclic_;
  for (const std::uint32_t step : queue_) queued_[step] = false;
  queue_.clear();
  pending_.clear();
  cyclic_ = false;
  return impossible ? Answer::impossible : spent ? Answer::spent : Answer::acyclic;
}

void Saturation::link(std::uint32_t before, std::uint32_t after) {
  cyclic_ = cyclic_ || before == after || precedes(after, before);
  if (cyclic_ || precedes(before, after)) return;
  later_[before].push_back(after);
  if (kept_) trail_.push_back({before, none, 0});
  raise(after, before);
}

// Joins into `step` all that precedes another, and that one itself.
void Saturation::raise(std::uint32_t step, std::uint32_t by) {
  const SessionStep& other = problem_.steps[by];
  std::uint32_t* const into = before_.data() + step * width_;
  const std::uint32_t* const from = before_.data() + by * width_;
  bool grew = false;
  for (std::uint32_t s = 0; s < width_; ++s) {
    const std::uint32_t wanted = s == other.session ? other.place + 1 : from[s];
    if (into[s] >= wanted) continue;
    if (kept_) trail_.push_back({step, s, into[s]});
    into[s] = wanted;
    grew = true;
    infer(step, s);
  }
  if (!grew) return;
  const SessionStep& own = problem_.steps[step];
  cyclic_ = cyclic_ || into[own.session] > own.place;
  if (queued_[step]) return;
  queued_[step] = true;
  queue_.push_back(step);
}

// The last of a session's first steps that writes the key; none: no such step does.
std::uint32_t Saturation::last_write(std::uint32_t key, std::uint32_t session,
                                     std::uint32_t places) const {
  const auto first = groups_.begin() + key_starts_[key],
             end = groups_.begin() + key_starts_[key + 1];
  const auto group = std::partition_point(
      first, end, [session](const Writes& writes) { return writes.session < session; });
  if (group == end || group->session != session) return none;
  const auto from = written_.begin() + group->from, to = written_.begin() + group->to;
  const auto past = std::partition_point(
      from, to, [&](std::uint32_t write) { return problem_.steps[write].place < places; });
  return past == from ? none : *(past - 1);
}

// What follows now that more of a session precedes a step. The last write of the session tells all
// that those before it do.
void Saturation::infer(std::uint32_t at, std::uint32_t session) {
  const SessionStep& step = problem_.steps[at];
  const std::uint32_t write = last_write(step.key, session, before_[at * width_ + session]);
  if (write == none || write == at) return;
  if (step.read != none) {
    const std::uint32_t writer = problem_.writers[step.read];  // none: the initial version
    cyclic_ = cyclic_ || writer == none;
    if (writer != none && writer != write) pending_.emplace_back(write, writer);
  }
  if (step.wrote == none) return;
  for (const std::uint32_t reader : problem_.readers_of(problem_.steps[write].wrote)) {
    if (reader != at && !precedes(reader, at)) pending_.emplace_back(reader, at);
  }
}

}  // namespace tribunal
