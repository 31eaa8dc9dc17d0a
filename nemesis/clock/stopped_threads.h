// All threads of a process, held still by ptrace while its code is changed.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <vector>

namespace tribunal {

class StoppedThreads {
 public:
  // See while_stopped, by which alone this comes to be.
  StoppedThreads(pid_t process, std::chrono::milliseconds deadline);
  ~StoppedThreads();
  StoppedThreads(const StoppedThreads&) = delete;

  std::size_t count() const { return threads_.size(); }
  struct Place {
    std::uint64_t instruction = 0, stack = 0;
  };
  std::vector<Place> places() const;  // where each thread stands
  // Writes words although the page may not be written, where /proc/PID/mem does not allow that.
  // Whether all were.
  bool poke(std::uint64_t address, const void* bytes, std::size_t length) const;

 private:
  struct Thread {
    pid_t id = 0;
    int signal = 0;  // it was about to receive this one
  };
  bool take(pid_t thread, std::chrono::steady_clock::time_point until);
  void release();

  pid_t process_;
  std::vector<Thread> threads_;
};

// Stops every thread of a process, those begun meanwhile too, runs `body`, and lets it go on as it
// was, signals that came meanwhile included. It is traced from a thread of its own, at whose end,
// or at the death of this program, however it dies, the kernel lets go of all that was held. Throws
// what `body` throws, and std::runtime_error when the process has gone, somebody else traces it, or
// a thread does not stop before the deadline.
void while_stopped(pid_t process, std::chrono::milliseconds deadline,
                   const std::function<void(const StoppedThreads&)>& body);

}  // namespace tribunal
