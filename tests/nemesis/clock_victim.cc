#include "tests/nemesis/clock_victim.h"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace tribunal {
namespace {

constexpr std::int64_t hour = 3'600'000'000'000;

std::int64_t nanoseconds_of(const timespec& time) {
  return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

std::int64_t read_clock(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return nanoseconds_of(now);
}

VictimReading read_all() {
  VictimReading reading{read_clock(CLOCK_REALTIME), read_clock(CLOCK_MONOTONIC),
                        read_clock(CLOCK_BOOTTIME), 0, ::time(nullptr)};
  timeval now{};
  ::gettimeofday(&now, nullptr);
  reading.of_day = now.tv_sec * 1'000'000 + now.tv_usec;
  return reading;
}

struct Watching {
  std::atomic<std::uint64_t> readings{0}, impossible{0};
};

// Compares what the vDSO says with what the kernel says, which no patch reaches.
[[noreturn]] void watch(Watching& watching) {
  while (true) {
    timespec truth{};
    ::syscall(SYS_clock_gettime, CLOCK_REALTIME, &truth);
    const std::int64_t ahead = read_clock(CLOCK_REALTIME) - nanoseconds_of(truth);
    bool possible = false;
    for (const std::int64_t hours : possible_hours)
      possible = possible || std::llabs(ahead - hours * hour) < hour / 4;
    ++watching.readings;
    if (!possible) ++watching.impossible;
  }
}

void answer_from_child(int socket) {
  const pid_t child = ::fork();
  if (child == 0) {
    const VictimReading reading = read_all();
    ::send(socket, &reading, sizeof reading, MSG_NOSIGNAL);
    ::_exit(0);
  }
  ::waitpid(child, nullptr, 0);
}

[[noreturn]] void be_victim(int socket, int threads) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  static Watching watching;
  for (int i = 0; i < threads; ++i) std::thread([] { watch(watching); }).detach();
  for (char what = 0; ::recv(socket, &what, 1, 0) == 1;) {
    if (what == 'f') {
      answer_from_child(socket);
    } else if (what == 's') {
      const ClockVictim::Seen seen{watching.readings, watching.impossible};
      ::send(socket, &seen, sizeof seen, MSG_NOSIGNAL);
    } else {
      const VictimReading reading = read_all();
      ::send(socket, &reading, sizeof reading, MSG_NOSIGNAL);
    }
  }
  ::_exit(0);
}

std::string status_line(pid_t process, const std::string& name) {
  std::ifstream file("/proc/" + std::to_string(process) + "/status");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with(name + ":")) return line.substr(name.size() + 1);
  return {};
}

}  // namespace

ClockVictim::ClockVictim(int threads) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    throw std::runtime_error("no socket pair");
  pid_ = ::fork();
  if (pid_ == 0) {
    ::close(ends[0]);
    be_victim(ends[1], threads);
  }
  ::close(ends[1]);
  socket_ = ends[0];
  read();
}

ClockVictim::~ClockVictim() {
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  ::close(socket_);
}

void ClockVictim::ask(char what, void* answer, std::size_t length) {
  ::send(socket_, &what, 1, MSG_NOSIGNAL);
  constexpr int patience = 10'000;
  pollfd ready{socket_, POLLIN, 0};
  if (::poll(&ready, 1, patience) != 1 ||
      ::recv(socket_, answer, length, MSG_WAITALL) != static_cast<ssize_t>(length))
    throw std::runtime_error("the victim does not answer");
}

VictimReading ClockVictim::read() {
  VictimReading reading;
  ask('r', &reading, sizeof reading);
  return reading;
}

VictimReading ClockVictim::fork_and_read() {
  VictimReading reading;
  ask('f', &reading, sizeof reading);
  return reading;
}

ClockVictim::Seen ClockVictim::seen() {
  Seen seen;
  ask('s', &seen, sizeof seen);
  return seen;
}

char state_of(pid_t process) {
  const std::string state = status_line(process, "State");
  return state.size() > 1 ? state[1] : '?';
}

int tracer_of(pid_t process) { return std::atoi(status_line(process, "TracerPid").c_str()); }

}  // namespace tribunal
