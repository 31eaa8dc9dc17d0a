// The init of a host: pid 1 of its pid namespace. It starts, signals and lists what the controller
// asks for, reaps, and answers probes; one thread, no state but the commands that are running. When
// it dies, the host's processes die.
#include <arpa/inet.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <set>

#include "harness/cluster/cell.h"
#include "harness/cluster/channel.h"
#include "harness/cluster/failed_step.h"
#include "harness/cluster/host_furnish.h"
#include "harness/cluster/host_processes.h"
#include "harness/cluster/host_spawn.h"
#include "harness/cluster/interface.h"

namespace tribunal {
namespace {

using nlohmann::json;

sockaddr_in probe_address(const std::string& address) {
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(Cluster::probe_port);
  ::inet_pton(AF_INET, address.c_str(), &where.sin_addr);
  return where;
}

class HostInit {
 public:
  explicit HostInit(Descriptor socket) : channel_(std::move(socket)) {}
  void serve();  // until the controller is gone

 private:
  json answer(const json& request, std::vector<Descriptor>& descriptors);
  json set_up(const json& request);
  json start(const json& request, std::vector<Descriptor>& descriptors);
  json list() const;
  void send_probe(const json& request);
  void take_probes();
  void reap();

  Channel channel_;
  Descriptor children_, probes_;
  CoveredFolders covered_;
  std::set<int>
      commands_;  // those that run() and tool() started and that still run: also their sessions
};

json HostInit::set_up(const json& request) {
  covered_ = furnish_host({request["name"], request["address"], request["data"], request["names"]});
  probes_ = Descriptor(must(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0),
                            "open a socket for probes"));
  const sockaddr_in own = probe_address("0.0.0.0");
  must(::bind(probes_.number(), reinterpret_cast<const sockaddr*>(&own), sizeof own),
       "bind the port for probes");
  return json::object();
}

json HostInit::start(const json& request, std::vector<Descriptor>& descriptors) {
  if (descriptors.size() != 3) throw FailedStep{"take over three descriptors", EINVAL};
  Program program;
  program.command = request["command"].get<std::vector<std::string>>();
  program.environment = request["environment"].get<std::vector<std::string>>();
  if (request["identity"] == "ordinary user") program.identity = Identity::ordinary_user;
  program.in = std::move(descriptors[0]);
  program.out = std::move(descriptors[1]);
  program.err = std::move(descriptors[2]);
  const int pid = spawn(program, covered_);
  if (request["as"] != "daemon") commands_.insert(pid);
  return {{"pid", pid}};
}

json HostInit::list() const {
  json processes = json::array();
  for (const auto& [process, session] : list_processes(commands_))
    processes.push_back({process.pid, process.command, std::string(1, process.state)});
  return {{"processes", std::move(processes)}};
}

void HostInit::send_probe(const json& request) {
  const sockaddr_in to = probe_address(request["address"]);
  const std::string token = request["token"];
  ::sendto(probes_.number(), token.data(), token.size(), 0, reinterpret_cast<const sockaddr*>(&to),
           sizeof to);
}

json HostInit::answer(const json& request, std::vector<Descriptor>& descriptors) {
  const std::string what = request["do"];
  if (what == "set up") return set_up(request);
  if (what == "start") return start(request, descriptors);
  if (what == "list") return list();
  if (what == "signal all") {
    signal_processes(request["signal"], commands_);
  } else if (what == "end command") {
    ::kill(-request["pid"].get<int>(), SIGKILL);
  } else if (what == "send probe") {
    send_probe(request);
  } else if (what == "forget neighbour") {
    forget_neighbour("eth0", request["address"]);
  }
  return json::object();
}

void HostInit::take_probes() {
  char token[64];
  for (ssize_t n = 0; (n = ::recv(probes_.number(), token, sizeof token, 0)) > 0;)
    channel_.send({{"arrived", std::string(token, static_cast<std::size_t>(n))}});
}

void HostInit::reap() {
  signalfd_siginfo ignored;
  while (::read(children_.number(), &ignored, sizeof ignored) > 0) {
  }
  int status = 0;
  for (pid_t pid = 0; (pid = ::waitpid(-1, &status, WNOHANG)) > 0;) {
    commands_.erase(pid);
    const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    channel_.send({{"ended", pid}, {"status", code}});
  }
}

void HostInit::serve() {
  sigset_t child;
  ::sigemptyset(&child);
  ::sigaddset(&child, SIGCHLD);
  ::sigprocmask(SIG_BLOCK, &child, nullptr);
  children_ = Descriptor(::signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK));
  while (true) {
    pollfd ready[] = {{channel_.number(), POLLIN, 0},
                      {children_.number(), POLLIN, 0},
                      {probes_.number(), POLLIN, 0}};
    ::poll(ready, probes_ ? 3 : 2, -1);
    if (probes_ && ready[2].revents) take_probes();
    if (ready[1].revents) reap();
    if (!ready[0].revents) continue;
    auto request = channel_.receive();
    if (!request) return;
    json reply;
    try {
      reply = answer(request->body, request->descriptors);
    } catch (const FailedStep& failed) {
      reply = {{"failed", failed.step}, {"errno", failed.error}};
    } catch (const std::exception& error) {
      reply = {{"failed", error.what()}, {"errno", EINVAL}};
    }
    reply["to"] = request->body["id"];
    if (!channel_.send(reply)) return;
  }
}

}  // namespace

int cell_host_main(int argc, char** argv) {
  if (argc != 3 || ::getpid() != 1) {
    std::cerr << "tribunal: cell-host is what a cell runs as the init of a host, not a command\n";
    return 64;
  }
  HostInit(Descriptor(std::atoi(argv[2]))).serve();
  ::_exit(0);
}

}  // namespace tribunal
