#include "harness/run/progress.h"

#include <fmt/core.h>
#include <unistd.h>

#include <condition_variable>

namespace tribunal {
namespace {

struct Counts {
  std::uint64_t ok = 0, failed = 0, unknown = 0;
  std::int64_t in_flight = 0;
  std::uint64_t ended() const { return ok + failed + unknown; }
};

Counts count(const Activity& activity) {
  Counts counts;
  for (std::size_t i = 0; i < activity.size(); ++i) {
    const auto& host = activity.host(i);
    counts.ok += host.ok;
    counts.failed += host.failed;
    counts.unknown += host.unknown;
    counts.in_flight += host.in_flight;
  }
  return counts;
}

}  // namespace

Progress::Progress(std::FILE* out) : out_(out), live_(isatty(fileno(out)) == 1) {}

Progress::~Progress() { stop_watching(); }

void Progress::say(const std::string& line) {
  std::scoped_lock lock(mutex_);
  std::fputs(shown_ ? "\r\033[K" : "", out_);
  shown_ = false;
  std::fputs((line + "\n").c_str(), out_);
  std::fflush(out_);
}

void Progress::show(const std::string& line) {
  std::scoped_lock lock(mutex_);
  std::fputs(live_ ? ("\r\033[K" + line).c_str() : (line + "\n").c_str(), out_);
  std::fflush(out_);
  shown_ = live_;
}

void Progress::watch(const Activity& activity, std::function<std::int64_t()> now,
                     std::function<std::string()> faults) {
  thread_ = std::jthread(
      [this, &activity, now = std::move(now), faults = std::move(faults)](std::stop_token stop) {
        const auto every = live_ ? std::chrono::milliseconds(250) : std::chrono::milliseconds(5000);
        const auto began = now();
        Counts before;
        std::int64_t last = began;
        std::mutex mutex;
        std::condition_variable_any wake;
        while (!stop.stop_requested()) {
          std::unique_lock lock(mutex);
          wake.wait_for(lock, stop, every, [] { return false; });
          const auto time = now();
          const auto counts = count(activity);
          const double rate = static_cast<double>(counts.ended() - before.ended()) * 1e9 /
                              static_cast<double>(time - last + 1);
          const auto fault = faults();
          show(fmt::format(
              "  {:5.1f} s  {:6.0f} calls/s  {} ok  {} failed  {} unknown  {} in flight{}{}",
              static_cast<double>(time - began) / 1e9, rate, counts.ok, counts.failed,
              counts.unknown, counts.in_flight, fault.empty() ? "" : "   | ", fault));
          before = counts;
          last = time;
        }
      });
}

void Progress::stop_watching() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
  std::scoped_lock lock(mutex_);
  if (shown_) std::fputs("\n", out_);
  std::fflush(out_);
  shown_ = false;
}

}  // namespace tribunal
