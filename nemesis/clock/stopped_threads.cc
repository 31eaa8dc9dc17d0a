#include "nemesis/clock/stopped_threads.h"

#include <elf.h>
#include <fmt/format.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <thread>

namespace tribunal {
namespace {

using StopDeadline = std::chrono::steady_clock::time_point;

std::vector<pid_t> threads_of(pid_t process) {
  std::vector<pid_t> threads;
  std::error_code gone;
  for (std::filesystem::directory_iterator entry(fmt::format("/proc/{}/task", process), gone), end;
       !gone && entry != end; entry.increment(gone)) {
    const std::string name = entry->path().filename().string();
    pid_t thread = 0;
    std::from_chars(name.data(), name.data() + name.size(), thread);
    if (thread > 0) threads.push_back(thread);
  }
  return threads;
}

bool thread_has_ended(pid_t thread) {
  std::ifstream file(fmt::format("/proc/{}/stat", thread));
  std::string text;
  std::getline(file, text, '\0');
  const auto close = text.rfind(')');
  return close == std::string::npos || close + 2 >= text.size() || text[close + 2] == 'Z' ||
         text[close + 2] == 'X';
}

// Waits until a thread stands still and returns the signal it was about to receive, 0 if none, -1
// if it has gone. The report is left where it is (WNOWAIT): taken, the signal would be lost if we
// died.
int await_stop(pid_t thread, StopDeadline until) {
  auto pause = std::chrono::microseconds(10);
  while (true) {
    siginfo_t report{};
    if (::waitid(P_PID, static_cast<id_t>(thread), &report,
                 WSTOPPED | WEXITED | WNOWAIT | WNOHANG | __WALL) != 0)
      return -1;
    if (report.si_pid == thread) {
      if (report.si_code != CLD_TRAPPED && report.si_code != CLD_STOPPED) return -1;
      return report.si_status >> 8 ? 0 : report.si_status;  // an event, or a signal on its way
    }
    if (std::chrono::steady_clock::now() > until)
      throw std::runtime_error(fmt::format("thread {} did not stop in time", thread));
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, std::chrono::microseconds(1000));
  }
}

}  // namespace

StoppedThreads::StoppedThreads(pid_t process, std::chrono::milliseconds deadline)
    : process_(process) {
  const StopDeadline until = std::chrono::steady_clock::now() + deadline;
  try {
    // A running thread may begin another one; a round without a new one means that none is left.
    for (int quiet = 0; quiet < 2; ++quiet)
      for (const pid_t thread : threads_of(process))
        if (std::none_of(threads_.begin(), threads_.end(),
                         [&](const Thread& held) { return held.id == thread; }) &&
            take(thread, until))
          quiet = 0;
    if (threads_.empty()) throw std::runtime_error(fmt::format("process {} has gone", process));
  } catch (...) {
    release();
    throw;
  }
}

bool StoppedThreads::take(pid_t thread, StopDeadline until) {
  if (::ptrace(PTRACE_SEIZE, thread, nullptr, nullptr) != 0) {
    const int reason = errno;
    if (reason == ESRCH || thread_has_ended(thread)) return false;
    throw std::runtime_error(fmt::format("cannot trace thread {} of process {}: {}", thread,
                                         process_, std::strerror(reason)));
  }
  threads_.push_back({thread, 0});
  ::ptrace(PTRACE_INTERRUPT, thread, nullptr, nullptr);
  const int signal = await_stop(thread, until);
  if (signal < 0)
    threads_.pop_back();
  else
    threads_.back().signal = signal;
  return true;
}

void StoppedThreads::release() {
  for (const Thread& thread : threads_)
    ::ptrace(PTRACE_DETACH, thread.id, nullptr,
             reinterpret_cast<void*>(static_cast<std::intptr_t>(thread.signal)));
  threads_.clear();
}

StoppedThreads::~StoppedThreads() { release(); }

std::vector<StoppedThreads::Place> StoppedThreads::places() const {
  std::vector<Place> places;
  for (const Thread& thread : threads_) {
    user_regs_struct registers{};
    iovec area{&registers, sizeof registers};
    if (::ptrace(PTRACE_GETREGSET, thread.id, reinterpret_cast<void*>(NT_PRSTATUS), &area) != 0)
      continue;  // killed meanwhile
#if defined(__x86_64__)
    places.push_back({registers.rip, registers.rsp});
#elif defined(__aarch64__)
    places.push_back({registers.pc, registers.sp});
#endif
  }
  return places;
}

bool StoppedThreads::poke(std::uint64_t address, const void* bytes, std::size_t length) const {
  if (threads_.empty()) return false;
  const pid_t thread = threads_.front().id;
  const auto* from = static_cast<const std::uint8_t*>(bytes);
  for (std::size_t done = 0; done < length;) {
    const std::uint64_t word_at = (address + done) / sizeof(long) * sizeof(long);
    const std::size_t skipped = address + done - word_at;
    const std::size_t here = std::min(sizeof(long) - skipped, length - done);
    errno = 0;
    long word = ::ptrace(PTRACE_PEEKDATA, thread, reinterpret_cast<void*>(word_at), nullptr);
    if (errno != 0) return false;
    std::memcpy(reinterpret_cast<std::uint8_t*>(&word) + skipped, from + done, here);
    if (::ptrace(PTRACE_POKEDATA, thread, reinterpret_cast<void*>(word_at),
                 reinterpret_cast<void*>(word)) != 0)
      return false;
    done += here;
  }
  return true;
}

void while_stopped(pid_t process, std::chrono::milliseconds deadline,
                   const std::function<void(const StoppedThreads&)>& body) {
  std::exception_ptr failure;
  std::thread tracer([&] {
    try {
      const StoppedThreads stopped(process, deadline);
      body(stopped);
    } catch (...) {
      failure = std::current_exception();
    }
  });
  tracer.join();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace tribunal
