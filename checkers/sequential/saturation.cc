#include "checkers/sequential/saturation.h"

#include <algorithm>

namespace tribunal {
namespace {

constexpr std::uint32_t none = Versions::none;

}  // namespace

Saturation::Answer Saturation::run(Watch& watch) {
  width_ = problem_.sessions();
  const std::size_t n = problem_.steps.size();
  if (!watch.affords(n * (width_ * 4 + 64))) return Answer::spent;
  before_.assign(n * width_, 0);
  for (std::uint32_t i = 0; i < n; ++i)
    before_[i * width_ + problem_.steps[i].session] = problem_.steps[i].place;
  earlier_.assign(n, {});
  for (const auto& [first, second] : problem_.forced) earlier_[second].push_back(first);
  index_writes();
  while (true) {
    if (!propagate(watch)) return Answer::spent;
    if (cyclic_) return Answer::impossible;
    const bool more = infer(watch);
    if (cyclic_) return Answer::impossible;
    if (watch.spent()) return Answer::spent;
    if (!more) return Answer::acyclic;
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
    const Step& step = problem_.steps[order[i]];
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

// Joins into `step` all that precedes another, and that one itself. Returns whether it grew.
bool Saturation::raise(std::uint32_t step, std::uint32_t by) {
  const Step& other = problem_.steps[by];
  std::uint32_t* const into = before_.data() + step * width_;
  const std::uint32_t* const from = before_.data() + by * width_;
  bool grew = false;
  for (std::size_t s = 0; s < width_; ++s) {
    const std::uint32_t wanted = s == other.session ? other.place + 1 : from[s];
    if (into[s] < wanted) {
      into[s] = wanted;
      grew = true;
    }
  }
  const Step& own = problem_.steps[step];
  cyclic_ = cyclic_ || into[own.session] > own.place;
  return grew;
}

// To a fixed point, or until a step precedes itself. Returns false when the watch ended it.
bool Saturation::propagate(Watch& watch) {
  for (bool grew = true; grew && !cyclic_;) {
    grew = false;
    for (std::uint32_t i = 0; i < problem_.steps.size() && !cyclic_; ++i) {
      if (watch.spent()) return false;
      const Step& step = problem_.steps[i];
      if (step.place > 0) grew |= raise(i, i - 1);
      if (step.read != none && !problem_.initial(step.read))
        grew |= raise(i, problem_.writers[step.read]);
      for (const std::uint32_t earlier : earlier_[i]) grew |= raise(i, earlier);
    }
  }
  return true;
}

bool Saturation::add(std::uint32_t before, std::uint32_t after) {
  if (before == after) cyclic_ = true;
  if (cyclic_ || precedes(before, after)) return false;
  earlier_[after].push_back(before);
  return true;
}

bool Saturation::infer(Watch& watch) {
  bool more = false;
  for (std::uint32_t i = 0; i < problem_.steps.size() && !cyclic_; ++i) {
    if (watch.spent()) return false;
    if (problem_.steps[i].read != none) more |= infer_from(i);
  }
  return more;
}

bool Saturation::infer_from(std::uint32_t reader) {
  const Step& step = problem_.steps[reader];
  const std::uint32_t writer = problem_.writers[step.read];  // none: the initial version
  const std::uint32_t* const seen = before_.data() + reader * width_;
  bool more = false;
  for (std::uint32_t g = key_starts_[step.key]; g < key_starts_[step.key + 1]; ++g) {
    const Writes& group = groups_[g];
    const auto first = written_.begin() + group.from, last = written_.begin() + group.to;
    // The last write of this session that precedes the read.
    const auto past = std::partition_point(first, last, [&](std::uint32_t write) {
      return problem_.steps[write].place < seen[group.session];
    });
    for (auto it = past; it != first;) {
      const std::uint32_t write = *--it;
      if (write == writer || write == reader) continue;
      if (writer == none) {
        cyclic_ = true;
      } else {
        more |= add(write, writer);
      }
      break;
    }
    // The first write of this session that comes after the one that was read.
    const auto after =
        writer == none ? first : std::partition_point(first, last, [&](std::uint32_t write) {
          return write == writer || !precedes(writer, write);
        });
    for (auto it = after; it != last && !cyclic_; ++it) {
      if (*it == writer || *it == reader) continue;
      more |= add(reader, *it);
      break;
    }
  }
  return more;
}

}  // namespace tribunal
