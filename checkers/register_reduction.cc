#include "checkers/register_reduction.h"

#include <fmt/core.h>

#include <algorithm>
#include <functional>
#include <numeric>
#include <vector>

#include "checkers/exhibits.h"
#include "checkers/flat_index.h"
#include "checkers/models/register.h"
#include "checkers/register_search.h"

namespace tribunal {
namespace {

constexpr std::uint64_t most_steps = 4'000'000;
constexpr std::size_t most_exhibits = 12;

using Entries = std::vector<Entry>;
constexpr std::size_t most_words = 2;
using RegisterSearch = Search<RegisterModel, most_words>;

class Reduction {
 public:
  Reduction(const History& history, Value initial, Entries entries, std::uint32_t impossible_at,
            Watch& watch)
      : history_(history),
        model_{initial},
        entries_(std::move(entries)),
        impossible_at_(impossible_at),
        watch_(watch) {}

  void reduce() {
    cut_window();
    for (std::size_t before = 0; before != entries_.size() && !exhausted();) {
      before = entries_.size();
      drop_values();
      drop_reads();
    }
  }

  Evidence tell();

 private:
  const Operation& at(const Entry& entry) const { return history_.operations[entry.place]; }
  bool exhausted() { return steps_ >= most_steps || watch_.look(); }
  bool impossible(const Entries& entries);
  bool keep_if_impossible(const std::function<bool(const Entry&)>& drops);

  void cut_window();
  bool cut_before(std::uint32_t event);
  std::vector<RegisterSearch::Possible> possible(const Entries& entries, std::uint32_t event);
  void add_context(Value value, std::uint32_t event, Entries& context) const;
  bool reaches_all(std::vector<RegisterSearch::Possible> from,
                   const std::vector<RegisterSearch::Possible>& goals, const Entries& open) const;

  void drop_values();
  void drop_reads();
  void drop_unobserved();
  Entries widened();
  void add_arrows(EvidenceMaker& maker);
  std::string sentence(const Operation& stuck, std::size_t all) const;

  const History& history_;
  RegisterModel model_;
  Entries entries_;
  std::uint32_t impossible_at_;
  Watch& watch_;
  std::uint64_t steps_ = 0;
};

bool Reduction::impossible(const Entries& entries) {
  if (exhausted()) return false;
  const SearchResult result =
      search(history_, model_, std::span(entries), watch_, most_steps - steps_);
  steps_ += result.steps + entries.size() / 16 + 1;
  return result.answer == SearchResult::Answer::impossible;
}

bool Reduction::keep_if_impossible(const std::function<bool(const Entry&)>& drops) {
  Entries left;
  std::remove_copy_if(entries_.begin(), entries_.end(), std::back_inserter(left), drops);
  if (left.size() == entries_.size() || !impossible(left)) return false;
  entries_ = std::move(left);
  return true;
}

// Leaves out what was over before a moment, but for writes that lead to every configuration that
// was possible then.
void Reduction::cut_window() {
  std::vector<std::uint32_t> ends;
  for (const Entry& entry : entries_) {
    if (entry.ended != Operation::never) ends.push_back(entry.ended);
  }
  std::sort(ends.begin(), ends.end());
  for (std::size_t back = 2; back < ends.size() && !exhausted(); back += back / 2) {
    if (cut_before(ends[ends.size() - back])) return;
  }
}

bool Reduction::cut_before(std::uint32_t event) {
  Entries kept, open;
  std::copy_if(entries_.begin(), entries_.end(), std::back_inserter(kept),
               [&](const Entry& entry) { return entry.ended > event && entry.retires > event; });
  std::copy_if(kept.begin(), kept.end(), std::back_inserter(open),
               [&](const Entry& e) { return e.began <= event; });
  if (open.size() > 64) return false;
  const auto goals = possible(entries_, event);
  Entries context;
  for (const auto& goal : goals) add_context(goal.state, event, context);
  for (const Entry& entry : kept) {
    // Sound without these, but a reader must not think that the value came from nowhere.
    if (at(entry).function != Function::write) add_context(at(entry).value, event, context);
  }
  kept.insert(kept.end(), context.begin(), context.end());
  std::sort(kept.begin(), kept.end(),
            [](const Entry& a, const Entry& b) { return a.began < b.began; });
  const auto same = [](const Entry& a, const Entry& b) { return a.place == b.place; };
  kept.erase(std::unique(kept.begin(), kept.end(), same), kept.end());
  if (goals.empty() || kept.size() == entries_.size() ||
      !reaches_all(possible(kept, event), goals, open))
    return false;
  if (!impossible(kept)) return false;
  entries_ = std::move(kept);
  return true;
}

std::vector<RegisterSearch::Possible> Reduction::possible(const Entries& entries,
                                                          std::uint32_t event) {
  Entries prefix;
  for (Entry entry : entries) {
    if (entry.began > event) continue;
    if (entry.ended > event) entry.ended = Operation::never;
    if (entry.retires > event) entry.retires = Operation::never;
    prefix.push_back(entry);
  }
  if (exhausted() || widest(prefix) > 64 * most_words) return {};
  RegisterSearch search(history_, model_, watch_, most_steps - steps_);
  const SearchResult result = search.run(prefix);
  steps_ += result.steps + entries.size() / 16 + 1;
  if (result.answer != SearchResult::Answer::linearizable) return {};
  return search.possible();
}

// The latest write of `value` that was over by `event`, or a compare-and-set with what it needs in
// turn.
void Reduction::add_context(Value value, std::uint32_t event, Entries& context) const {
  for (int depth = 0; depth < 4; ++depth) {
    const Entry* latest = nullptr;
    for (const Entry& entry : entries_) {
      const Operation& operation = at(entry);
      const bool writes = operation.function == Function::write && operation.value == value;
      const bool swaps = operation.function == Function::cas && operation.to == value;
      if (entry.ended > event || !(writes || swaps)) continue;
      if (latest == nullptr || (writes && at(*latest).function == Function::cas) ||
          entry.ended > latest->ended) {
        latest = &entry;
      }
    }
    if (latest == nullptr) return;
    context.push_back(*latest);
    if (at(*latest).function == Function::write) return;
    value = at(*latest).value;
  }
}

// Whether from the configurations `from` one as good as each of `goals` can be reached by letting
// open operations take effect. One is as good where only unknown operations have not taken effect
// yet: they need not ever.
bool Reduction::reaches_all(std::vector<RegisterSearch::Possible> from,
                            const std::vector<RegisterSearch::Possible>& goals,
                            const Entries& open) const {
  constexpr std::size_t most = 500;
  for (std::size_t i = 0; i < from.size() && from.size() < most; ++i) {
    for (const Entry& entry : open) {
      RegisterSearch::Possible next = from[i];
      const auto spot = std::lower_bound(next.done.begin(), next.done.end(), entry.place);
      if (spot != next.done.end() && *spot == entry.place) continue;
      if (!RegisterModel::step(next.state, at(entry))) continue;
      next.done.insert(spot, entry.place);
      if (std::find(from.begin(), from.end(), next) == from.end()) from.push_back(std::move(next));
    }
  }
  std::vector<std::uint32_t> optional;
  for (const Entry& entry : open) {
    if (entry.ended == Operation::never) optional.push_back(entry.place);
  }
  const auto as_good = [&](const RegisterSearch::Possible& one,
                           const RegisterSearch::Possible& goal) {
    if (one.state != goal.state ||
        !std::includes(goal.done.begin(), goal.done.end(), one.done.begin(), one.done.end())) {
      return false;
    }
    return std::all_of(goal.done.begin(), goal.done.end(), [&](std::uint32_t place) {
      return std::binary_search(one.done.begin(), one.done.end(), place) ||
             std::find(optional.begin(), optional.end(), place) != optional.end();
    });
  };
  return std::all_of(goals.begin(), goals.end(), [&](const RegisterSearch::Possible& goal) {
    return std::any_of(from.begin(), from.end(),
                       [&](const auto& one) { return as_good(one, goal); });
  });
}

// A value and all that compare-and-sets link it to can be left out together: what stays never met
// it.
void Reduction::drop_values() {
  FlatIndex values;
  values.reset(64);
  std::vector<std::uint32_t> leaders;
  const auto leader = [&](Value value) {
    std::uint32_t id = values.number(value);
    if (id == leaders.size()) leaders.push_back(id);
    while (leaders[id] != id) id = leaders[id] = leaders[leaders[id]];
    return id;
  };
  for (const Entry& entry : entries_) {
    const std::uint32_t first = leader(at(entry).value);
    if (at(entry).function == Function::cas) leaders[leader(at(entry).to)] = first;
  }
  std::vector<std::uint32_t> groups(leaders.size());
  std::iota(groups.begin(), groups.end(), 0u);
  for (const std::uint32_t group : groups) {
    if (leaders[group] != group) continue;
    keep_if_impossible([&](const Entry& entry) { return leader(at(entry).value) == group; });
  }
}

// Reads can be left out one by one; in halves first, since most do not matter.
void Reduction::drop_reads() {
  Entries reads;
  std::copy_if(entries_.begin(), entries_.end(), std::back_inserter(reads),
               [&](const Entry& entry) { return at(entry).function == Function::read; });
  for (std::size_t chunk = std::max<std::size_t>(1, reads.size() / 2); !reads.empty();
       chunk = chunk / 2) {
    for (std::size_t first = 0; first < reads.size() && !exhausted(); first += chunk) {
      const auto begin = reads.begin() + static_cast<std::ptrdiff_t>(first);
      const auto end =
          reads.begin() + static_cast<std::ptrdiff_t>(std::min(reads.size(), first + chunk));
      keep_if_impossible([&](const Entry& entry) {
        return std::any_of(begin, end,
                           [&](const Entry& read) { return read.place == entry.place; });
      });
    }
    if (chunk <= 1) break;
  }
  drop_unobserved();
}

// Unknown operations whose value nobody observes any more never mattered.
void Reduction::drop_unobserved() {
  for (bool changed = true; changed;) {
    const std::size_t before = entries_.size();
    std::erase_if(entries_, [&](const Entry& entry) {
      if (entry.ended != Operation::never) return false;
      const Operation& written = at(entry);
      const Value value = written.function == Function::cas ? written.to : written.value;
      return std::none_of(entries_.begin(), entries_.end(), [&](const Entry& other) {
        return other.place != entry.place && at(other).function != Function::write &&
               at(other).value == value;
      });
    });
    changed = entries_.size() != before;
  }
}

// The same entries, each begun as early and ended as late as leaves them impossible.
Entries Reduction::widened() {
  Entries wide = entries_;
  for (Entry& entry : wide) {
    const Entry original = entry;
    if (entry.ended != Operation::never) entry.ended = Operation::never - 1;
    if (!impossible(wide)) entry.ended = original.ended;
    entry.began = 0;
    if (!impossible(wide)) entry.began = original.began;
  }
  return wide;
}

void Reduction::add_arrows(EvidenceMaker& maker) {
  const Entries wide = widened();
  for (const Entry& a : wide) {
    for (const Entry& b : wide) {
      const bool direct =
          a.ended < b.began && std::none_of(wide.begin(), wide.end(), [&](const Entry& middle) {
            return a.ended < middle.began && middle.ended < b.began;
          });
      if (direct) maker.real_time(a.place, b.place);
    }
  }
}

std::string Reduction::sentence(const Operation& stuck, std::size_t all) const {
  const std::string value = history_.values.show(stuck.value);
  const std::string start = fmt::format("'{}' by {} ", history_.show(stuck), who(history_, stuck));
  if (all == 1) return start + fmt::format("found {}, which nobody had begun to write.", value);
  return start +
         fmt::format(
             "fits nowhere: no order of the {} other operations{} that real time allows leaves "
             "{}{} "
             "where it could find it.",
             grouped(all - 1),
             all > most_exhibits ? fmt::format(" (the last {} are shown)", most_exhibits) : "",
             value, stuck.key.is_nil() ? "" : " in the register" + of_key(history_, stuck.key));
}

Evidence Reduction::tell() {
  const auto stuck = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) {
    return entry.ended == impossible_at_;
  });
  std::vector<std::uint32_t> places;
  for (const Entry& entry : entries_) places.push_back(entry.place);
  const std::size_t all = places.size();
  if (all > most_exhibits) places.erase(places.begin(), places.end() - most_exhibits);
  EvidenceMaker maker(history_, places);
  if (all <= most_exhibits) add_arrows(maker);
  const Operation& operation = at(*stuck);
  const Value key = operation.key;
  maker.evidence.anomaly = all == 1 ? "value from nowhere" : "no order";
  maker.evidence.key = key.is_nil() ? "" : history_.values.show(key);
  maker.evidence.impossible_at = impossible_at_;
  maker.evidence.sentence = sentence(operation, all);
  return std::move(maker.evidence);
}

}  // namespace

Evidence register_reduction(const History& history, Value initial,
                            std::span<const std::uint32_t> operations, std::uint32_t impossible_at,
                            Watch& watch) {
  Reduction reduction(history, initial, register_entries(history, operations, impossible_at),
                      impossible_at, watch);
  reduction.reduce();
  return reduction.tell();
}

}  // namespace tribunal
