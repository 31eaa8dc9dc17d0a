#include "nemesis/clock/moved_process.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "nemesis/clock/database_processes.h"

namespace tribunal {
namespace {

// Two threads of a process that read its clock at once may leave the true time of one and the
// answer of the other, so what looks wrong is looked at again.
constexpr std::int64_t surely_right = 1'000'000;
constexpr int most_looks = 20;
constexpr std::chrono::milliseconds between_looks_at_it(1);

// By how much a reading lies outside of what it ought to be between two true moments.
std::int64_t error_of(const SlotMotion& motion, std::int64_t reading, std::int64_t earlier,
                      std::int64_t later) {
  const auto [least, most] = std::minmax({moved_time(motion, earlier), moved_time(motion, later)});
  return std::max({std::int64_t{0}, least - reading, reading - most});
}

}  // namespace

MovedProcess::MovedProcess(pid_t process, const FaketimeSetting* faketime)
    : vdso_(process), setting_(faketime), command_(command_of(process)) {
  if (setting_ != nullptr && begins_with_faketime(process, setting_->library().path))
    faketime_.emplace(process, setting_->library());
}

HookRecord MovedProcess::own_part(const HookRecord& record) const {
  HookRecord own = record;
  if (faketime_) own[slot_realtime] = own[slot_tai] = SlotMotion{};
  return own;
}

void MovedProcess::apply(const HookRecord& record, std::chrono::milliseconds deadline) {
  const HookRecord own = own_part(record);
  if (faketime_ && !vdso_.patched() && own == HookRecord{}) return;
  if (!patched_) vdso_.patch(deadline);
  patched_ = true;
  if (vdso_.record() != own) vdso_.move(own);
}

void MovedProcess::count_anew() {
  before_ = {};
  if (vdso_.patched()) before_ = vdso_.calls().value_or(PatchedProcess::Calls{});
  if (faketime_) faketime_->count_anew();
}

void MovedProcess::look() {
  if (!faketime_) return;
  const auto reading = faketime_->last_reading();
  if (reading && setting_->told_by(reading->true_time)) faketime_->count(*reading);
}

void MovedProcess::read_wall_clock(ProcessClocks& clocks) {
  clocks.way = ClockWay::faketime;
  for (int looks = 0; looks < most_looks; ++looks) {
    const auto reading = faketime_->last_reading();
    clocks.current = reading && setting_->told_by(reading->true_time);
    if (!clocks.current) break;
    faketime_->count(*reading);
    const std::int64_t wanted = setting_->wanted(reading->true_time, reading->said);
    clocks.wall_ahead = reading->said - reading->true_time;
    clocks.wall_wanted = wanted - reading->true_time;
    const std::int64_t error = std::abs(reading->said - wanted);
    const bool right = error <= surely_right;
    if (right || looks + 1 == most_looks) clocks.error = std::max(clocks.error, error);
    if (right) break;
    std::this_thread::sleep_for(between_looks_at_it);
  }
  clocks.calls.wall = faketime_->readings();
}

ProcessClocks MovedProcess::read(const HookRecord& record) {
  ProcessClocks clocks;
  clocks.process = id();
  clocks.command = command_;
  const HookRecord own = own_part(record);
  const ClockTimes earlier = true_clocks(), said = vdso_.read_clocks(), later = true_clocks();
  for (std::size_t slot = 0; slot < clock_slots; ++slot)
    clocks.error =
        std::max(clocks.error, error_of(own[slot], said[slot], earlier[slot], later[slot]));
  const auto between = [&](std::size_t slot) {
    return earlier[slot] + (later[slot] - earlier[slot]) / 2;
  };
  const auto wanted = [&](std::size_t slot) {
    return moved_time(own[slot], between(slot)) - between(slot);
  };
  clocks.wall_ahead = said[slot_realtime] - between(slot_realtime);
  clocks.monotonic_ahead = said[slot_monotonic] - between(slot_monotonic);
  clocks.wall_wanted = wanted(slot_realtime);
  clocks.monotonic_wanted = wanted(slot_monotonic);
  if (vdso_.patched())
    if (const auto calls = vdso_.calls())
      clocks.calls = {calls->wall - before_.wall, calls->monotonic - before_.monotonic};
  if (faketime_) read_wall_clock(clocks);
  return clocks;
}

bool MovedProcess::restore(std::chrono::milliseconds deadline) {
  patched_ = false;
  return vdso_.restore(deadline) == Restored::wholly && vdso_.pristine();
}

}  // namespace tribunal
