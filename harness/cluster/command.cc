#include "harness/cluster/command.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <boost/process.hpp>

#include "harness/cluster/descriptor.h"
#include "harness/cluster/memory_file.h"
#include "harness/record/error.h"

namespace tribunal {
namespace {

namespace process = boost::process;

// Waits by a descriptor of the process, so that no signal handler and no second thread is needed.
bool ends_within(pid_t pid, Milliseconds deadline) {
  const Descriptor handle(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  pollfd end{handle.number(), POLLIN, 0};
  const auto until = std::chrono::steady_clock::now() + deadline;
  while (true) {
    const auto left =
        std::chrono::duration_cast<Milliseconds>(until - std::chrono::steady_clock::now());
    const int ready =
        ::poll(&end, 1, static_cast<int>(std::max<Milliseconds::rep>(left.count(), 0)));
    if (ready > 0) return true;
    if (ready == 0) return false;
  }
}

int status_of(const process::child& child) {
  const int native = child.native_exit_code();
  return WIFSIGNALED(native) ? 128 + WTERMSIG(native) : WEXITSTATUS(native);
}

}  // namespace

std::optional<std::string> find_program(const std::string& name) {
  if (name.find('/') != std::string::npos)
    return ::access(name.c_str(), X_OK) == 0 ? std::optional(name) : std::nullopt;
  auto folders = boost::this_process::path();
  for (const char* folder : {"/usr/local/sbin", "/usr/sbin", "/sbin"}) folders.emplace_back(folder);
  const auto path = process::search_path(name, folders);
  if (path.empty()) return {};
  return boost::filesystem::absolute(path).string();
}

CommandResult run_command(const std::vector<std::string>& command, Milliseconds deadline,
                          const std::string& input) {
  const auto program = find_program(command.at(0));
  if (!program)
    throw Error(Blame::environment, fmt::format("there is no program '{}' on PATH", command[0]));
  const Descriptor in = memory_file(input), out = memory_file(), err = memory_file();
  const std::vector<std::string> arguments(command.begin() + 1, command.end());
  std::error_code failed;
  process::group group;
  process::child child(boost::filesystem::path(*program), process::args(arguments), group, failed,
                       process::posix::fd.bind(STDIN_FILENO, in.number()),
                       process::posix::fd.bind(STDOUT_FILENO, out.number()),
                       process::posix::fd.bind(STDERR_FILENO, err.number()));
  if (failed)
    throw Error(Blame::environment, fmt::format("cannot start {}: {}", *program, failed.message()));
  CommandResult result;
  result.timed_out = !ends_within(child.id(), deadline);
  if (result.timed_out) group.terminate(failed);
  child.wait();
  result.status = status_of(child);
  result.out = content_of(out);
  result.err = content_of(err);
  return result;
}

}  // namespace tribunal
