// An array that grows at its end by about a sixteenth at a time and never moves an element, so that
// growth takes neither a copy nor twice the memory, and several threads may append and read at
// once.
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <utility>

namespace tribunal {

// An element may be read by whoever heard of its place from the one who appended it.
template <class T>
class SteadyArray {
 public:
  SteadyArray() = default;
  SteadyArray(const SteadyArray&) = delete;
  SteadyArray& operator=(const SteadyArray&) = delete;
  ~SteadyArray() { clear(); }

  // Returns its place. At most 2^31 of them.
  std::size_t append(T element) {
    const std::size_t next = size_++;
    const Place place = place_of(next);
    chunk_at(place.chunk)[place.inside] = std::move(element);
    return next;
  }
  // While nobody else asks.
  void clear() {
    for (auto& chunk : chunks_) delete[] chunk.exchange(nullptr);
    size_ = room_ = 0;
  }
  const T& operator[](std::size_t i) const {
    const Place place = place_of(i);
    return chunks_[place.chunk].load(std::memory_order_acquire)[place.inside];
  }
  T& operator[](std::size_t i) {
    const Place place = place_of(i);
    return chunks_[place.chunk].load(std::memory_order_acquire)[place.inside];
  }
  std::size_t size() const { return size_.load(std::memory_order_relaxed); }
  // Of the elements themselves.
  std::size_t bytes() const { return room_.load(std::memory_order_relaxed) * sizeof(T); }

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

  T* chunk_at(std::size_t number) {
    T* chunk = chunks_[number].load(std::memory_order_acquire);
    if (chunk != nullptr) return chunk;
    const std::size_t length = few << number / chunks_a_length;
    T* fresh = new T[length]();
    if (!chunks_[number].compare_exchange_strong(chunk, fresh)) {
      delete[] fresh;
      return chunk;
    }
    room_ += length;
    return fresh;
  }

  std::array<std::atomic<T*>, chunks_a_length * lengths> chunks_{};
  std::atomic<std::size_t> size_{0}, room_{0};
};

}  // namespace tribunal
