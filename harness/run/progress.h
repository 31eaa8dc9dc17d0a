// What a person sees while a run goes on: one live line on a terminal, a plain line now and then
// elsewhere.
#pragma once

#include <cstdio>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "harness/record/activity.h"

namespace tribunal {

class Progress {
 public:
  // To `out`; live if it is a terminal.
  explicit Progress(std::FILE* out);
  ~Progress();

  // A line that stays.
  void say(const std::string& line);

  // Shows the traffic until stop_watching: time since `began`, rate, outcomes, and what `faults`
  // says is installed.
  void watch(const Activity& activity, std::function<std::int64_t()> now,
             std::function<std::string()> faults);
  void stop_watching();

 private:
  void show(const std::string& line);  // replaces the live line
  std::FILE* out_;
  const bool live_;
  std::mutex mutex_;
  bool shown_ = false;  // guarded by mutex_; a live line is on the screen
  std::jthread thread_;
};

}  // namespace tribunal
