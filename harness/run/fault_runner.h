// Carries out a schedule of faults beside the traffic, each with its receipt, and heals what it
// did.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "harness/parts/fault.h"
#include "harness/record/recorder.h"
#include "harness/record/run_folder.h"

namespace tribunal {

class FaultRunner {
 public:
  FaultRunner(Ground ground, Recorder& recorder, const RunFolder& folder,
              const std::vector<FaultKind>& kinds);
  ~FaultRunner();  // as finish()

  // Begins the schedule; its times count from `origin`, in nanoseconds since the run began.
  void begin(std::vector<PlannedFault> schedule, std::int64_t origin);

  // Waits until the schedule is done. A fault never begins later than `latest` after the origin;
  // what could not begin gets a receipt that says so.
  void finish(std::int64_t latest);

  // From now on no fault begins, and what lasts is healed at once.
  void stop();

  std::string current()
      const;  // what is installed right now, for people: "partition bridge: n1 | n3 by n2"
  const std::vector<Receipt>& receipts() const { return receipts_; }  // complete after finish()

 private:
  void work(std::stop_token stop, std::int64_t origin);
  Receipt carry_out(const PlannedFault& planned, std::stop_token stop);
  bool wait_until(std::int64_t time, std::stop_token stop);
  void say(std::string current);

  Ground ground_;
  Recorder& recorder_;
  const RunFolder& folder_;
  const std::vector<FaultKind>& kinds_;
  std::vector<PlannedFault> schedule_;
  std::vector<Receipt> receipts_;
  std::atomic<std::int64_t> latest_{INT64_MAX};
  mutable std::mutex mutex_;
  std::string current_;  // guarded by mutex_
  std::jthread thread_;
};

}  // namespace tribunal
