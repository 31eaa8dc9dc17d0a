// How fast the monitors judge valid histories of one object at concurrency 8, with and without lost
// answers; judging alone, without reading. Usage: monitor_bench [most operations]
#include <fmt/core.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <deque>
#include <new>
#include <numeric>
#include <queue>
#include <string_view>
#include <vector>

#include "checkers/linearizability/monitors/monitor.h"
#include "harness/record/random.h"

namespace {

std::atomic<std::size_t> held{0}, peak{0};  // bytes from operator new

void* take(std::size_t size) {
  auto* block = static_cast<std::size_t*>(std::malloc(size + 16));
  if (block == nullptr) throw std::bad_alloc();
  *block = size;
  const std::size_t now = held += size;
  for (std::size_t most = peak; now > most && !peak.compare_exchange_weak(most, now);) {
  }
  return block + 2;
}

void give_back(void* place) {
  if (place == nullptr) return;
  auto* block = static_cast<std::size_t*>(place) - 2;
  held -= *block;
  std::free(block);
}

}  // namespace

void* operator new(std::size_t size) { return take(size); }
void operator delete(void* place) noexcept { give_back(place); }
void operator delete(void* place, std::size_t) noexcept { give_back(place); }

namespace tribunal {
namespace {

using Judge = MonitorFinding (*)(const History&, std::span<const std::uint32_t>, Watch&);

struct Subject {
  std::string_view name;
  Function insert, remove;
  Judge judge;
};

constexpr std::size_t workers = 8;

// One container that takes each call at a moment between its two records.
class Traffic {
 public:
  Traffic(const Subject& subject, std::size_t operations, unsigned lost_percent)
      : subject_(subject), operations_(operations), lost_percent_(lost_percent) {}

  History run() {
    history_.operations.reserve(operations_);
    std::vector<std::size_t> open(workers, none);
    std::vector<bool> done(workers, false);
    std::size_t busy = 0;
    while (history_.operations.size() < operations_ || busy > 0) {
      const std::size_t worker = random_.below(workers);
      if (open[worker] == none) {
        if (history_.operations.size() == operations_) continue;
        open[worker] = invoke();
        done[worker] = false;
        ++busy;
      } else if (!done[worker]) {
        take_effect(history_.operations[open[worker]]);
        done[worker] = true;
      } else {
        complete(history_.operations[open[worker]]);
        open[worker] = none;
        --busy;
      }
    }
    return std::move(history_);
  }

 private:
  static constexpr std::size_t none = SIZE_MAX;

  std::size_t invoke() {
    Operation operation;
    operation.began = history_.events++;
    operation.function = random_.below(2) == 0 ? subject_.insert : subject_.remove;
    const bool names = subject_.remove == Function::remove;
    if (operation.function == subject_.remove && names && set_.empty())
      operation.function = subject_.insert;
    if (operation.function == subject_.insert) {
      const std::int64_t value = ++last_value_;
      // A priority queue gets its values in no order; each is still its own.
      const bool shuffled = subject_.judge == monitor_priority_queue;
      operation.value = Value::integer(shuffled ? value * 7'368'787 % 1'000'000'007 : value);
    } else if (names) {
      const std::size_t place = random_.below(set_.size());
      operation.value = Value::integer(set_[place]);
      set_[place] = set_.back();
      set_.pop_back();
    }
    history_.operations.push_back(operation);
    return history_.operations.size() - 1;
  }

  void take_effect(Operation& operation) {
    if (operation.function == subject_.insert) {
      const std::int64_t value = operation.value.as_integer();
      if (subject_.judge == monitor_set) set_.push_back(value);
      if (subject_.judge == monitor_priority_queue) largest_.push(value);
      if (subject_.judge == monitor_queue || subject_.judge == monitor_stack)
        line_.push_back(value);
    } else if (subject_.judge == monitor_priority_queue && !largest_.empty()) {
      operation.value = Value::integer(largest_.top());
      largest_.pop();
    } else if (!line_.empty()) {
      const bool first = subject_.judge == monitor_queue;
      operation.value = Value::integer(first ? line_.front() : line_.back());
      if (first) {
        line_.pop_front();
      } else {
        line_.pop_back();
      }
    }
  }

  void complete(Operation& operation) {
    if (random_.below(100) < lost_percent_) {
      if (operation.function == subject_.remove && subject_.judge != monitor_set)
        operation.value = Value::nil();
      return;
    }
    operation.outcome = Outcome::ok;
    operation.ended = history_.events++;
  }

  const Subject& subject_;
  const std::size_t operations_;
  const unsigned lost_percent_;
  Random random_{7};
  History history_;
  std::vector<std::int64_t> set_;
  std::deque<std::int64_t> line_;
  std::priority_queue<std::int64_t> largest_;
  std::int64_t last_value_ = 0;
};

void measure(const Subject& subject, std::size_t operations, unsigned lost_percent) {
  const History history = Traffic(subject, operations, lost_percent).run();
  std::vector<std::uint32_t> places(operations);
  std::iota(places.begin(), places.end(), 0u);
  const Budget budget;
  double best = 1e9;
  std::size_t most = 0;
  MonitorFinding finding;
  for (int round = 0; round < 5; ++round) {
    const std::size_t before = held;
    peak = before;
    Watch watch(budget, 1);
    const auto began = std::chrono::steady_clock::now();
    finding = subject.judge(history, places, watch);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    best = std::min(best, took.count());
    most = std::max(most, peak - before);
  }
  constexpr std::string_view results[] = {"linearizable", "violated", "not applicable", "spent"};
  const auto count = static_cast<double>(operations);
  fmt::print("{:<15} {:>9} {:>6}% {:>9.4f} {:>8.1f} {:>9.1f}  {} {}\n", subject.name, operations,
             lost_percent, best, count / best / 1e6, static_cast<double>(most) / count,
             results[finding.result], finding.why);
  std::fflush(stdout);
}

}  // namespace
}  // namespace tribunal

int main(int argc, char** argv) {
  using namespace tribunal;
  const std::size_t most = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
  const Subject subjects[] = {
      {"set", Function::add, Function::remove, monitor_set},
      {"queue", Function::enqueue, Function::dequeue, monitor_queue},
      {"priority queue", Function::enqueue, Function::dequeue, monitor_priority_queue},
      {"stack", Function::push, Function::pop, monitor_stack}};
  fmt::print("{:<15} {:>9} {:>7} {:>9} {:>8} {:>9}\n", "object", "ops", "lost", "seconds", "Mops/s",
             "bytes/op");
  for (const Subject& subject : subjects) {
    for (std::size_t operations = 100'000; operations <= most; operations *= 10) {
      for (const unsigned lost : {0u, 5u}) measure(subject, operations, lost);
    }
  }
}
