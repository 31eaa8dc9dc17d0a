// Three processes hold a cell: the outer one waits, the init of the new pid namespace reaps, the
// controller works. Whichever of them dies, by whatever signal, takes the namespaces along: the
// init dies with the outer process (parent-death signal) and with the controller (it exits), and
// the kernel kills all that is left in a pid namespace when its init has gone.
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "harness/cluster/cell.h"
#include "harness/cluster/descriptor.h"
#include "harness/cluster/failed_step.h"
#include "harness/cluster/interface.h"

namespace tribunal {
namespace {

using nlohmann::json;

constexpr int exit_environment = 3;

sigset_t watched_signals() {
  sigset_t set;
  ::sigemptyset(&set);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGCHLD}) ::sigaddset(&set, signal);
  return set;
}

// Blocks the watched signals, to be met by sigwaitinfo alone, and puts the mask back at its end.
class WatchedSignals {
 public:
  WatchedSignals() {
    ::signal(SIGCHLD, SIG_DFL);  // inherited as ignored, it would take every exit status away
    const sigset_t set = watched_signals();
    ::sigprocmask(SIG_BLOCK, &set, &before_);
  }
  ~WatchedSignals() { restore(); }
  WatchedSignals(const WatchedSignals&) = delete;
  void restore() const { ::sigprocmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_{};
};

struct Pipe {
  Descriptor read, write;
};

// A socket rather than a pipe where the reader may have been killed: the writer must not die of
// that.
Pipe make_gate() {
  int ends[2];
  must(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), "make a socket pair");
  return {Descriptor(ends[0]), Descriptor(ends[1])};
}

Pipe make_pipe() {
  int ends[2];
  must(::pipe2(ends, O_CLOEXEC), "make a pipe");
  return {Descriptor(ends[0]), Descriptor(ends[1])};
}

// What init and controller have to say to the outer process, one line of JSON each. It is read when
// both are dead, so a line must fit the pipe.
void report(const Descriptor& to, const json& line) {
  const std::string text = line.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
  [[maybe_unused]] const auto ignored = ::write(to.number(), text.data(), text.size());
}

std::string at_most(std::string text) { return text.substr(0, 8000); }

constexpr pid_t any_child = -1;

// Forwards the watched signals to `child` until it is dead and returns its wait status; reaps
// `whom` meanwhile.
int await(pid_t child, pid_t whom) {
  const sigset_t set = watched_signals();
  while (true) {
    int status = 0;
    pid_t dead = 0;
    while ((dead = ::waitpid(whom, &status, WNOHANG)) > 0)
      if (dead == child) return status;
    siginfo_t info{};
    const int signal = ::sigwaitinfo(&set, &info);
    if (signal > 0 && signal != SIGCHLD) ::kill(child, signal);
  }
}

void write_file(const std::string& path, const std::string& text, const char* step) {
  const Descriptor file(must(::open(path.c_str(), O_WRONLY | O_CLOEXEC), step));
  must(::write(file.number(), text.data(), text.size()), step);
}

// Root keeps every identity it has, so that file permissions stay what they were; anybody else
// becomes the root of the namespace and is the only one there.
std::string identity_map(const char* own_map, unsigned own_id) {
  if (::geteuid() != 0) return fmt::format("0 {} 1\n", own_id);
  std::ifstream file(own_map);
  std::string map;
  for (std::uint64_t inside = 0, outside = 0, count = 0; file >> inside >> outside >> count;)
    map += fmt::format("{} {} {}\n", inside, inside, count);
  return map;
}

void write_identity_maps(pid_t init) {
  const std::string folder = fmt::format("/proc/{}/", init);
  if (::geteuid() != 0) write_file(folder + "setgroups", "deny", "deny setgroups");
  write_file(folder + "uid_map", identity_map("/proc/self/uid_map", ::geteuid()),
             "map user identities");
  write_file(folder + "gid_map", identity_map("/proc/self/gid_map", ::getegid()),
             "map group identities");
}

void furnish_namespaces() {
  must(::setsid(), "begin a session");
  must(::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr), "make all mounts private");
  must(::mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr),
       "mount a fresh /proc");
  must(::sethostname("tribunal", 8), "name the cell's machine");
  bring_up("lo");
}

[[noreturn]] void be_controller(const std::function<int()>& body, const Descriptor& reports) {
  int code = exit_environment;
  try {
    code = body();
  } catch (const Error& error) {
    report(reports, {{"error", at_most(error.what())},
                     {"fix", at_most(error.fix())},
                     {"blame", static_cast<int>(error.blame())}});
  } catch (const std::exception& error) {
    report(reports, {{"exception", at_most(error.what())}});
  }
  std::cout.flush();
  std::fflush(nullptr);
  ::_exit(code);
}

// Whether the outer process still lives, or died after we asked for its death signal: then that is
// on its way. Its end of the pipe tells, since it has no number in our pid namespace.
bool has_reader(const Descriptor& pipe_end) {
  pollfd end{pipe_end.number(), POLLOUT, 0};
  ::poll(&end, 1, 0);
  return !(end.revents & POLLERR);
}

[[noreturn]] void be_init(const std::function<int()>& body, const WatchedSignals& signals, Pipe go,
                          Pipe reports) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  go.write.close();
  reports.read.close();
  char byte = 0;
  if (::read(go.read.number(), &byte, 1) != 1) ::_exit(exit_environment);  // the outer one is gone
  go.read.close();
  if (!has_reader(reports.write))
    ::_exit(exit_environment);  // it let us go on, and died too early for the signal
  try {
    furnish_namespaces();
    const pid_t controller = must(::fork(), "start the controller");
    if (controller == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      signals.restore();
      be_controller(body, reports.write);
    }
    const int status = await(controller, any_child);
    if (WIFEXITED(status)) ::_exit(WEXITSTATUS(status));
    report(reports.write, {{"signal", WTERMSIG(status)}});
    ::_exit(128 + WTERMSIG(status));
  } catch (const FailedStep& failed) {
    report(reports.write, {{"failed", failed.step}, {"errno", failed.error}});
  }
  ::_exit(exit_environment);
}

pid_t clone_with_namespaces() {
  const unsigned long flags = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWPID |
                              CLONE_NEWUTS | CLONE_NEWIPC | SIGCHLD;
  return static_cast<pid_t>(::syscall(SYS_clone, flags, nullptr, nullptr, nullptr, nullptr));
}

int died_of(int signal, const char* who) {
  std::cerr << fmt::format("tribunal: {} died of signal {} ({}); the cell went with it\n", who,
                           signal, ::strsignal(signal));
  return exit_environment;
}

// What the outer process returns or throws, given how the init ended and what it and the controller
// reported.
int conclude(int status, const Descriptor& reports) {
  std::string text;
  char buffer[4096];
  for (ssize_t n = 0; (n = ::read(reports.number(), buffer, sizeof buffer)) > 0;)
    text.append(buffer, static_cast<std::size_t>(n));
  const json said = text.empty() ? json::object() : json::parse(text.substr(0, text.find('\n')));
  if (said.contains("failed")) throw cell_unavailable({said["failed"], said["errno"]});
  if (said.contains("error"))
    throw Error(static_cast<Blame>(said["blame"].get<int>()), said["error"], said["fix"]);
  if (said.contains("exception")) throw std::runtime_error(said["exception"].get<std::string>());
  if (said.contains("signal")) return died_of(said["signal"], "the controller");
  if (WIFSIGNALED(status)) return died_of(WTERMSIG(status), "the cell's init");
  return WEXITSTATUS(status);
}

}  // namespace

int inside_cell(const std::function<int()>& body) {
  std::cout.flush();
  std::fflush(nullptr);  // or the controller would write the same once more
  const WatchedSignals signals;
  try {
    Pipe go = make_gate(), reports = make_pipe();
    const pid_t init =
        must(clone_with_namespaces(), "create user, mount, network and pid namespaces");
    if (init == 0) be_init(body, signals, std::move(go), std::move(reports));
    go.read.close();
    reports.write.close();
    try {
      write_identity_maps(init);
      must(::send(go.write.number(), "g", 1, MSG_NOSIGNAL), "let the cell's init go on");
    } catch (const FailedStep&) {
      go.write.close();  // at which the init exits
      int status = 0;
      ::waitpid(init, &status, 0);
      if (WIFSIGNALED(status)) return died_of(WTERMSIG(status), "the cell's init");
      throw;
    }
    return conclude(await(init, init), reports.read);
  } catch (const FailedStep& failed) {
    throw cell_unavailable(failed);
  }
}

}  // namespace tribunal
