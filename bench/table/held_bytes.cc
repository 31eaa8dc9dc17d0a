#include "bench/table/held_bytes.h"

#include <atomic>
#include <cstdlib>
#include <new>

namespace {

std::atomic<std::size_t> held{0}, peak{0};

void* take(std::size_t size) {
  auto* block = static_cast<std::size_t*>(std::malloc(size + 16));
  if (block == nullptr) throw std::bad_alloc();
  *block = size;
  const std::size_t now = held += size;
  for (std::size_t most = peak; now > most && !peak.compare_exchange_weak(most, now);) {
  }
  return block + 2;
}

void give_back(void* place) {
  if (place == nullptr) return;
  auto* block = static_cast<std::size_t*>(place) - 2;
  held -= *block;
  std::free(block);
}

}  // namespace

// Those of arrays too, which a sanitizer does not ask of these.
void* operator new(std::size_t size) { return take(size); }
void* operator new[](std::size_t size) { return take(size); }
void operator delete(void* place) noexcept { give_back(place); }
void operator delete(void* place, std::size_t) noexcept { give_back(place); }
void operator delete[](void* place) noexcept { give_back(place); }
void operator delete[](void* place, std::size_t) noexcept { give_back(place); }

namespace tribunal {

std::size_t held_bytes() { return held; }
std::size_t most_held_bytes() { return peak; }
void watch_held_bytes() { peak = held.load(); }

}  // namespace tribunal
