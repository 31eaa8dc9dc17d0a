// Configurations on their way from one share of a search to the others.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "checkers/linearizability/layer.h"

namespace tribunal {

// How a configuration was come upon: the goal has taken effect in it; or not yet, and its last step
// did or did not overwrite the state.
enum class Parcel : std::size_t { completed, reached, overwritten };
inline constexpr std::size_t kinds_of_parcel = 3;

// Of one share. Different threads may at once unpack what is for different receivers.
template <std::size_t words>
class Parcels {
 public:
  using Item = Configuration<words>;

  void address_to(std::size_t receivers) { boxes_.resize(receivers); }

  void send(std::size_t receiver, const Item& item, Parcel kind) {
    std::vector<Item>& items = boxes_[receiver][static_cast<std::size_t>(kind)];
    const std::size_t before = items.capacity();
    items.push_back(item);
    bytes_ += (items.capacity() - before) * sizeof(Item);
    ++sent_;
  }
  // Calls with each item and its kind, unless it returns false.
  template <class Call>
  void unpack(std::size_t receiver, const Call& call) {
    for (std::size_t kind = 0; kind < kinds_of_parcel; ++kind) {
      std::vector<Item>& items = boxes_[receiver][kind];
      for (const Item& item : items) {
        if (!call(item, static_cast<Parcel>(kind))) return;
      }
      items.clear();
    }
  }

  void start_pass() { sent_ = 0; }
  bool full() const { return sent_ * sizeof(Item) >= most_bytes; }
  std::size_t bytes() const { return bytes_; }

 private:
  static constexpr std::size_t most_bytes = std::size_t{1} << 19;  // to send in a pass
  std::vector<std::array<std::vector<Item>, kinds_of_parcel>> boxes_;
  std::size_t bytes_ = 0, sent_ = 0;
};

}  // namespace tribunal
