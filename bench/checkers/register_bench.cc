// How fast linearizable-register judges valid histories, by operations, concurrency, lost answers
// and keys; checking alone, without reading. Usage: register_bench [most operations]
#include <fmt/core.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <new>
#include <vector>

#include "checkers/linearizable_register.h"
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

struct Case {
  std::size_t operations = 0;
  std::size_t concurrency = 5;
  unsigned unknown_percent = 0;
  std::size_t keys = 1;
  bool unique = true;  // or values drawn from five
};

// Workers that always have a call open; each takes effect at a moment of its own between the two
// records.
class Generator {
 public:
  Generator(const Case& shape, std::uint64_t seed)
      : shape_(shape),
        random_(seed),
        held_(shape.keys),
        running_(shape.concurrency, none),
        effective_(shape.concurrency) {
    for (std::uint32_t i = 0; i < shape.concurrency; ++i) processes_.push_back(i);
  }

  History history() {
    history_.operations.reserve(shape_.operations);
    while (history_.operations.size() < shape_.operations) step(random_.below(shape_.concurrency));
    for (std::size_t worker = 0; worker < shape_.concurrency; ++worker) {
      if (running_[worker] != none) complete(worker);
    }
    return std::move(history_);
  }

 private:
  static constexpr std::size_t none = SIZE_MAX;

  void step(std::size_t worker) {
    if (running_[worker] == none) {
      invoke(worker);
    } else if (!effective_[worker]) {
      if (random_.below(200) < shape_.unknown_percent) {
        complete(worker);  // lost before it took effect
      } else {
        take_effect(worker);
      }
    } else {
      complete(worker);
    }
  }

  void invoke(std::size_t worker) {
    Operation operation;
    operation.key = Value::integer(static_cast<std::int64_t>(random_.below(shape_.keys)));
    operation.began = history_.events++;
    operation.invoked_at = operation.began * 1000;
    operation.process = processes_[worker];
    operation.function = random_.below(2) == 0 ? Function::read : Function::write;
    if (operation.function == Function::write) {
      operation.value = Value::integer(shape_.unique ? ++last_value_
                                                     : static_cast<std::int64_t>(random_.below(5)));
    }
    running_[worker] = history_.operations.size();
    effective_[worker] = false;
    history_.operations.push_back(operation);
  }

  void take_effect(std::size_t worker) {
    Operation& operation = history_.operations[running_[worker]];
    Value& register_ = held_[static_cast<std::size_t>(operation.key.as_integer())];
    effective_[worker] = true;
    if (operation.function == Function::read) {
      operation.value = register_;
    } else {
      register_ = operation.value;
    }
  }

  void complete(std::size_t worker) {
    Operation& operation = history_.operations[running_[worker]];
    running_[worker] = none;
    if (!effective_[worker] || random_.below(100) < shape_.unknown_percent) {
      operation.outcome = Outcome::unknown;
      if (operation.function == Function::read) operation.value = Value::nil();
      processes_[worker] += static_cast<std::uint32_t>(shape_.concurrency);
      return;
    }
    operation.outcome = Outcome::ok;
    operation.ended = history_.events++;
    operation.completed_at = operation.ended * 1000;
  }

  Case shape_;
  Random random_;
  std::vector<Value> held_;
  std::vector<std::size_t> running_;
  std::vector<bool> effective_;
  std::vector<std::uint32_t> processes_;
  std::int64_t last_value_ = 0;
  History history_;
};

void measure(const Case& shape) {
  const History history = Generator(shape, 7).history();
  double best = 1e9;
  std::size_t most = 0;
  Verdict verdict;
  for (int round = 0; round < 3; ++round) {
    const std::size_t before = held;
    peak = before;
    Budget budget;
    budget.deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    verdict = check_linearizable_register(history, {}, budget);
    best = std::min(best, verdict.seconds);
    most = std::max(most, peak - before);
    if (verdict.seconds > 5) break;
  }
  const auto operations = static_cast<double>(shape.operations);
  fmt::print("{:>9} {:>5} {:>6}% {:>5} {:>8} {:>10.5f} {:>9.2f} {:>9.1f} {:>8.1f}  {}\n",
             shape.operations, shape.concurrency, shape.unknown_percent, shape.keys,
             shape.unique ? "unique" : "five", best, operations / best / 1e6,
             static_cast<double>(most) / 1e6, static_cast<double>(most) / operations,
             name_of(verdict.judgement));
  std::fflush(stdout);
}

}  // namespace
}  // namespace tribunal

int main(int argc, char** argv) {
  using tribunal::Case;
  const std::size_t most = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
  fmt::print("{:>9} {:>5} {:>7} {:>5} {:>8} {:>10} {:>9} {:>9} {:>8}\n", "ops", "conc", "unknown",
             "keys", "values", "seconds", "Mops/s", "peak MB", "bytes/op");
  for (std::size_t operations = 10'000; operations <= most; operations *= 10) {
    for (const std::size_t keys : {1, 100}) {
      for (const std::size_t concurrency : {5, 10, 25, 100}) {
        for (const unsigned unknown : {0u, 1u, 10u})
          tribunal::measure({operations, concurrency, unknown, keys, true});
      }
    }
  }
  for (const std::size_t concurrency : {5, 10, 25})
    tribunal::measure({10'000, concurrency, 0, 1, false});
}
