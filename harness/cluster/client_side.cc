#include "harness/cluster/client_side.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>

#include "harness/cluster/command.h"
#include "harness/record/error.h"

namespace tribunal {
namespace {

sockaddr_in probe_place(const std::string& address) {
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(Cluster::probe_port);
  ::inet_pton(AF_INET, address.c_str(), &where.sin_addr);
  return where;
}

Error cannot(const std::string& what, int error) {
  return {Blame::environment, fmt::format("cannot {}: {}", what, std::strerror(error))};
}

// The tool's descriptor 0 is `socket`, its words go to `log`.
pid_t spawn_tool(const std::string& verb, int socket, int log) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  sigset_t none;
  ::sigemptyset(&none);
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawnattr_init(&attributes);
  ::posix_spawn_file_actions_adddup2(&actions, socket, STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, log, STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, log, STDERR_FILENO);
  ::posix_spawnattr_setsigmask(&attributes, &none);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  std::string program = "tribunal", argument = verb;
  char* const arguments[] = {program.data(), argument.data(), nullptr};
  pid_t pid = 0;
  const int error =
      ::posix_spawn(&pid, "/proc/self/exe", &actions, &attributes, arguments, environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::posix_spawnattr_destroy(&attributes);
  if (error != 0) throw cannot("start the tool " + verb, error);
  return pid;
}

}  // namespace

ClientSide::ClientSide(std::size_t index, std::string address, std::filesystem::path logs,
                       std::shared_ptr<Arrivals> arrivals)
    : index_(index),
      address_(std::move(address)),
      logs_(std::move(logs)),
      arrivals_(std::move(arrivals)),
      probes_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
  const sockaddr_in own = probe_place(address_);
  if (::bind(probes_.number(), reinterpret_cast<const sockaddr*>(&own), sizeof own) != 0)
    throw cannot("bind the port for probes", errno);
}

CommandResult ClientSide::run(const std::vector<std::string>& command, Milliseconds deadline,
                              const std::string& input) {
  return run_command(command, deadline, input);
}

int ClientSide::start(const Daemon&) {
  throw Error(Blame::usage, "no database can run where the clients are");
}

Tool& ClientSide::tool(const std::string& verb) {
  const std::scoped_lock lock(mutex_);
  auto& tool = tools_[verb];
  if (tool) return *tool;
  std::filesystem::create_directories(logs_);
  const auto path = logs_ / fmt::format("tribunal-{}.log", verb);
  const Descriptor log(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644));
  int ends[2];
  if (!log || ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    throw cannot("start the tool " + verb, errno);
  Descriptor ours(ends[0]);
  const Descriptor theirs(ends[1]);
  const pid_t pid = spawn_tool(verb, theirs.number(), log.number());
  tool = std::make_unique<CellTool>(fmt::format("{} of the clients", verb), std::move(ours), [pid] {
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
  });
  return *tool;
}

std::vector<Process> ClientSide::processes() {
  char token[64];
  for (ssize_t n = 0; (n = ::recv(probes_.number(), token, sizeof token, 0)) > 0;)
    arrivals_->note(std::string(token, static_cast<std::size_t>(n)));
  return {};
}

bool ClientSide::probe(Host& to, Milliseconds deadline) {
  const std::string token = arrivals_->expect(name_);
  const sockaddr_in where = probe_place(to.address());
  ::sendto(probes_.number(), token.data(), token.size(), 0,
           reinterpret_cast<const sockaddr*>(&where), sizeof where);
  if (!arrivals_->wait(token, deadline)) to.processes();  // which reports what has arrived
  return arrivals_->collect(token);
}

}  // namespace tribunal
