#include "checkers/linearizability/open_operations.h"

#include <map>

namespace tribunal {

OpenOperations::OpenOperations(StateSpace& space, std::span<const Entry> entries, Watch& watch)
    : space_(space), entries_(entries), slot_of_(entries.size(), 0), kind_of_(entries.size(), 0) {
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> kinds;
  for (std::size_t i = 0; i < entries.size() && !watch.spent(); ++i) {
    any_overwrites_ = any_overwrites_ || space.move(entries[i].move).overwrites;
    if (entries[i].ended != Operation::never) continue;
    const auto kind = kinds.try_emplace({entries[i].move, entries[i].retires},
                                        static_cast<std::uint32_t>(kinds.size()));
    kind_of_[i] = kind.first->second;
    kind_sizes_.resize(kinds.size(), 0);
    ++kind_sizes_[kind_of_[i]];
  }
  kind_slots_.assign(kinds.size(), 0);
}

std::uint32_t OpenOperations::fresh() {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(slots_.size()));
    slots_.emplace_back();
  }
  const std::uint32_t number = free_.back();
  free_.pop_back();
  open_.push_back(number);
  return number;
}

const Slot& OpenOperations::begin(std::uint32_t entry) {
  const Entry& one = entries_[entry];
  const bool lost = one.ended == Operation::never;
  if (lost && kind_slots_[kind_of_[entry]] != 0) {
    slot_of_[entry] = kind_slots_[kind_of_[entry]] - 1;
    slots_[slot_of_[entry]].begins.push_back(one.began);
    return slots_[slot_of_[entry]];
  }
  const std::uint32_t number = slot_of_[entry] = fresh();
  const Move& move = space_.move(one.move);
  Slot& slot = slots_[number];
  slot.width = lost ? static_cast<std::uint32_t>(std::bit_width(kind_sizes_[kind_of_[entry]])) : 1;
  slot.place = room_.take(slot.width);
  slot.move = one.move;
  slot.entry = entry;
  slot.began = one.began;
  slot.ended = one.ended;
  slot.retires = one.retires;
  slot.lost = lost;
  slot.optional = lost || one.optional;
  slot.only_looks = move.only_looks;
  slot.overwrites = move.overwrites;
  slot.blind = move.blind;
  slot.hidable = move.overwrites || (move.blind && any_overwrites_);
  slot.begins.clear();
  slot.twin_first = Slot::none;
  if (lost) {
    kind_slots_[kind_of_[entry]] = number + 1;
    slot.begins.push_back(one.began);
  }
  order_twins(number);
  return slot;
}

void OpenOperations::order_twins(std::uint32_t number) {
  Slot& one = slots_[number];
  if (one.only_looks) return;
  for (const std::uint32_t other : open_) {
    Slot& twin = slots_[other];
    if (other == number || twin.move != one.move) continue;
    const std::uint32_t before = twin.ended < one.ended ? other : number;
    Slot& later = before == other ? one : twin;
    if (slots_[before].optional || later.retires < slots_[before].ended) continue;
    if (later.twin_first == Slot::none || slots_[later.twin_first].ended < slots_[before].ended)
      later.twin_first = before;
  }
}

bool OpenOperations::is_open(std::uint32_t entry) const {
  return entries_[entry].ended != Operation::never || kind_slots_[kind_of_[entry]] != 0;
}

void OpenOperations::end(std::uint32_t entry) {
  const std::uint32_t number = slot_of_[entry];
  const Slot& slot = slots_[number];
  open_.erase(std::find(open_.begin(), open_.end(), number));
  if (slot.lost) kind_slots_[kind_of_[entry]] = 0;
  room_.give_back(slot.place, slot.width);
  for (const std::uint32_t other : open_) {
    if (slots_[other].twin_first == number) slots_[other].twin_first = slot.twin_first;
  }
  free_.push_back(number);
}

std::size_t widest(StateSpace& space, std::span<const Entry> entries, std::size_t most,
                   Watch& watch) {
  OpenOperations open(space, entries, watch);
  SearchEvents events(entries);
  while (!watch.spent()) {
    const auto event = events.next();
    if (!event) break;
    if (event->kind == SearchEvent::Kind::begin) {
      open.begin(event->entry);
    } else if (open.is_open(event->entry)) {
      open.end(event->entry);
    }
    if (open.words() * 64 > most) break;
  }
  return open.words() * 64;
}

}  // namespace tribunal
