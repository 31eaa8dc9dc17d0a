#include "tests/clients/nats_servers.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <stdexcept>
#include <thread>

#include "clients/nats/deploy.h"
#include "clients/nats/streams.h"
#include "harness/record/error.h"
#include "tests/clients/misbehaving_server.h"

namespace tribunal {
namespace {

using std::chrono::steady_clock;

// Between fork and exec: only what is safe in a process with threads.
[[noreturn]] void become_nats(std::vector<char*>& argv, const char* log) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int out = open(log, O_WRONLY | O_CREAT | O_APPEND, 0644);
  dup2(out, STDOUT_FILENO);
  dup2(out, STDERR_FILENO);
  execv(argv[0], argv.data());
  _exit(127);
}

}  // namespace

std::string NatsServers::missing() {
  try {
    nats().find("");
    return "";
  } catch (const Error& error) {
    return std::string(error.what()) + ": " + error.fix();
  }
}

NatsServers::NatsServers(std::size_t count, const std::string& replicas) {
  std::string name = (std::filesystem::temp_directory_path() / "tribunal-nats-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory");
  folder_ = name;
  std::vector<std::string> routes;
  {
    std::vector<Socket> held;  // so that no port is given twice
    for (std::size_t i = 0; i < count; ++i) {
      addresses_.push_back(address_of(held.emplace_back(bound_socket())));
      routes.push_back(address_of(held.emplace_back(bound_socket())));
    }
  }
  pids_.assign(count, -1);
  for (std::size_t i = 0; i < count; ++i) {
    const auto own = folder_ / std::to_string(i);
    std::ofstream file(own.string() + ".conf");
    file << "server_name: n" << i + 1 << "\nlisten: \"" << addresses_[i]
         << "\"\njetstream { store_dir: \"" << own.string()
         << "\", max_file_store: 1GB, max_memory_store: 64MB }\n";
    if (count > 1) {
      file << "cluster { name: tribunal, listen: \"" << routes[i] << "\", routes: [";
      for (const std::string& route : routes) file << " \"nats://" << route << "\",";
      file << " ] }\n";
    }
  }
  for (std::size_t i = 0; i < count; ++i) start(i);
  Deployment deployment;
  deployment.options["replicas"] = replicas;
  const auto until = steady_clock::now() + std::chrono::seconds(60);
  while (true) try {
      make_nats_streams(addresses_[0], deployment, steady_clock::now() + std::chrono::seconds(5));
      return;
    } catch (const std::runtime_error&) {
      if (steady_clock::now() >= until) throw;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
}

NatsServers::~NatsServers() {
  for (std::size_t i = 0; i < pids_.size(); ++i)
    if (pids_[i] > 0) kill(i);
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void NatsServers::start(std::size_t server) {
  const std::string own = (folder_ / std::to_string(server)).string(), log = own + ".log";
  std::vector<std::string> command = {nats().find("").first, "--config", own + ".conf"};
  std::vector<char*> argv;
  for (std::string& word : command) argv.push_back(word.data());
  argv.push_back(nullptr);
  pids_[server] = fork();
  if (pids_[server] == 0) become_nats(argv, log.c_str());
}

void NatsServers::kill(std::size_t server) {
  ::kill(pids_[server], SIGKILL);
  waitpid(pids_[server], nullptr, 0);
  pids_[server] = -1;
}

}  // namespace tribunal
