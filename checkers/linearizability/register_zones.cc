#include "checkers/linearizability/register_zones.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace tribunal {

ZoneFinding RegisterZones::judge(std::span<const std::uint32_t> operations, Watch& watch,
                                 std::uint32_t until) {
  finding_ = {};
  watch_ = &watch;
  if (gather(operations, until) && trace() && lay_chains()) sweep();
  return finding_;
}

inline std::uint32_t RegisterZones::cluster(Value value) {
  const std::uint32_t id = index_.number(value == calls_.nothing ? Value::nil() : value);
  if (id == clusters_.size()) clusters_.emplace_back();
  return id;
}

inline bool RegisterZones::take_write(const Operation& operation, Value value, bool open) {
  if (value.is_nil() || value == calls_.nothing) return false;
  const std::uint32_t id = cluster(value);
  if (clusters_[id].began != unwritten) return false;
  clusters_[id].began = moment(operation.began);
  clusters_[id].ended = open ? Operation::never : moment(operation.ended);
  clusters_[id].effective = clusters_[id].acknowledged = !open;
  if (operation.function == calls_.cas) {
    const std::uint32_t source = cluster(operation.value);
    clusters_[id].source = source;
    if (!open) clusters_[source].witness = moment(operation.began);
  }
  return true;
}

// To be asked at every step of every pass.
inline bool RegisterZones::spent() {
  if (!watch_->spent()) return false;
  finding_.flaw = Flaw::spent;
  return true;
}

// About how many values there are, with some to spare, since growing by doubling copies them all.
std::size_t RegisterZones::expected_values(std::span<const std::uint32_t> operations) const {
  constexpr std::size_t most_asked = 1024;
  const std::size_t stride = operations.size() / most_asked + 1;
  std::size_t asked = 0, writes = 0;
  for (std::size_t i = 0; i < operations.size(); i += stride, ++asked)
    writes += history_.operations[operations[i]].function != calls_.read;
  const std::size_t expected = writes * stride;
  return std::min(operations.size(), expected + expected / 16) + 1;
}

bool RegisterZones::gather(std::span<const std::uint32_t> operations, std::uint32_t until) {
  const std::size_t expected = expected_values(operations);
  index_.reset(expected);
  clusters_.clear();
  clusters_.reserve(expected);
  Cluster& initial = clusters_[cluster(initial_)];
  initial.began = 0;
  initial.effective = initial.acknowledged = true;
  constexpr std::size_t ahead = 16;  // a key's operations are far apart in the history
  for (std::size_t i = 0; i < operations.size(); ++i) {
    if (spent()) return false;
    if (i + ahead < operations.size())
      __builtin_prefetch(&history_.operations[operations[i + ahead]]);
    const Operation& operation = history_.operations[operations[i]];
    if (operation.began > until) break;
    if (operation.outcome == Outcome::failed) continue;
    const bool open = !operation.ok() || operation.ended > until;
    if (operation.function == calls_.read) {
      if (open) continue;
      Cluster& read = clusters_[cluster(operation.value)];
      read.first_read_end = std::min(read.first_read_end, moment(operation.ended));
      read.last_read_begin = std::max(read.last_read_begin, moment(operation.began));
    } else if (!take_write(operation,
                           operation.function == calls_.cas ? operation.to : operation.value,
                           open)) {
      finding_.flaw = Flaw::repeated;
      return false;
    }
  }
  return true;
}

// Finds what certainly took effect: what was acknowledged or observed, and what that needs in turn.
// All else is left out.
bool RegisterZones::trace() {
  for (std::uint32_t id = 0; id < clusters_.size(); ++id) {
    if (spent()) return false;
    const Cluster& cluster = clusters_[id];
    if (cluster.last_read_begin != 0 && !trace_back(id)) return false;
    if (cluster.acknowledged && cluster.source != none &&
        !(link(cluster.source, id) && trace_back(cluster.source))) {
      return false;
    }
  }
  return true;
}

bool RegisterZones::trace_back(std::uint32_t from) {
  for (std::uint32_t id = from;; id = clusters_[id].source) {
    if (spent()) return false;
    Cluster& cluster = clusters_[id];
    if (cluster.began == unwritten) {
      finding_ = {.flaw = Flaw::nowhere, .value = index_.value(id), .other = index_.value(from)};
      return false;
    }
    if (cluster.effective) return true;
    cluster.effective = true;
    if (cluster.source == none) return true;
    if (!link(cluster.source, id)) return false;
  }
}

bool RegisterZones::link(std::uint32_t source, std::uint32_t target) {
  std::uint32_t& next = clusters_[source].next;
  if (next != none && next != target) {
    finding_ = {
        .flaw = Flaw::consumed_twice, .value = index_.value(next), .other = index_.value(target)};
    return false;
  }
  next = target;
  return true;
}

bool RegisterZones::lay_chains() {
  zones_.clear();
  zones_.reserve(clusters_.size());
  for (std::uint32_t id = 0; id < clusters_.size(); ++id) {
    if (spent()) return false;
    const Cluster& cluster = clusters_[id];
    if (cluster.effective && cluster.source == none && !lay_chain(id)) return false;
  }
  for (std::uint32_t id = 0; id < clusters_.size(); ++id) {
    if (spent()) return false;
    if (clusters_[id].effective && !clusters_[id].visited) {
      finding_ = {.flaw = Flaw::no_start,
                  .value = index_.value(id),
                  .other = index_.value(clusters_[id].source)};
      return false;
    }
  }
  return true;
}

// One pass along the forced order of a chain: nothing may complete before something earlier in it
// was invoked.
bool RegisterZones::lay_chain(std::uint32_t root) {
  Moment end = Operation::never, last = 0;
  const auto place = [&](Moment ended, Moment began) {
    end = std::min(end, ended);
    if (ended < last) finding_ = {.flaw = Flaw::order, .first_end = ended, .first_last = last};
    last = std::max(last, began);
    return finding_.flaw == Flaw::none;
  };
  for (std::uint32_t id = root; id != none; id = clusters_[id].next) {
    if (spent()) return false;
    Cluster& cluster = clusters_[id];
    cluster.visited = true;
    if (!place(cluster.ended, cluster.began)) return false;
    if (cluster.last_read_begin != 0 && !place(cluster.first_read_end, cluster.last_read_begin))
      return false;
  }
  if (last != 0)
    zones_.push_back(
        {.low = std::min(end, last), .high = std::max(end, last), .end = end, .last = last});
  return true;
}

// A must precede B iff A's earliest completion comes before B's latest invocation, and a cycle of
// that has a two-cycle: two forward zones that overlap, or a backward zone inside a forward one.
bool RegisterZones::sweep() {
  if (!sort_zones()) return false;
  const Zone* forward = nullptr;
  for (const Zone& zone : zones_) {
    if (spent()) return false;
    const bool is_forward = zone.end < zone.last;
    if (forward != nullptr && (is_forward ? zone.low : zone.high) < forward->high) {
      finding_ = {.flaw = Flaw::zones,
                  .first_end = forward->end,
                  .first_last = forward->last,
                  .second_end = zone.end,
                  .second_last = zone.last};
      return false;
    }
    if (is_forward) forward = &zone;
  }
  return true;
}

// Zones come in order of their first writes' invocations, so they are nearly sorted: inserting
// moves each past those that overlap it and no more. Where that takes many moves, by digits
// instead.
bool RegisterZones::sort_zones() {
  constexpr std::size_t far = 1 << 16;
  std::size_t moves = 8 * zones_.size();
  for (std::size_t i = 1; i < zones_.size(); ++i) {
    if (spent()) return false;
    const Zone zone = zones_[i];
    const std::size_t most = std::min(moves, far);
    std::size_t to = i;
    for (; to > 0 && zones_[to - 1].low > zone.low && i - to < most; --to)
      zones_[to] = zones_[to - 1];
    zones_[to] = zone;
    moves -= i - to;
    if (i - to == most) return sort_by_digits();
  }
  return true;
}

bool RegisterZones::sort_by_digits() {
  constexpr int bits = 11, passes = 3;
  std::vector<Zone> other(zones_.size());
  for (int pass = 0; pass < passes; ++pass) {
    std::array<std::uint32_t, (1u << bits) + 1> starts{};
    const auto digit = [pass](const Zone& zone) {
      return zone.low >> (pass * bits) & ((1u << bits) - 1);
    };
    for (const Zone& zone : zones_) {
      if (spent()) return false;
      ++starts[digit(zone) + 1];
    }
    std::partial_sum(starts.begin(), starts.end(), starts.begin());
    for (const Zone& zone : zones_) {
      if (spent()) return false;
      other[starts[digit(zone)]++] = zone;
    }
    zones_.swap(other);
  }
  return true;
}

Moment RegisterZones::witness(Value value) const {
  for (std::uint32_t id = index_.find(value); id != none; id = clusters_[id].next) {
    const Cluster& cluster = clusters_[id];
    if (cluster.acknowledged && cluster.began != 0) return cluster.began;
    if (cluster.last_read_begin != 0) return cluster.last_read_begin;
    if (cluster.witness != 0) return cluster.witness;
  }
  return 0;
}

std::size_t RegisterZones::bytes() const {
  return index_.bytes() + clusters_.capacity() * sizeof(Cluster) + zones_.capacity() * sizeof(Zone);
}

}  // namespace tribunal
