#include "nemesis/clock/faketime_setting.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <semaphore.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <utility>

#include "nemesis/clock/clock_motion.h"

namespace tribunal {
namespace {

constexpr const char* faketime_folder = "/run/tribunal/faketime";
constexpr const char* shared_memory = "/tribunal_faketime";
constexpr std::int64_t faketime_second = 1'000'000'000;
constexpr std::int64_t least_period = 10'000'000;
constexpr double faketime_slope_unit = 4294967296.0;  // 2^32
constexpr double least_rate = 0.1;

double rate_of(const SlotMotion& motion) {
  return 1 + static_cast<double>(motion.slope) / faketime_slope_unit;
}

std::string seconds_text(std::int64_t nanoseconds) {
  return fmt::format("{}.{:09}", nanoseconds / faketime_second, nanoseconds % faketime_second);
}

std::string signed_text(std::int64_t nanoseconds) {
  return (nanoseconds < 0 ? "-" : "+") + seconds_text(std::abs(nanoseconds));
}

SlotMotion without_alternation(SlotMotion motion, std::int64_t now) {
  if (motion.period != 0 && ((now - motion.since) / motion.period & 1) != 0)
    motion.offset += motion.delta;
  motion.period = 0;
  return motion;
}

// What processes share, as libfaketime lays it out: two counters, then the beginning by each clock.
struct SharedBeginning {
  std::uint64_t counters[2];
  timespec real, monotonic, raw, since_boot;
};

timespec time_by(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return now;
}

std::int64_t true_wall_time() { return true_clocks()[slot_realtime]; }

std::int64_t share_beginning() {
  const SharedBeginning beginning{{0, 0},
                                  time_by(CLOCK_REALTIME),
                                  time_by(CLOCK_MONOTONIC),
                                  time_by(CLOCK_MONOTONIC_RAW),
                                  time_by(CLOCK_BOOTTIME)};
  const int file = ::shm_open(shared_memory, O_CREAT | O_TRUNC | O_RDWR | O_CLOEXEC, 0600);
  const bool written =
      file >= 0 && ::write(file, &beginning, sizeof beginning) == ssize_t{sizeof beginning};
  if (file >= 0) ::close(file);
  if (!written) throw std::runtime_error("cannot make memory for libfaketime to share");
  return beginning.real.tv_sec * faketime_second + beginning.real.tv_nsec;
}

// One for each start: a process that is killed may hold it.
std::string make_semaphore(int number) {
  const std::string name = fmt::format("/tribunal_faketime_{}", number);
  sem_t* made = ::sem_open(name.c_str(), O_CREAT | O_EXCL, 0600, 1);
  if (made == SEM_FAILED) throw std::runtime_error("cannot make a semaphore for libfaketime");
  ::sem_close(made);
  return name;
}

}  // namespace

// libfaketime says begun + offset + rate * (now - begun); so the offset makes up for what would
// have been gained between `begun` and the beginning of the motion. A clock that stands is told as
// a date, since at a rate of 0 sleeps would never end.
std::string faketime_text(const SlotMotion& alternating, std::int64_t now, std::int64_t begun) {
  const SlotMotion motion = without_alternation(alternating, now);
  const double rate = rate_of(motion);
  if (rate == 0) return seconds_text(motion.since + motion.offset) + " x1";
  const auto gained = static_cast<std::int64_t>(
      std::llround(static_cast<double>(motion.since - begun) * (rate - 1)));
  return fmt::format("{} x{:.12g}", signed_text(motion.offset - gained), rate);
}

FaketimeSetting::FaketimeSetting(FaketimeLibrary library)
    : library_(std::move(library)), begun_(share_beginning()) {
  std::filesystem::create_directories(faketime_folder);
  write(faketime_text({}, begun_, begun_));
}

void FaketimeSetting::look(FaketimeLook look) {
  if (look == FaketimeLook::each_reading) look_ = look;
}

std::map<std::string, std::string> FaketimeSetting::environment() {
  std::map<std::string, std::string> variables{
      {"LD_PRELOAD", library_.path},
      {"FAKETIME_TIMESTAMP_FILE", fmt::format("{}/time", faketime_folder)},
      {"FAKETIME_SHARED", fmt::format("{} {}", make_semaphore(++starts_), shared_memory)},
      {"FAKETIME_FMT", "%s"},
      {"FAKETIME_DONT_FAKE_MONOTONIC", "1"},
      {"NO_FAKE_STAT", "1"}};
  if (look_ == FaketimeLook::each_reading) {
    variables["FAKETIME_NO_CACHE"] = "1";
  } else {
    variables["FAKETIME_CACHE_DURATION"] = "0";  // until the next whole second
  }
  return variables;
}

void FaketimeSetting::write(const std::string& text) {
  if (text == text_) return;
  const std::string file = fmt::format("{}/time", faketime_folder), next = file + ".next";
  std::ofstream(next) << text << "\n";
  if (std::rename(next.c_str(), file.c_str()) != 0)
    throw std::runtime_error("cannot write the file that libfaketime looks at");
  text_ = text;
  written_at_ = true_wall_time();
}

std::string FaketimeSetting::hindrance(const SlotMotion& wall) const {
  if (wall.period != 0 && (wall.period < least_period || look_ != FaketimeLook::each_reading))
    return fmt::format("that is told of each step through a file, every {} ms at most",
                       least_period / 1'000'000);
  const double rate = rate_of(wall);
  if (rate != 0 && rate < least_rate)
    return fmt::format("that stretches every sleep with the clock: a rate of 0 or at least {}",
                       least_rate);
  return {};
}

void FaketimeSetting::move(const SlotMotion& wall) {
  motion_ = hindrance(wall).empty() ? wall : SlotMotion{};
  follow();
}

void FaketimeSetting::follow() { write(faketime_text(motion_, true_wall_time(), begun_)); }

bool FaketimeSetting::told_by(std::int64_t true_time) const {
  if (look_ == FaketimeLook::each_reading) return true_time >= written_at_;
  return true_time / faketime_second > written_at_ / faketime_second;
}

std::int64_t FaketimeSetting::wanted(std::int64_t true_time, std::int64_t said) const {
  SlotMotion motion = motion_;
  motion.period = 0;
  const std::int64_t one = moved_time(motion, true_time), other = one + motion_.delta;
  if (motion_.period == 0) return one;
  return std::abs(said - other) < std::abs(said - one) ? other : one;
}

}  // namespace tribunal
