// What it costs to have a clock of one's own: a reading before, during and after, and how long a
// process is stopped. Without arguments on a child that does nothing else than read; with process
// numbers, on those (their clocks are moved by a second and put back, 30 times).
#include <fmt/core.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <string>
#include <vector>

#include "nemesis/clock/patched_process.h"

namespace tribunal {
namespace {

using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;

double own_processor_time() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  return static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e9 +
         static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec) * 1e3;
}

// Nanoseconds of processor time a reading, the best of 30 rounds.
double cost_of_reading() {
  constexpr int rounds = 30, readings = 200'000;
  double best = 1e9;
  for (int round = 0; round < rounds; ++round) {
    const double before = own_processor_time();
    timespec now{};
    for (int i = 0; i < readings; ++i) ::clock_gettime(CLOCK_MONOTONIC, &now);
    best = std::min(best, (own_processor_time() - before) / readings);
  }
  return best;
}

// A child that measures whenever it is asked.
class Reader {
 public:
  Reader() {
    if (::pipe(question_) != 0 || ::pipe(answer_) != 0) std::abort();
    pid_ = ::fork();
    if (pid_ != 0) return;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (char byte = 0; ::read(question_[0], &byte, 1) == 1;) {
      const double cost = cost_of_reading();
      if (::write(answer_[1], &cost, sizeof cost) != sizeof cost) break;
    }
    ::_exit(0);
  }
  ~Reader() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  Reader(const Reader&) = delete;
  pid_t pid() const { return pid_; }
  double cost() const {
    double cost = 0;
    if (::write(question_[1], "?", 1) != 1 || ::read(answer_[0], &cost, sizeof cost) < 0)
      std::abort();
    return cost;
  }

 private:
  int question_[2], answer_[2];
  pid_t pid_;
};

void table_of_readings() {
  const Reader reader;
  const auto move = [&](const ClockMotion& motion) {
    PatchedProcess process(reader.pid());
    process.patch(2s);
    process.move(record_of(motion, motion, true_clocks()));
  };
  fmt::print("nanoseconds a reading\n  untouched    {:.1f}\n", reader.cost());
  move({});
  fmt::print("  patched      {:.1f}\n", reader.cost());
  move({1'000'000'000, 1, 0, 0});
  fmt::print("  offset       {:.1f}\n", reader.cost());
  move({0, 1.1, 1'000'000'000, 10'000'000});
  fmt::print("  drift+strobe {:.1f}\n", reader.cost());
  PatchedProcess process(reader.pid());
  process.move(HookRecord{});
  process.restore(2s);
  fmt::print("  restored     {:.1f}\n", reader.cost());
}

std::string median_of(std::vector<double> microseconds) {
  std::sort(microseconds.begin(), microseconds.end());
  return fmt::format("{:.0f} (least {:.0f})", microseconds[microseconds.size() / 2],
                     microseconds.front());
}

void table_of_patching(pid_t pid) {
  std::vector<double> patch, change, restore;
  const auto took = [](std::vector<double>& times, const auto& step) {
    const auto begun = Steady::now();
    step();
    times.push_back(std::chrono::duration<double, std::micro>(Steady::now() - begun).count());
  };
  for (int round = 0; round < 30; ++round) {
    PatchedProcess process(pid);
    took(patch, [&] { process.patch(2s); });
    took(change, [&] { process.move(record_of({1'000'000'000, 1, 0, 0}, {}, true_clocks())); });
    process.move(HookRecord{});
    took(restore, [&] { process.restore(2s); });
  }
  fmt::print("process {}, microseconds: patch {}, change {}, restore {}\n", pid, median_of(patch),
             median_of(change), median_of(restore));
}

}  // namespace
}  // namespace tribunal

int main(int argc, char** argv) {
  if (argc == 1) tribunal::table_of_readings();
  for (int i = 1; i < argc; ++i) tribunal::table_of_patching(std::atoi(argv[i]));
}
