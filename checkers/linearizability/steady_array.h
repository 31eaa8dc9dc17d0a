// An array that grows at its end by about a sixteenth at a time and never moves an element, so that
// growth takes neither a copy nor twice the memory, and others may read while one appends.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <memory>

namespace tribunal {

// Elements that were appended before a reader heard of them may be read at any time; all else is
// for one thread at a time.
template <class T>
class SteadyArray {
 public:
  // At most 2^31 of them.
  std::size_t append(T element) {
    const Place place = place_of(size_);
    if (!chunks_[place.chunk]) {
      const std::size_t length = few << place.chunk / chunks_a_length;
      chunks_[place.chunk] = std::make_unique<T[]>(length);
      room_ += length;
    }
    chunks_[place.chunk][place.inside] = std::move(element);
    return size_++;
  }
  const T& operator[](std::size_t i) const {
    const Place place = place_of(i);
    return chunks_[place.chunk][place.inside];
  }
  T& operator[](std::size_t i) {
    const Place place = place_of(i);
    return chunks_[place.chunk][place.inside];
  }
  std::size_t size() const { return size_; }
  std::size_t bytes() const { return room_ * sizeof(T); }  // of the elements themselves

 private:
  // Sixteen chunks of each length, each length twice the one before.
  static constexpr std::size_t few = 16, chunks_a_length = 16, lengths = 24;
  static constexpr std::size_t first = few * chunks_a_length;
  struct Place {
    std::size_t chunk, inside;
  };
  static Place place_of(std::size_t i) {
    const std::size_t shifted = i + first;
    const auto doublings = static_cast<std::size_t>(std::bit_width(shifted / first)) - 1;
    const std::size_t within = shifted - (first << doublings);
    const std::size_t length = few << doublings;
    return {doublings * chunks_a_length + within / length, within % length};
  }

  std::array<std::unique_ptr<T[]>, chunks_a_length * lengths> chunks_;
  std::size_t size_ = 0, room_ = 0;
};

}  // namespace tribunal
