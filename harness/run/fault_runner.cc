#include "harness/run/fault_runner.h"

#include <fmt/core.h>

#include <condition_variable>

#include "harness/parts/catalogue.h"

namespace tribunal {
namespace {

constexpr std::int64_t look_every =
    200'000'000;  // how often a lasting fault is asked whether it was met
constexpr std::int64_t least_gap = 500'000'000;  // from one heal to the next fault

// What a fault threw is the machine's trouble, never the database's: it goes into the receipt.
template <class Act>
void guarded(Receipt& receipt, const char* step, Act act) {
  try {
    act();
  } catch (const std::exception& trouble) {
    if (receipt.failure.empty()) receipt.failure = fmt::format("{}: {}", step, trouble.what());
  }
}

}  // namespace

FaultRunner::FaultRunner(Ground ground, Recorder& recorder, const RunFolder& folder,
                         const std::vector<FaultKind>& kinds)
    : ground_(std::move(ground)), recorder_(recorder), folder_(folder), kinds_(kinds) {}

FaultRunner::~FaultRunner() {
  stop();
  if (thread_.joinable()) thread_.join();
}

void FaultRunner::begin(std::vector<PlannedFault> schedule, std::int64_t origin) {
  schedule_ = std::move(schedule);
  thread_ = std::jthread([this, origin](std::stop_token stop) { work(std::move(stop), origin); });
}

void FaultRunner::finish(std::int64_t latest) {
  latest_ = latest;
  if (thread_.joinable()) thread_.join();
}

void FaultRunner::stop() { thread_.request_stop(); }

std::string FaultRunner::current() const {
  std::scoped_lock lock(mutex_);
  return current_;
}

void FaultRunner::say(std::string current) {
  std::scoped_lock lock(mutex_);
  current_ = std::move(current);
}

bool FaultRunner::wait_until(std::int64_t time, std::stop_token stop) {
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock lock(mutex);
  wake.wait_until(lock, stop, recorder_.began_at() + std::chrono::nanoseconds(time),
                  [] { return false; });
  return !stop.stop_requested();
}

void FaultRunner::work(std::stop_token stop, std::int64_t origin) {
  std::int64_t free_from = 0;
  for (const auto& planned : schedule_) {
    wait_until(std::max(origin + planned.at, free_from), stop);
    if (stop.stop_requested() || ground_.now() - origin > latest_) {
      Receipt receipt;
      receipt.planned = planned;
      receipt.failure = "not begun: the run was over";
      receipts_.push_back(std::move(receipt));
    } else {
      receipts_.push_back(carry_out(planned, stop));
      free_from = ground_.now() + least_gap;
    }
    folder_.append_receipt(receipts_.back());
  }
}

Receipt FaultRunner::carry_out(const PlannedFault& planned, std::stop_token stop) {
  Receipt receipt;
  receipt.planned = planned;
  const auto fault = find(kinds_, "fault", planned.fault).make(planned);
  say(planned.name());
  guarded(receipt, "inject", [&] { fault->inject(ground_, receipt); });
  recorder_.fault("start-" + planned.fault, planned.id, planned.name() + ": " + receipt.detail);
  say(planned.name() + ": " + receipt.detail);
  const auto ends = ground_.now() + planned.duration;
  while (!stop.stop_requested() && ground_.now() < ends) {
    wait_until(std::min(ends, ground_.now() + look_every), stop);
    guarded(receipt, "exercise", [&] { fault->exercise(ground_, receipt); });
  }
  guarded(receipt, "exercise", [&] { fault->exercise(ground_, receipt); });
  receipt.heal_requested = ground_.now();
  say("healing " + planned.name());
  guarded(receipt, "heal", [&] { fault->heal(ground_, receipt); });
  recorder_.fault("stop-" + planned.fault, planned.id, planned.name() + ": " + receipt.detail);
  say("");
  return receipt;
}

}  // namespace tribunal
