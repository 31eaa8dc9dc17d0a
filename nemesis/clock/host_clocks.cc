#include "nemesis/clock/host_clocks.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <utility>

namespace tribunal {
namespace {

constexpr std::chrono::milliseconds between_looks_for_newcomers(2);
constexpr std::chrono::milliseconds patch_deadline(2000);
constexpr std::chrono::milliseconds while_it_executes(5);
constexpr int most_tries = 100;
constexpr std::chrono::milliseconds between_full_looks(200);
constexpr std::chrono::milliseconds restore_deadline(1000);
// How long it may take until every process has a new motion; a monotonic clock that slows down does
// so from this much later, so that it need not step back.
constexpr std::int64_t changeover = 20'000'000;
constexpr std::int64_t least_monotonic = 1'000'000'000;

bool is_monotonic(std::size_t slot) { return slot >= slot_monotonic; }

}  // namespace

HostClocks::HostClocks() : keeper_([this](const std::stop_token& stop) { keep(stop); }) {}

HostClocks::~HostClocks() = default;

// Whether it was not known before; throws when it cannot be patched.
bool HostClocks::take(pid_t process) {
  if (const auto known = held_.find(process); known != held_.end()) {
    if (known->second.same_program()) return false;
    held_.erase(known);  // an exec, or another process under the same number
  }
  if (strangers_.contains(process)) return false;
  if (!is_of_database(process)) {
    strangers_.insert(process);
    return false;
  }
  for (int tries = 1;; ++tries) {
    std::optional<MovedProcess> held;
    try {
      held.emplace(process, faketime());
      held->apply(record_, patch_deadline);
      held->count_anew();
    } catch (const std::exception&) {
      if (!still_runs(process)) return false;
      const bool in_exec = !held || !held->same_program();
      if (!in_exec || tries == most_tries) throw;
      std::this_thread::sleep_for(while_it_executes);
      continue;
    }
    held_.emplace(process, std::move(*held));
    if (in_force_) refuse_what_faketime_cannot();
    return true;
  }
}

void HostClocks::take_all() {
  // What has begun meanwhile inherits the motion or is found by the keeper.
  for (const pid_t process : numbered_processes()) take(process);
}

void HostClocks::forget_ended() {
  std::erase_if(held_, [](const auto& entry) { return !entry.second.same_program(); });
  if (held_.empty()) {
    lead_ = 0;
    record_ = HookRecord{};
  }
}

void HostClocks::apply_to_all() {
  if (faketime_) faketime_->move(record_[slot_realtime]);
  for (auto& [process, held] : held_) {
    try {
      held.apply(record_, patch_deadline);
    } catch (const std::exception&) {
      if (still_runs(process) && held.same_program()) throw;
    }
  }
}

void HostClocks::use_faketime(const FaketimeLibrary& library, FaketimeLook look) {
  const std::scoped_lock lock(mutex_);
  if (!faketime_) faketime_.emplace(library);
  faketime_->look(look);
}

std::map<std::string, std::string> HostClocks::faketime_environment() {
  const std::scoped_lock lock(mutex_);
  return faketime_ ? faketime_->environment() : std::map<std::string, std::string>{};
}

std::string HostClocks::faketime_path() const {
  const std::scoped_lock lock(mutex_);
  return faketime_ ? faketime_->library().path : std::string();
}

void HostClocks::refuse_what_faketime_cannot() const {
  const std::string hindrance = faketime_ ? faketime_->hindrance(record_[slot_realtime]) : "";
  if (hindrance.empty()) return;
  for (const auto& [process, held] : held_)
    if (held.way() == ClockWay::faketime)
      throw std::runtime_error(fmt::format("{} (process {}) runs under libfaketime: {}",
                                           held.command(), process, hindrance));
}

void HostClocks::begin(const ClockTimes& since) {
  const HookRecord before = record_;
  ClockMotion monotonic = motion_.monotonic;
  monotonic.offset += lead_;
  record_ = record_of(motion_.wall, monotonic, since);
  if (motion_.monotonic_may_go_back) return;
  for (std::size_t slot = 0; slot < clock_slots; ++slot) {
    if (!is_monotonic(slot)) continue;
    if (record_[slot].slope < 0) record_[slot].since += changeover;
    record_[slot] = never_back(before[slot], record_[slot], since[slot], changeover);
  }
}

void HostClocks::move(const HostMotion& motion) {
  const std::scoped_lock lock(mutex_);
  newcomers_ = {};
  strangers_.clear();
  forget_ended();
  take_all();
  const auto [motion_before, record_before] = std::pair(motion_, record_);
  motion_ = motion;
  for (auto& [process, held] : held_) held.count_anew();
  begin(true_clocks());
  try {
    if (moved_time(record_[slot_monotonic], true_clocks()[slot_monotonic]) < least_monotonic)
      throw std::runtime_error(
          "a monotonic clock cannot go below zero, where this machine's began");
    refuse_what_faketime_cannot();
  } catch (const std::runtime_error&) {
    motion_ = motion_before;
    record_ = record_before;
    throw;
  }
  in_force_ = true;
  anew_at_ = std::chrono::steady_clock::now() + std::chrono::nanoseconds(motion.begins_anew);
  apply_to_all();
  changed_.notify_all();
}

HostClocks::Outcome HostClocks::restore() {
  const std::scoped_lock lock(mutex_);
  in_force_ = false;
  motion_.wall = motion_.monotonic = ClockMotion{};
  motion_.begins_anew = 0;
  forget_ended();
  if (!motion_.monotonic_may_go_back) lead_ = 0;  // what it has is kept by never_back
  begin(true_clocks());
  motion_.monotonic_may_go_back = false;
  lead_ = 0;
  for (std::size_t slot = 0; slot < clock_slots; ++slot)
    if (is_monotonic(slot)) lead_ = std::max(lead_, record_[slot].offset);
  apply_to_all();
  Outcome outcome{lead_, 0, 0, 0};
  for (const auto& [process, held] : held_)
    outcome.told += held.way() == ClockWay::faketime ? 1 : 0;
  if (lead_ > 0) return outcome;
  record_ = HookRecord{};
  for (auto& [process, held] : held_) {
    try {
      const bool wholly = held.restore(restore_deadline);
      if (held.way() == ClockWay::vdso) ++(wholly ? outcome.restored : outcome.left_alone);
    } catch (const std::exception&) {
      if (still_runs(process) && held.same_program()) throw;
    }
  }
  held_.clear();
  return outcome;
}

std::vector<ProcessClocks> HostClocks::read() {
  const std::scoped_lock lock(mutex_);
  forget_ended();
  if (in_force_) take_all();
  std::vector<ProcessClocks> all;
  for (const pid_t process : numbered_processes()) {
    const auto held = held_.find(process);
    try {
      if (held != held_.end())
        all.push_back(held->second.read(record_));
      else if (is_of_database(process))
        all.push_back(MovedProcess(process, faketime()).read(record_));
    } catch (const std::exception&) {
      // One that is just being replaced by another program reads no clock at this moment.
      if (held != held_.end() && still_runs(process) && held->second.same_program()) throw;
    }
  }
  return all;
}

HostClocks::Newcomers HostClocks::newcomers() const {
  const std::scoped_lock lock(mutex_);
  return newcomers_;
}

void HostClocks::look_after() {
  if (motion_.begins_anew != 0 && std::chrono::steady_clock::now() >= anew_at_) {
    begin(true_clocks());
    apply_to_all();
    anew_at_ += std::chrono::nanoseconds(motion_.begins_anew);
  }
  if (faketime_) faketime_->follow();
  for (auto& [process, held] : held_) held.look();
  const auto now = std::chrono::steady_clock::now();
  const bool in_full = now >= in_full_at_;
  if (in_full) {
    strangers_.clear();  // their numbers may be others' by now
    in_full_at_ = now + between_full_looks;
  }
  std::vector<pid_t> looked_at;
  if (beginnings_.any() || in_full) {
    looked_at = numbered_processes();
  } else {
    for (const auto& [process, held] : held_)  // an exec is no beginning
      if (!held.same_program()) looked_at.push_back(process);
  }
  for (const pid_t process : looked_at) {
    try {
      newcomers_.taken += take(process) ? 1 : 0;
    } catch (const std::exception& error) {
      if (newcomers_.failure.empty()) newcomers_.failure = error.what();
    }
  }
}

void HostClocks::keep(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    if (!changed_.wait(lock, stop, [&] { return in_force_; })) return;
    try {
      look_after();
    } catch (const std::exception& error) {
      if (newcomers_.failure.empty()) newcomers_.failure = error.what();
    }
    changed_.wait_for(lock, stop, between_looks_for_newcomers, [] { return false; });
  }
}

}  // namespace tribunal
