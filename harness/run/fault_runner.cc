#include "harness/run/fault_runner.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "harness/parts/catalogue.h"
#include "harness/run/schedule.h"

namespace tribunal {
namespace {

constexpr std::int64_t look_every =
    200'000'000;  // how often a lasting fault is asked whether it was met

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
  finish(0);
}

void FaultRunner::begin(std::vector<PlannedFault> schedule, std::int64_t origin) {
  begin([schedule = std::move(schedule)](FaultRunner& runner,
                                         std::stop_token stop) { runner.follow(schedule, stop); },
        origin);
}

void FaultRunner::begin(std::function<void(FaultRunner&, std::stop_token)> direct,
                        std::int64_t origin) {
  origin_ = origin;
  director_ =
      std::jthread([this, direct = std::move(direct)] { direct(*this, stop_.get_token()); });
}

// Every fault of a schedule begins at its time, whatever the others do, and lasts a little longer
// if nothing has met it yet.
void FaultRunner::follow(const std::vector<PlannedFault>& schedule, std::stop_token stop) {
  auto by_time = schedule;
  std::stable_sort(by_time.begin(), by_time.end(),
                   [](const auto& a, const auto& b) { return a.at < b.at; });
  const auto latest = latest_ends(by_time, kinds_);
  for (std::size_t i = 0; i < by_time.size(); ++i) {
    wait_until(origin_ + by_time[i].at, stop);
    start(by_time[i], Patience::waits, origin_ + latest[i]);
  }
}

void FaultRunner::finish(std::int64_t latest) {
  latest_ = latest;
  changed_.notify_all();
  if (director_.joinable()) director_.join();
  for (auto& running : running_)  // nobody starts any more
    if (running.thread.joinable()) running.thread.join();
  std::sort(receipts_.begin(), receipts_.end(),
            [](const Receipt& a, const Receipt& b) { return a.planned.id < b.planned.id; });
  std::sort(realised_.begin(), realised_.end(),
            [](const PlannedFault& a, const PlannedFault& b) { return a.at < b.at; });
}

void FaultRunner::stop() { stop_.request_stop(); }

FaultRunner::Number FaultRunner::start(PlannedFault planned, Patience patience,
                                       std::int64_t until_met) {
  const auto& kind = find(kinds_, "fault", planned.fault);
  const std::scoped_lock lock(mutex_);
  Running& running = running_.emplace_back();
  running.planned = std::move(planned);
  running.kind = &kind;
  running.patience = patience;
  running.until_met = until_met;
  running.thread = std::jthread([this, &running] { carry_out(running, stop_.get_token()); });
  return running_.size() - 1;
}

void FaultRunner::await_injected(Number fault, std::stop_token stop) {
  std::unique_lock lock(mutex_);
  const Running& running = *std::next(running_.begin(), static_cast<std::ptrdiff_t>(fault));
  changed_.wait(lock, stop, [&] { return running.state >= State::in_force; });
}

void FaultRunner::await_undone(Number fault, std::stop_token stop) {
  std::unique_lock lock(mutex_);
  const Running& running = *std::next(running_.begin(), static_cast<std::ptrdiff_t>(fault));
  changed_.wait(lock, stop, [&] { return running.state >= State::undone; });
}

void FaultRunner::let_go(Number fault) {
  const std::scoped_lock lock(mutex_);
  std::next(running_.begin(), static_cast<std::ptrdiff_t>(fault))->let_go = true;
  changed_.notify_all();
}

bool FaultRunner::is_over() const {
  return stop_.stop_requested() || ground_.now() - origin_ > latest_;
}

void FaultRunner::note(const std::string& what, const std::string& text) {
  recorder_.fault(what, -1, text);
}

std::string FaultRunner::current() const {
  const std::scoped_lock lock(mutex_);
  std::string all;
  for (const auto& running : running_)
    if (!running.shown.empty()) all += (all.empty() ? "" : "; ") + running.shown;
  return all;
}

void FaultRunner::say(Running& running, std::string shown) {
  const std::scoped_lock lock(mutex_);
  running.shown = std::move(shown);
}

bool FaultRunner::wait_until(std::int64_t time, std::stop_token stop) {
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock lock(mutex);
  wake.wait_until(lock, stop, recorder_.began_at() + std::chrono::nanoseconds(time),
                  [] { return false; });
  return !stop.stop_requested();
}

bool FaultRunner::wait_or_let_go(Running& running, std::int64_t time, std::stop_token stop) {
  std::unique_lock lock(mutex_);
  changed_.wait_until(lock, stop, recorder_.began_at() + std::chrono::nanoseconds(time),
                      [&] { return running.let_go; });
  return !stop.stop_requested() && !running.let_go;
}

// Of one that is in force; while another of its resource is choosing its targets or giving them
// back a fault waits in any case.
bool FaultRunner::collide(const Running& running, const Running& other) {
  if (running.kind->targets.empty() || other.kind->targets.empty()) return true;  // whole clusters
  if (running.patience == Patience::takes_what_is_left) return false;
  const auto named = hosts_named(running.planned.target, running.planned.order);
  return named.empty() || std::any_of(named.begin(), named.end(), [&](const std::string& name) {
           return other.targets.contains(name);
         });
}

// Of two that wait for the same the one that was started first begins first.
bool FaultRunner::conflicts(const Running& running) const {
  if (running.kind->resource.empty()) return false;
  bool earlier = true;
  return std::any_of(running_.begin(), running_.end(), [&](const Running& other) {
    if (&other == &running) earlier = false;
    if (&other == &running || other.kind->resource != running.kind->resource) return false;
    return other.state == State::injecting || other.state == State::healing ||
           ((other.state == State::in_force || (other.state == State::waiting && earlier)) &&
            collide(running, other));
  });
}

// False: the run was over before it could begin.
bool FaultRunner::take_turn(Running& running, std::stop_token stop) {
  std::unique_lock lock(mutex_);
  while (!is_over()) {
    const bool free = changed_.wait_for(lock, stop, std::chrono::milliseconds(100),
                                        [&] { return !conflicts(running); });
    if (!free || is_over()) continue;
    running.state = State::injecting;
    running.began = ground_.now();
    return true;
  }
  return false;
}

void FaultRunner::move_to(Running& running, State state) {
  const std::scoped_lock lock(mutex_);
  running.state = std::max(running.state, state);
  changed_.notify_all();
}

Ground FaultRunner::ground_for(Running& running) {
  const auto others = [this, &running](const std::function<void(const Running&)>& see) {
    const std::scoped_lock lock(mutex_);
    for (const auto& other : running_)
      if (&other != &running && other.state >= State::injecting && other.state < State::undone)
        see(other);
  };
  Ground ground = ground_;
  ground.alone = [others] {
    bool alone = true;
    others([&](const Running&) { alone = false; });
    return alone;
  };
  ground.held = [others, &running] {
    std::set<std::string> held;
    others([&](const Running& other) {
      if (!running.kind->resource.empty() && other.kind->resource == running.kind->resource)
        held.insert(other.targets.begin(), other.targets.end());
    });
    return held;
  };
  ground.undone = [this, &running] { move_to(running, State::undone); };
  return ground;
}

void FaultRunner::stay_in_force(Running& running, Fault& fault, Ground& ground, Receipt& receipt) {
  const auto exercise = [&] {
    guarded(receipt, "exercise", [&] { fault.exercise(ground, receipt); });
  };
  const bool until_let_go = running.planned.duration < 0;
  const auto planned_end = until_let_go ? INT64_MAX : ground.now() + running.planned.duration;
  while (true) {
    const bool unmet = receipt.installed && !receipt.exercised && !is_over();
    const auto ends = unmet ? std::max(planned_end, running.until_met) : planned_end;
    const auto now = ground.now();
    if (now >= ends) break;
    const bool lasts = wait_or_let_go(running, std::min(ends, now + look_every), stop_.get_token());
    exercise();
    if (!lasts || (until_let_go && is_over())) break;
  }
  exercise();
}

void FaultRunner::carry_out(Running& running, std::stop_token stop) {
  Receipt receipt;
  receipt.planned = running.planned;
  if (!take_turn(running, stop)) {
    receipt.failure = "not begun: the run was over";
    return conclude(running, std::move(receipt));
  }
  Ground ground = ground_for(running);
  const std::string name = running.planned.name();
  std::unique_ptr<Fault> fault;
  guarded(receipt, "prepare", [&] { fault = running.kind->make(running.planned); });
  if (!fault) return conclude(running, std::move(receipt));
  say(running, name);
  guarded(receipt, "inject", [&] { fault->inject(ground, receipt); });
  recorder_.fault("start-" + running.planned.fault, running.planned.id,
                  name + ": " + receipt.detail);
  say(running, name + ": " + receipt.detail);
  {
    const std::scoped_lock lock(mutex_);
    running.targets = {receipt.targets.begin(), receipt.targets.end()};
  }
  move_to(running, State::in_force);
  stay_in_force(running, *fault, ground, receipt);
  receipt.heal_requested = ground.now();
  move_to(running, State::healing);
  say(running, "healing " + name);
  guarded(receipt, "heal", [&] { fault->heal(ground, receipt); });
  recorder_.fault("stop-" + running.planned.fault, running.planned.id,
                  name + ": " + receipt.detail);
  say(running, "");
  conclude(running, std::move(receipt));
}

void FaultRunner::conclude(Running& running, Receipt receipt) {
  const std::scoped_lock lock(mutex_);
  if (receipt.heal_requested) {
    PlannedFault real = running.planned;
    real.at = running.began - origin_;
    real.duration = *receipt.heal_requested - receipt.installed.value_or(running.began);
    if (!running.kind->targets.empty() && !receipt.targets.empty())
      real.target = fmt::format("{}", fmt::join(receipt.targets, "+"));
    realised_.push_back(std::move(real));
  }
  folder_.append_receipt(receipt);
  receipts_.push_back(std::move(receipt));
  running.state = State::done;
  changed_.notify_all();
}

}  // namespace tribunal
