// The operations that are open at one moment of a search, and where in a configuration each keeps
// its bit; lost ones of one kind share a few bits, which count.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <span>
#include <vector>

#include "checkers/linearizability/layer.h"
#include "checkers/linearizability/search.h"
#include "checkers/linearizability/search_events.h"

namespace tribunal {

// Room for bits, in words of 64; a field never spans two.
class BitRoom {
 public:
  // Where `width` free bits begin, in as many words as it takes.
  std::uint32_t take(std::uint32_t width) {
    const std::uint64_t ones = width == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << width) - 1;
    for (std::size_t word = 0;; ++word) {
      if (word == used_.size()) used_.push_back(0);
      for (std::uint32_t bit = 0; bit + width <= 64; ++bit) {
        if ((used_[word] & ones << bit) != 0) continue;
        used_[word] |= ones << bit;
        return static_cast<std::uint32_t>(word * 64 + bit);
      }
    }
  }
  void give_back(std::uint32_t place, std::uint32_t width) {
    for (std::uint32_t bit = place; bit < place + width; ++bit)
      used_[bit / 64] &= ~(std::uint64_t{1} << (bit % 64));
  }
  std::size_t words() const { return used_.size(); }

 private:
  std::vector<std::uint64_t> used_;
};

// An open operation, or all the open lost ones of one kind.
struct Slot {
  std::uint32_t place = 0, width = 1;  // bits
  std::uint32_t move = 0;
  std::uint32_t entry = 0;  // the first one
  std::uint32_t began = 0, ended = Operation::never, retires = Operation::never;
  bool lost = false, only_looks = false, overwrites = false, blind = false;
  bool optional = false;  // lost, or as Entry has it
  bool hidable = false;   // an operation that overwrites can hide that it came just before
  std::vector<std::uint32_t> begins;  // lost: when each began
  std::uint32_t twin_first = none;    // slot of the last one of its move that ends sooner

  static constexpr std::uint32_t none = UINT32_MAX;
};

class OpenOperations {
 public:
  // What it is good for once the watch is spent: nothing.
  OpenOperations(StateSpace& space, std::span<const Entry> entries, Watch& watch);

  // The slot that the entry now has a part in.
  const Slot& begin(std::uint32_t entry);
  const Slot& of(std::uint32_t entry) const { return slots_[slot_of_[entry]]; }
  // pre: it has begun. Lost ones of a kind retire together.
  bool is_open(std::uint32_t entry) const;
  // Takes the entry's slot away.
  void end(std::uint32_t entry);

  const std::vector<std::uint32_t>& open() const { return open_; }  // slots
  const Slot& slot(std::uint32_t number) const { return slots_[number]; }
  std::size_t words() const { return room_.words(); }

 private:
  std::uint32_t fresh();
  void order_twins(std::uint32_t number);

  StateSpace& space_;
  std::span<const Entry> entries_;
  bool any_overwrites_ = false;
  BitRoom room_;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> open_, free_, slot_of_;
  std::vector<std::uint32_t> kind_of_;     // of each lost entry
  std::vector<std::uint32_t> kind_sizes_;  // how many lost entries there are in all
  std::vector<std::uint32_t> kind_slots_;  // number + 1, 0: none open
};

// How many bits the open operations take at most; gives up beyond `most`.
std::size_t widest(StateSpace& space, std::span<const Entry> entries, std::size_t most,
                   Watch& watch);

}  // namespace tribunal
