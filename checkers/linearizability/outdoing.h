// Which of two configurations of one state leaves more open: what the one may still become, the
// other may too, so that only the other need be kept.
#pragma once

#include <algorithm>
#include <bit>
#include <vector>

#include "checkers/linearizability/layer.h"
#include "checkers/linearizability/open_operations.h"

namespace tribunal {

// The judge of a Layer. It outdoes what took effect no more than it did of the lost and of what can
// count as hidden, looked at least as far, and was overwritten no sooner.
template <std::size_t words>
class Outdoing {
 public:
  using Item = Configuration<words>;
  using Bits = std::array<std::uint64_t, words>;

  explicit Outdoing(SearchScope scope) : thrifty_(scope == SearchScope::thrifty) {}

  // To be told whenever operations begin or end.
  void look_at(const OpenOperations& open);
  const Bits& exact() const { return exact_; }
  bool outdoes(const Item& a, const Item& b) const;

  static bool has(const Item& item, const Slot& slot) {
    return item.done[slot.place / 64] >> (slot.place % 64) & 1;
  }
  static void set(Item& item, const Slot& slot) {
    item.done[slot.place / 64] |= std::uint64_t{1} << (slot.place % 64);
  }
  // How many of a counted kind have taken effect.
  static std::uint64_t field(const Item& item, const Slot& slot) {
    const std::uint64_t ones = (std::uint64_t{1} << slot.width) - 1;
    return item.done[slot.place / 64] >> (slot.place % 64) & ones;
  }

 private:
  // Whether a spent no more of what was lost: of each kind; or in all, where ways are few.
  bool spent_less(const Item& a, const Item& b) const;
  std::uint64_t spent(const Item& item) const;

  bool thrifty_;
  Bits exact_{}, looks_{}, hidable_{}, spendable_{};
  std::vector<const Slot*> hiding_, counted_;
};

template <std::size_t words>
void Outdoing<words>::look_at(const OpenOperations& open) {
  exact_ = looks_ = hidable_ = spendable_ = {};
  hiding_.clear();
  counted_.clear();
  for (const std::uint32_t number : open.open()) {
    const Slot& slot = open.slot(number);
    Bits& bits = slot.only_looks ? looks_
                 : slot.optional ? spendable_
                 : slot.hidable  ? hidable_
                                 : exact_;
    if (slot.lost && slot.width > 1) {
      counted_.push_back(&slot);
      continue;
    }
    bits[slot.place / 64] |= std::uint64_t{1} << (slot.place % 64);
    if (!slot.optional && slot.hidable) hiding_.push_back(&slot);
  }
}

template <std::size_t words>
std::uint64_t Outdoing<words>::spent(const Item& item) const {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < words; ++i)
    sum += static_cast<std::uint64_t>(std::popcount(item.done[i] & spendable_[i]));
  for (const Slot* slot : counted_) sum += field(item, *slot);
  return sum;
}

template <std::size_t words>
bool Outdoing<words>::spent_less(const Item& a, const Item& b) const {
  if (thrifty_) return spent(a) <= spent(b);
  for (std::size_t i = 0; i < words; ++i) {
    if ((a.done[i] & ~b.done[i] & spendable_[i]) != 0) return false;
  }
  return std::all_of(counted_.begin(), counted_.end(),
                     [&](const Slot* slot) { return field(a, *slot) <= field(b, *slot); });
}

template <std::size_t words>
bool Outdoing<words>::outdoes(const Item& a, const Item& b) const {
  if (a.since < b.since) return false;
  bool hides = false;
  for (std::size_t i = 0; i < words; ++i) {
    const std::uint64_t more = a.done[i] & ~b.done[i], less = b.done[i] & ~a.done[i];
    if ((less & looks_[i]) != 0 || (more & hidable_[i]) != 0) return false;
    hides = hides || (less & hidable_[i]) != 0;
  }
  if (!spent_less(a, b)) return false;
  if (!hides) return true;
  for (const Slot* slot : hiding_) {
    if (has(b, *slot) && !has(a, *slot) && slot->began >= a.since) return false;
  }
  return true;
}

}  // namespace tribunal
