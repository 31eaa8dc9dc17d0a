#include "clients/adapter/process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/close_range.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "harness/cluster/command.h"

namespace tribunal {
namespace {

using std::chrono::steady_clock;

constexpr std::size_t longest_line = std::size_t{4} << 20;
constexpr std::size_t longest_log = std::size_t{8} << 20, longest_last_words = 2048;
constexpr Milliseconds time_to_end{300};

int milliseconds_until(AdapterProcess::Time until) {
  const auto left = std::chrono::ceil<Milliseconds>(until - steady_clock::now()).count();
  return static_cast<int>(std::clamp<Milliseconds::rep>(left, 0, 60'000));
}

// Between fork and exec in a process with threads: nothing but system calls.
[[noreturn]] void become_adapter(char* const* argv, int in, int out, int err, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(127);
  ::setsid();
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  for (int signal = 1; signal < SIGRTMIN; ++signal) ::signal(signal, SIG_DFL);
  ::dup2(in, STDIN_FILENO);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(err, STDERR_FILENO);
  ::syscall(SYS_close_range, 3, ~0U, CLOSE_RANGE_CLOEXEC);
  ::execv(argv[0], argv);
  constexpr char words[] = "tribunal: the adapter cannot be executed\n";
  [[maybe_unused]] const auto ignored = ::write(STDERR_FILENO, words, sizeof words - 1);
  ::_exit(127);
}

}  // namespace

AdapterProcess::AdapterProcess(const std::vector<std::string>& command,
                               const std::filesystem::path& log) {
  std::vector<std::string> words = command;
  const auto program = words.empty() ? std::nullopt : find_program(words[0]);
  if (!program) {
    not_started_ = fmt::format("there is no program '{}'", words.empty() ? "" : words[0]);
    return;
  }
  words[0] = *program;
  // A socket and not a pipe, since writing to a reader that died must not raise SIGPIPE.
  int questions[2], answers[2], errors[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, questions) != 0) {
    not_started_ = fmt::format("no socket: {}", std::strerror(errno));
    return;
  }
  in_ = Descriptor(questions[0]);
  const Descriptor its_in(questions[1]);
  if (::pipe2(answers, O_CLOEXEC) != 0) {
    not_started_ = fmt::format("no pipe: {}", std::strerror(errno));
    return;
  }
  out_ = Descriptor(answers[0]);
  const Descriptor its_out(answers[1]);
  if (::pipe2(errors, O_CLOEXEC) != 0) {
    not_started_ = fmt::format("no pipe: {}", std::strerror(errno));
    return;
  }
  err_ = Descriptor(errors[0]);
  const Descriptor its_err(errors[1]);
  log_ = Descriptor(log.empty()
                        ? ::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3)
                        : ::open(log.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644));
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid == 0)
    become_adapter(argv.data(), its_in.number(), its_out.number(), its_err.number(), parent);
  if (pid < 0) {
    not_started_ = fmt::format("cannot be started: {}", std::strerror(errno));
    return;
  }
  pid_ = pid;
}

AdapterProcess::~AdapterProcess() {
  if (pid_ < 0) return;
  in_.close();
  await_end(steady_clock::now() + time_to_end);
  kill();
  if (await_end(steady_clock::now() + std::chrono::seconds(5))) ::waitpid(pid_, nullptr, 0);
}

AdapterProcess::Sent AdapterProcess::send(const std::string& line, Time until) {
  const std::string text = line + "\n";
  std::size_t sent = 0;
  while (sent < text.size() && in_) {
    const auto n =
        ::send(in_.number(), text.data() + sent, text.size() - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n > 0) {
      sent += static_cast<std::size_t>(n);
      continue;
    }
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno != EAGAIN) break;
    pollfd room{in_.number(), POLLOUT, 0};
    const int ready = ::poll(&room, 1, milliseconds_until(until));
    if (ready == 0 || (ready < 0 && errno != EINTR)) break;
  }
  return sent == text.size() ? Sent::all : sent == 0 ? Sent::nothing : Sent::some;
}

AdapterProcess::Filled AdapterProcess::fill(Time until) {
  if (!out_) return Filled::end;
  while (true) {
    pollfd more[] = {{out_.number(), POLLIN, 0}, {err_.number(), POLLIN, 0}};
    const int ready = ::poll(more, 2, milliseconds_until(until));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return Filled::nothing_in_time;
    if (more[1].revents != 0) keep_errors();
    if (more[0].revents != 0) break;
    if (steady_clock::now() >= until) return Filled::nothing_in_time;
  }
  char bytes[65536];
  const auto n = ::read(out_.number(), bytes, sizeof bytes);
  if (n <= 0) return Filled::end;
  buffer_.append(bytes, static_cast<std::size_t>(n));
  return Filled::some;
}

// Pre: there is something to be read, or its end. Read also where nothing is kept any more, since
// one that waits for room to complain in would not answer.
void AdapterProcess::keep_errors() {
  char bytes[65536];
  const auto n = ::read(err_.number(), bytes, sizeof bytes);
  if (n < 0 && errno == EINTR) return;
  if (n <= 0) return err_.close();
  last_words_.append(bytes, static_cast<std::size_t>(n));
  if (last_words_.size() > longest_last_words)
    last_words_.erase(0, last_words_.size() - longest_last_words);
  struct stat log {};
  if (!log_ || ::fstat(log_.number(), &log) != 0) return;
  // A file has what all the others wrote, too.
  const std::size_t there = S_ISREG(log.st_mode) ? static_cast<std::size_t>(log.st_size) : kept_;
  if (there >= longest_log) return log_.close();
  const auto room = std::min(static_cast<std::size_t>(n), longest_log - there);
  if (const auto written = ::write(log_.number(), bytes, room); written > 0)
    kept_ += static_cast<std::size_t>(written);
  if (there + room < longest_log) return;
  constexpr char cut[] = "\n(the rest is not kept)\n";
  [[maybe_unused]] const auto ignored = ::write(log_.number(), cut, sizeof cut - 1);
}

std::string AdapterProcess::last_line() const {
  const auto end = last_words_.find_last_not_of(" \t\r\n");
  if (end == std::string::npos) return {};
  const auto before = last_words_.find_last_of('\n', end);
  const auto begin = before == std::string::npos ? 0 : before + 1;
  return last_words_.substr(begin, end + 1 - begin);
}

AdapterProcess::Got AdapterProcess::receive(std::string& line, Time until) {
  std::size_t searched = 0;
  while (true) {
    if (const auto end = buffer_.find('\n', searched); end != std::string::npos) {
      line = buffer_.substr(0, end);
      buffer_.erase(0, end + 1);
      return Got::line;
    }
    if (buffer_.size() > longest_line) return Got::too_long;
    searched = buffer_.size();
    const Filled filled = fill(until);
    if (filled == Filled::end) return Got::end;
    // One that never ends its line must not hold us longer than one that is silent.
    if (filled == Filled::nothing_in_time) return Got::nothing_in_time;
  }
}

bool AdapterProcess::has_more() {
  return !buffer_.empty() || fill(steady_clock::now()) != Filled::nothing_in_time;
}

void AdapterProcess::kill() {
  if (pid_ < 0) return;
  ::kill(-pid_, SIGKILL);
  ::kill(pid_, SIGKILL);  // it may not have begun its session yet
}

bool AdapterProcess::await_end(Time until) {
  if (pid_ < 0 || ended_) return true;
  const Descriptor handle(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
  pollfd wanted[] = {{handle.number(), POLLIN, 0}, {-1, POLLIN, 0}};
  while (true) {
    wanted[1].fd = err_.number();
    const int ready = ::poll(wanted, 2, milliseconds_until(until));
    if (ready < 0 && errno == EINTR) continue;
    if (ready > 0 && wanted[1].revents != 0) keep_errors();
    // Its last words are all there when it has ended, and those of what it started are not waited
    // for; they fit into a pipe, which is one read.
    if (wanted[0].revents != 0 || ready <= 0 || steady_clock::now() >= until) break;
  }
  // Left as it is until the destructor, so that its number, by which its session is killed, stays
  // its own.
  siginfo_t how{};
  if (wanted[0].revents == 0 ||
      ::waitid(P_PID, static_cast<id_t>(pid_), &how, WEXITED | WNOWAIT | WNOHANG) != 0)
    return false;
  ended_ = how.si_pid == pid_;
  by_signal_ = how.si_code != CLD_EXITED;
  status_ = how.si_status;
  pollfd rest{err_.number(), POLLIN, 0};
  if (ended_ && err_ && ::poll(&rest, 1, 0) > 0) keep_errors();
  return ended_;
}

std::string AdapterProcess::end() {
  if (!not_started_.empty()) return not_started_;
  const bool ended = await_end(steady_clock::now() + time_to_end);
  const std::string how = ended ? fmt::format("{} {}", by_signal_ ? "signal" : "exit code", status_)
                                : "it closed its output";
  const std::string line = last_line();
  return line.empty() || (ended && status_ == 0) ? how : how + ": " + line;
}

}  // namespace tribunal
