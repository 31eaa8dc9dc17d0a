// Does something again and again, in a thread of its own, until it is stopped.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>

namespace tribunal {

class Repetition {
 public:
  // `act` is done at once and then after each period; it returns whether that counts. What it
  // throws ends the repetition.
  Repetition(std::chrono::milliseconds period, std::function<bool()> act)
      : thread_([this, period, act = std::move(act)](std::stop_token stop) {
          repeat(period, act, std::move(stop));
        }) {}

  // Waits until the last `act` is over.
  void stop() {
    thread_.request_stop();
    if (thread_.joinable()) thread_.join();
  }
  std::int64_t count() const { return count_; }
  // Pre: stopped.
  void rethrow() const {
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  void repeat(std::chrono::milliseconds period, const std::function<bool()>& act,
              std::stop_token stop) {
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock(mutex);
    try {
      while (!stop.stop_requested()) {
        if (act()) ++count_;
        wake.wait_for(lock, stop, period, [] { return false; });
      }
    } catch (...) {
      failure_ = std::current_exception();
    }
  }

  std::atomic<std::int64_t> count_{0};
  std::exception_ptr failure_;
  std::jthread thread_;  // last, since it uses the others
};

}  // namespace tribunal
