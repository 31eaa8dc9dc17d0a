#include "nemesis/clock/clock_reading.h"

#include <fmt/format.h>
#include <sys/mman.h>
#include <time.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>

#include "nemesis/clock/hook_code.h"

namespace tribunal {
namespace {

constexpr clockid_t clock_by_slot[clock_slots] = {CLOCK_REALTIME, CLOCK_TAI, CLOCK_MONOTONIC,
                                                  CLOCK_MONOTONIC_RAW, CLOCK_BOOTTIME};

class ExecutableCopy {
 public:
  explicit ExecutableCopy(const std::vector<std::uint8_t>& code)
      : length_(code.size()),
        place_(
            ::mmap(nullptr, length_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)) {
    if (place_ == MAP_FAILED) throw refused();
    std::memcpy(place_, code.data(), length_);
    if (::mprotect(place_, length_, PROT_READ | PROT_EXEC) != 0) {
      const auto reason = refused();
      ::munmap(place_, length_);
      throw reason;
    }
    auto* begin = static_cast<char*>(place_);
    __builtin___clear_cache(begin, begin + length_);
  }
  ~ExecutableCopy() { ::munmap(place_, length_); }
  ExecutableCopy(const ExecutableCopy&) = delete;

  using ClockGettime = int (*)(clockid_t, timespec*);
  ClockGettime clock_gettime_at(std::uint32_t entry) const {
    ClockGettime function = nullptr;
    const void* address = static_cast<const char*>(place_) + entry;
    std::memcpy(&function, &address, sizeof function);
    return function;
  }

 private:
  static std::runtime_error refused() {
    return std::runtime_error(
        fmt::format("cannot make memory for code to read a clock: {}", std::strerror(errno)));
  }

  std::size_t length_;
  void* place_;
};

}  // namespace

ClockTimes run_copy_of(std::vector<std::uint8_t> image, std::uint32_t entry, std::uint32_t block) {
  const HookCode& code = hook_code();
  if (image.size() < block || image.size() - block < code.block.size())
    throw std::runtime_error("a hook outside of its image");
  image[block + offsetof(HookData, counting)] = counting_off;
  std::copy(code.block.begin() + code.trampoline, code.block.end(),
            image.begin() + block + code.trampoline);
  const ExecutableCopy copy(image);
  const auto ask = copy.clock_gettime_at(entry);
  ClockTimes times{};
  for (std::size_t slot = 0; slot < clock_slots; ++slot) {
    timespec said{};
    if (ask(clock_by_slot[slot], &said) != 0)
      throw std::runtime_error("the patched clock does not answer");
    times[slot] = said.tv_sec * 1'000'000'000 + said.tv_nsec;
  }
  return times;
}

}  // namespace tribunal
