#include "checkers/classic/queue_accounts.h"

#include <algorithm>
#include <tuple>

#include "checkers/flat_index.h"

namespace tribunal {
namespace {

// One copy of an element on its way in or out. Events are those that bound when it can have been:
// of what went in the beginning, of what was acknowledged and of what came out the end.
struct Copy {
  enum Way : std::uint8_t { put_in, acknowledged, failed, taken_out };
  std::uint32_t element = 0, event = 0, place = 0;
  Way way = put_in;

  friend bool operator<(const Copy& a, const Copy& b) {
    return std::tie(a.element, a.way, a.event) < std::tie(b.element, b.way, b.event);
  }
};

class Accounting {
 public:
  Accounting(const History& history, std::span<const std::uint32_t> operations, Watch& watch)
      : history_(history), operations_(operations), watch_(watch) {
    elements_.reset(operations.size());
  }

  QueueAccounts account();

 private:
  using Copies = std::span<const Copy>;

  const Operation& at(std::uint32_t place) const { return history_.operations[place]; }
  void take(std::uint32_t place);
  void put(std::uint32_t place);
  void take_out(Value element, std::uint32_t place);
  void settle(Copies put, Copies acknowledged, Copies failed, Copies taken);
  void settle_all();
  void find_loss();

  const History& history_;
  std::span<const std::uint32_t> operations_;
  Watch& watch_;
  FlatIndex elements_;
  std::vector<Copy> copies_;
  std::vector<std::uint32_t> looks_;                   // places, in order of invocation
  std::vector<std::uint32_t> unknown_since_;           // events: dequeues of unknown outcome began
  std::uint32_t drain_lost_since_ = Operation::never;  // event: a drain of unknown outcome began
  QueueAccounts accounts_;
};

void Accounting::put(std::uint32_t place) {
  const Operation& enqueue = at(place);
  const std::uint32_t element = elements_.number(enqueue.value);
  if (enqueue.outcome == Outcome::failed) {
    copies_.push_back({element, enqueue.began, place, Copy::failed});
    return;
  }
  ++accounts_.attempts;
  copies_.push_back({element, enqueue.began, place, Copy::put_in});
  if (!enqueue.ok()) return;
  ++accounts_.acknowledged;
  copies_.push_back({element, enqueue.ended, place, Copy::acknowledged});
}

void Accounting::take_out(Value element, std::uint32_t place) {
  ++accounts_.dequeued;
  copies_.push_back({elements_.number(element), at(place).ended, place, Copy::taken_out});
}

void Accounting::take(std::uint32_t place) {
  const Operation& operation = at(place);
  if (operation.function == Function::enqueue) return put(place);
  const bool drains = is_drain(history_, operation);
  if (operation.outcome == Outcome::unknown) {
    ++accounts_.unknown_dequeues;
    unknown_since_.push_back(operation.began);
    if (drains) drain_lost_since_ = std::min(drain_lost_since_, operation.began);
    return;
  }
  if (!operation.ok()) return;
  if (drains && !operation.value.is_nil()) {
    for (const Value element : history_.values.elements(operation.value)) take_out(element, place);
  } else if (!operation.value.is_nil()) {
    return take_out(operation.value, place);
  }
  ++accounts_.looks;
  looks_.push_back(place);
}

// The n-th copy to come out needs n that were put in before it did.
void Accounting::settle(Copies put, Copies acknowledged, Copies failed, Copies taken) {
  if (acknowledged.empty() && !put.empty())
    accounts_.recovered += std::min(put.size(), taken.size());
  for (std::size_t n = 0; n < taken.size(); ++n) {
    if (n < put.size() && put[n].event < taken[n].event) continue;
    WrongDequeue wrong;
    wrong.dequeue = taken[n].place;
    wrong.repeated = n > 0 && !put.empty() && put[0].event < taken[0].event;
    if (wrong.repeated) wrong.earlier = taken[0].place;
    if (!put.empty()) {
      wrong.enqueue = put[std::min(n, put.size() - 1)].place;
    } else if (!failed.empty()) {
      wrong.enqueue = failed[0].place;
    }
    accounts_.wrong.push_back(wrong);
  }
  for (std::size_t n = taken.size(); n < acknowledged.size(); ++n)
    accounts_.never_out.push_back(acknowledged[n].place);
}

void Accounting::settle_all() {
  std::sort(copies_.begin(), copies_.end());
  const Copies all(copies_);
  for (std::size_t first = 0; first < all.size();) {
    Copies parts[4];
    const std::uint32_t element = all[first].element;
    for (int way = Copy::put_in; way <= Copy::taken_out; ++way) {
      std::size_t last = first;
      while (last < all.size() && all[last].element == element && all[last].way == way) ++last;
      parts[way] = all.subspan(first, last - first);
      first = last;
    }
    settle(parts[Copy::put_in], parts[Copy::acknowledged], parts[Copy::failed],
           parts[Copy::taken_out]);
  }
}

// Of all looks the one that leaves most without excuse.
void Accounting::find_loss() {
  auto& missing = accounts_.never_out;
  std::sort(missing.begin(), missing.end(),
            [this](std::uint32_t a, std::uint32_t b) { return at(a).ended < at(b).ended; });
  accounts_.missing = accounts_.unsought = missing.size();
  std::size_t before = 0;
  for (const std::uint32_t look : looks_) {
    while (before < missing.size() && at(missing[before]).ended < at(look).began) ++before;
    accounts_.unsought = missing.size() - before;
    if (drain_lost_since_ < at(look).ended) continue;
    const auto excused = static_cast<std::size_t>(
        std::lower_bound(unknown_since_.begin(), unknown_since_.end(), at(look).ended) -
        unknown_since_.begin());
    if (before > excused && before - excused > accounts_.loss.elements)
      accounts_.loss = {before - excused, before, look};
  }
}

QueueAccounts Accounting::account() {
  for (const std::uint32_t place : operations_) {
    if (watch_.spent()) return {};
    take(place);
  }
  settle_all();
  find_loss();
  accounts_.complete = !watch_.look();
  return std::move(accounts_);
}

}  // namespace

bool is_drain(const History& history, const Operation& operation) {
  return operation.function >= Function::first_unnamed &&
         history.function_name(operation.function) == "drain";
}

QueueAccounts accounts_of(const History& history, std::span<const std::uint32_t> operations,
                          Watch& watch) {
  return Accounting(history, operations, watch).account();
}

}  // namespace tribunal
