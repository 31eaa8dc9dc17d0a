#include "harness/cluster/host_spawn.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <sched.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>

#include "harness/cluster/failed_step.h"

namespace tribunal {
namespace {

void write_own(const char* file, const char* text) {
  const Descriptor descriptor(must(::open(file, O_WRONLY | O_CLOEXEC), "become an ordinary user"));
  must(::write(descriptor.number(), text, std::strlen(text)), "become an ordinary user");
}

// A user namespace in which our one identity is called 1000, for servers that refuse to run as
// root. No other identity exists there, so it works where the cell itself was begun by an ordinary
// user.
void become_ordinary_user() {
  must(::unshare(CLONE_NEWUSER), "become an ordinary user");
  write_own("/proc/self/setgroups", "deny");
  write_own("/proc/self/uid_map", "1000 0 1");
  write_own("/proc/self/gid_map", "1000 0 1");
}

void take_defaults(const Program& program) {
  ::setsid();
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  for (int signal = 1; signal < SIGRTMIN; ++signal) ::signal(signal, SIG_DFL);
  ::umask(022);
  // Once more for each process, since a fault may have mounted a disk there.
  [[maybe_unused]] const int entered = ::chdir(host_data_folder);
  must(::dup2(program.in.number(), STDIN_FILENO), "pass on standard input");
  must(::dup2(program.out.number(), STDOUT_FILENO), "pass on standard output");
  must(::dup2(program.err.number(), STDERR_FILENO), "pass on standard error");
  ::syscall(SYS_close_range, 3, ~0U, CLOSE_RANGE_CLOEXEC);
}

std::vector<char*> pointers_to(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (const auto& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

void execute_covered(const Descriptor& folder, const std::string& within, char* const* arguments,
                     char* const* environment) {
  if (!folder) return;
  const int file =
      ::openat(folder.number(), within.c_str(), O_RDONLY);  // a script must be able to read itself
  if (file >= 0) ::fexecve(file, arguments, environment);
}

// Returns only if it failed, with errno as execve set it.
void execute(const Program& program, const CoveredFolders& covered) {
  const auto arguments = pointers_to(program.command),
             environment = pointers_to(program.environment);
  const std::string& path = program.command.front();
  ::execvpe(path.c_str(), arguments.data(), environment.data());
  const int answer = errno;
  if (answer == ENOENT && path.starts_with("/tmp/"))
    execute_covered(covered.tmp, path.substr(5), arguments.data(), environment.data());
  if (answer == ENOENT && path.starts_with("/run/"))
    execute_covered(covered.run, path.substr(5), arguments.data(), environment.data());
  errno = answer;
}

[[noreturn]] void be_program(const Program& program, const CoveredFolders& covered, int failures) {
  int error = 0;
  try {
    take_defaults(program);
    if (program.identity == Identity::ordinary_user) become_ordinary_user();
    for (const auto& variable :
         program.environment)  // execvpe looks on our PATH, not on the program's
      if (variable.starts_with("PATH=")) ::putenv(const_cast<char*>(variable.c_str()));
    execute(program, covered);
    error = errno;
  } catch (const FailedStep& failed) {
    error = failed.error;
  }
  [[maybe_unused]] const auto ignored = ::write(failures, &error, sizeof error);
  ::_exit(127);
}

}  // namespace

int spawn(const Program& program, const CoveredFolders& covered) {
  int ends[2];
  must(::pipe2(ends, O_CLOEXEC), "make a pipe");
  const Descriptor read(ends[0]);
  Descriptor write(ends[1]);
  const pid_t pid = must(::fork(), "start a process");
  if (pid == 0) be_program(program, covered, write.number());
  write.close();
  int error = 0;
  if (::read(read.number(), &error, sizeof error) <= 0) return pid;  // closed by a successful exec
  ::waitpid(pid, nullptr, 0);
  throw FailedStep{"start " + program.command.front(), error};
}

}  // namespace tribunal
