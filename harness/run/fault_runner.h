// Carries out faults beside the traffic, each in a thread of its own and with its receipt, and
// heals what it did: one fault's wait never delays another's heal.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <list>
#include <mutex>
#include <set>
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
  ~FaultRunner();  // as stop() and finish()

  // Begins the schedule; its times count from `origin`, in nanoseconds since the run began.
  void begin(std::vector<PlannedFault> schedule, std::int64_t origin);
  // The same with someone who directs it: `direct` runs in a thread of its own and starts faults as
  // it sees fit, until it returns or it is asked to stop.
  void begin(std::function<void(FaultRunner&, std::stop_token)> direct, std::int64_t origin);

  // Waits until all is done. A fault never begins later than `latest` after the origin; what could
  // not begin gets a receipt that says so.
  void finish(std::int64_t latest);

  // From now on no fault begins, and what lasts is healed at once.
  void stop();

  // For a director, from any of its threads. A fault lasts for its planned duration, or until it is
  // let go when that is negative. `started`: the time at which it began to be injected.
  using Number = std::size_t;
  // What a fault of the same resource in force means to one that is aimed: it takes the hosts that
  // are left, or waits unless both name hosts and none is the same.
  enum class Patience { takes_what_is_left, waits };
  // What nothing has met when its duration is over lasts until something has, or `until_met`.
  Number start(PlannedFault planned, Patience patience = Patience::takes_what_is_left,
               std::int64_t until_met = 0);
  void await_injected(Number fault, std::stop_token stop);  // or failed to be
  void let_go(Number fault);
  void await_undone(Number fault, std::stop_token stop);     // it is no longer in force
  bool wait_until(std::int64_t time, std::stop_token stop);  // since the run began; false: stopped
  bool is_over() const;                                      // no fault may begin any more
  void note(const std::string& what, const std::string& text);  // into the history
  std::int64_t origin() const { return origin_; }
  std::int64_t now() const { return ground_.now(); }

  std::string current()
      const;  // what is installed right now, for people: "partition bridge: n1 | n3 by n2"
  // Complete after finish(), by number of the planned fault.
  const std::vector<Receipt>& receipts() const { return receipts_; }
  // What was begun, as a schedule that does the same again: real times, targets by name. Complete
  // after finish().
  const std::vector<PlannedFault>& realised() const { return realised_; }

 private:
  enum class State { waiting, injecting, in_force, healing, undone, done };
  struct Running {
    PlannedFault planned;
    const FaultKind* kind = nullptr;
    Patience patience = Patience::waits;
    std::int64_t until_met = 0;
    State state = State::waiting;   // guarded by mutex_
    bool let_go = false;            // guarded by mutex_
    std::int64_t began = 0;         // guarded by mutex_
    std::set<std::string> targets;  // once in force; guarded by mutex_
    std::string shown;              // while in force; guarded by mutex_
    std::jthread thread;
  };

  void follow(const std::vector<PlannedFault>& schedule, std::stop_token stop);
  void carry_out(Running& running, std::stop_token stop);
  bool take_turn(Running& running, std::stop_token stop);
  void stay_in_force(Running& running, Fault& fault, Ground& ground, Receipt& receipt);
  Ground ground_for(Running& running);
  bool conflicts(const Running& running) const;  // pre: mutex_ is held
  static bool collide(const Running& running, const Running& other);
  bool wait_or_let_go(Running& running, std::int64_t time, std::stop_token stop);
  void move_to(Running& running, State state);
  void conclude(Running& running, Receipt receipt);
  void say(Running& running, std::string shown);

  Ground ground_;
  Recorder& recorder_;
  const RunFolder& folder_;
  const std::vector<FaultKind>& kinds_;
  std::int64_t origin_ = 0;
  std::vector<Receipt> receipts_;       // guarded by mutex_ until finish()
  std::vector<PlannedFault> realised_;  // guarded by mutex_ until finish()
  std::atomic<std::int64_t> latest_{INT64_MAX};
  std::stop_source stop_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::list<Running> running_;  // guarded by mutex_; entries stay where they are
  std::jthread director_;
};

}  // namespace tribunal
