// Does things at a later time, one after the other, in a thread of its own.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

#include "clients/quorum/server/settings.h"

namespace tribunal::quorum {

class Later {
 public:
  Later() : thread_([this](const std::stop_token& stop) { work(stop); }) {}

  void at(Clock::time_point when, std::function<void()> what) {
    const std::scoped_lock lock(mutex_);
    due_.emplace(when, std::move(what));
    changed_.notify_all();
  }

 private:
  void work(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
      if (due_.empty()) {
        changed_.wait(lock, stop, [&] { return !due_.empty(); });
        continue;
      }
      const auto when = due_.begin()->first;
      if (Clock::now() < when) {
        changed_.wait_until(lock, stop, when, [&] { return due_.begin()->first < when; });
        continue;
      }
      const auto what = std::move(due_.begin()->second);
      due_.erase(due_.begin());
      lock.unlock();
      what();
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::multimap<Clock::time_point, std::function<void()>> due_;  // guarded by mutex_
  std::jthread thread_;
};

}  // namespace tribunal::quorum
