#include "checkers/staleness/measurement.h"

#include <algorithm>

#include "checkers/staleness/prefix_counts.h"

namespace tribunal {
namespace {

using Counts = std::array<std::uint32_t, curve_buckets>;  // of writes at least so much older

// Summed over reads; what lies between two delays is the difference of two sums.
class Sums {
 public:
  void add(const Counts& before, const Counts& missed, bool stale) {
    for (std::size_t i = 0; i < curve_buckets; ++i) before_[i] += before[i];
    if (!stale) return;
    for (std::size_t i = 0; i < curve_buckets; ++i) missed_[i] += missed[i];
  }

  Curve curve() const {
    Curve curve;
    for (std::size_t i = 0; i < curve_buckets; ++i) {
      const bool last = i + 1 == curve_buckets;
      curve.pairs[i] = before_[i] - (last ? 0 : before_[i + 1]);
      curve.fresh[i] = curve.pairs[i] - (missed_[i] - (last ? 0 : missed_[i + 1]));
    }
    return curve;
  }

 private:
  std::array<std::uint64_t, curve_buckets> before_{}, missed_{};
};

// Counts the pairs within one group of writes and reads: those of a key, or of them those of one
// session or node.
class Counter {
 public:
  // The writes in order of acknowledgement; they must outlive the counting.
  void start(std::span<const AckedWrite> writes) {
    writes_ = writes;
    newest_.clear();
    std::uint32_t newest = 0;
    for (const AckedWrite& write : writes)
      newest_.push_back(newest = std::max(newest, write.order));
    before_.fill(0);
    built_ = false;
  }

  // Takes the next read; reads come in order of invocation.
  void count(const VersionRead& read) {
    advance(read);
    first_missed_ = static_cast<std::uint32_t>(
        std::upper_bound(newest_.begin(), newest_.begin() + before_[0], read.beyond) -
        newest_.begin());
    stale_ = first_missed_ != before_[0];
    if (!stale_) return;
    build();
    for (std::size_t i = 0; i < curve_buckets; ++i)
      missed_[i] = before_[i] <= first_missed_ ? 0 : counts_.above(before_[i], read.beyond);
  }
  void add_to(Sums& sums) const { sums.add(before_, missed_, stale_); }

  // Of the read last counted: how many writes were acknowledged before it, how many of them it
  // missed, and the first acknowledged of these.
  std::uint32_t writes_before() const { return before_[0]; }
  std::uint32_t missed() const { return stale_ ? missed_[0] : 0; }
  const AckedWrite& first_missed() const { return writes_[first_missed_]; }

 private:
  void advance(const VersionRead& read) {
    while (before_[0] < writes_.size() && writes_[before_[0]].ended < read.began) ++before_[0];
    for (std::size_t i = 1; i < curve_buckets; ++i) {
      const std::int64_t latest = read.asked_at - curve_from[i];
      while (before_[i] < before_[0] && writes_[before_[i]].acked_at <= latest) ++before_[i];
    }
  }

  void build() {
    if (built_) return;
    orders_.clear();
    for (const AckedWrite& write : writes_) orders_.push_back(write.order);
    counts_.build(orders_);
    built_ = true;
  }

  std::span<const AckedWrite> writes_;
  std::vector<std::uint32_t> newest_, orders_;  // newest: the largest order so far
  Counts before_{}, missed_{};                  // missed: of a stale read
  PrefixCounts counts_;
  bool built_ = false;
  std::uint32_t first_missed_ = 0;
  bool stale_ = false;
};

// Takes a key's writes and reads apart by session or by node, in time linear in both.
class Splitter {
 public:
  explicit Splitter(std::size_t parts) : starts_(parts, 0) {}

  template <class Item, class PartOf, class Use>
  void split(std::span<const Item> items, std::vector<Item>& sorted, const PartOf& part_of,
             const Use& use) {
    parts_.clear();
    for (const Item& item : items) {
      if (starts_[part_of(item)]++ == 0) parts_.push_back(part_of(item));
    }
    std::uint32_t start = 0;
    for (const std::uint32_t part : parts_) {
      const std::uint32_t size = starts_[part];
      starts_[part] = start;
      start += size;
    }
    sorted.resize(items.size());
    for (const Item& item : items) sorted[starts_[part_of(item)]++] = item;
    std::uint32_t from = 0;
    for (const std::uint32_t part : parts_) {
      use(part, from, starts_[part]);
      from = starts_[part];
    }
    for (const std::uint32_t part : parts_) starts_[part] = 0;
  }

 private:
  std::vector<std::uint32_t> starts_, parts_;
};

class Measurer {
 public:
  Measurer(const Sightings& sightings, std::int64_t within, Watch& watch, Measurement& out)
      : sightings_(sightings),
        within_(within),
        watch_(watch),
        out_(out),
        ranges_(std::max<std::size_t>(sightings.sessions, UINT16_MAX + 1)),
        splitter_(ranges_.size()) {}

  bool measure();

 private:
  bool measure_key(std::uint32_t key);
  void note(const VersionRead& read);
  // `nobody`: a part that stands for not knowing.
  template <class PartOf>
  bool measure_parts(std::uint32_t key, std::uint32_t nobody, const PartOf& part_of, Sums& sums);

  struct Range {
    std::uint32_t from = 0, to = 0;
  };

  const Sightings& sightings_;
  std::int64_t within_;
  Watch& watch_;
  Measurement& out_;
  Counter counter_;
  std::vector<Range> ranges_;  // by session or node: its writes
  Splitter splitter_;
  std::vector<AckedWrite> writes_;
  std::vector<VersionRead> reads_;
  std::vector<std::uint32_t> writing_;
  Sums all_, same_session_, same_node_, calm_;
  std::vector<Sums> during_;
};

bool Measurer::measure() {
  during_.resize(sightings_.kinds.size());
  out_.reads_during.resize(sightings_.kinds.size());
  const auto session = [](const auto& one) -> std::uint32_t { return one.session; };
  const auto node = [](const auto& one) -> std::uint32_t { return one.node; };
  for (std::uint32_t key = 0; key < sightings_.keys(); ++key) {
    if (!measure_key(key)) return false;
    if (!measure_parts(key, Versions::none, session, same_session_)) return false;
    if (!measure_parts(key, 0, node, same_node_)) return false;
  }
  out_.all = all_.curve();
  out_.same_session = same_session_.curve();
  out_.same_node = same_node_.curve();
  out_.calm = calm_.curve();
  for (const Sums& sums : during_) out_.during.push_back(sums.curve());
  std::sort(out_.stale.begin(), out_.stale.end(), [](const StaleRead& a, const StaleRead& b) {
    return a.behind != b.behind ? a.behind > b.behind : a.operation < b.operation;
  });
  return true;
}

bool Measurer::measure_key(std::uint32_t key) {
  counter_.start(sightings_.writes_of(key));
  for (const VersionRead& read : sightings_.reads_of(key)) {
    if (watch_.spent()) return false;
    counter_.count(read);
    note(read);
  }
  return true;
}

void Measurer::note(const VersionRead& read) {
  if (counter_.writes_before() == 0) return;
  ++out_.reads;
  counter_.add_to(all_);
  if (read.faults == 0) {
    ++out_.calm_reads;
    counter_.add_to(calm_);
  }
  for (std::size_t kind = 0; kind < during_.size(); ++kind) {
    if ((read.faults >> kind & 1) == 0) continue;
    ++out_.reads_during[kind];
    counter_.add_to(during_[kind]);
  }
  const AckedWrite& oldest = sightings_.writes_of(sightings_.versions.key_of[read.version]).front();
  const bool due = read.asked_at - oldest.acked_at >= within_;
  const bool missed = counter_.missed() != 0;
  const std::int64_t behind = missed ? read.asked_at - counter_.first_missed().acked_at : 0;
  const bool late = missed && behind >= within_;
  const bool calm = due && sightings_.calm(read.asked_at - within_, read.asked_at);
  out_.due.reads += due;
  out_.due.late += late;
  out_.calm_due.reads += calm;
  out_.calm_due.late += calm && late;
  if (!missed) return;
  out_.stale.push_back({behind, counter_.missed(), read.operation,
                        counter_.first_missed().operation, read.version, read.faults});
}

template <class PartOf>
bool Measurer::measure_parts(std::uint32_t key, std::uint32_t nobody, const PartOf& part_of,
                             Sums& sums) {
  writing_.clear();
  splitter_.split(sightings_.writes_of(key), writes_, part_of,
                  [&](std::uint32_t part, std::uint32_t from, std::uint32_t to) {
                    if (part == nobody) return;
                    ranges_[part] = {from, to};
                    writing_.push_back(part);
                  });
  bool spent = false;
  splitter_.split(sightings_.reads_of(key), reads_, part_of,
                  [&](std::uint32_t part, std::uint32_t from, std::uint32_t to) {
                    if (part == nobody) return;
                    const Range range = ranges_[part];
                    if (range.from == range.to) return;
                    counter_.start(std::span(writes_).subspan(range.from, range.to - range.from));
                    for (std::uint32_t i = from; i < to && !spent; ++i) {
                      spent = watch_.spent();
                      counter_.count(reads_[i]);
                      counter_.add_to(sums);
                    }
                  });
  for (const std::uint32_t part : writing_) ranges_[part] = {};
  return !spent;
}

}  // namespace

bool measure(const Sightings& sightings, std::int64_t within, Watch& watch,
             Measurement& measurement) {
  return Measurer(sightings, within, watch, measurement).measure();
}

}  // namespace tribunal
