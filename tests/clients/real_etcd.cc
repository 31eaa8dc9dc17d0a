#include "tests/clients/real_etcd.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <stdexcept>
#include <thread>

#include "clients/etcd/client.h"
#include "tests/clients/attempt.h"
#include "tests/clients/misbehaving_server.h"

namespace tribunal {
namespace {

namespace fs = std::filesystem;

// Between fork and exec: only what is safe in a process with threads.
[[noreturn]] void become(std::vector<char*>& argv, const char* log) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int out = open(log, O_WRONLY | O_CREAT | O_APPEND, 0644);
  dup2(out, STDOUT_FILENO);
  dup2(out, STDERR_FILENO);
  execv(argv[0], argv.data());
  _exit(127);
}

}  // namespace

std::string RealEtcd::binary() {
  for (const char* path : {"/usr/bin/etcd", "/usr/local/bin/etcd"}) {
    if (access(path, X_OK) == 0) return path;
  }
  return {};
}

RealEtcd::RealEtcd(std::vector<std::string> more_flags) : more_flags_(std::move(more_flags)) {
  std::string name = (fs::temp_directory_path() / "tribunal-etcd-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory");
  folder_ = name;
  {
    const Socket client = bound_socket(),
                 peer = bound_socket();  // both at once, so that they differ
    address_ = address_of(client);
    peer_ = address_of(peer);
  }
  start();
}

RealEtcd::~RealEtcd() { clear(); }

void RealEtcd::clear() {
  if (pid_ > 0) kill();
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

void RealEtcd::start() {
  std::vector<std::string> command = {
      binary(),
      "--data-dir=" + (folder_ / "data").string(),
      "--listen-client-urls=http://" + address_,
      "--advertise-client-urls=http://" + address_,
      "--listen-peer-urls=http://" + peer_,
      "--initial-advertise-peer-urls=http://" + peer_,
      "--initial-cluster=default=http://" + peer_,
      "--logger=zap",
      "--log-outputs=stderr",
  };
  command.insert(command.end(), more_flags_.begin(), more_flags_.end());
  std::vector<char*> argv;
  for (std::string& word : command) argv.push_back(word.data());
  argv.push_back(nullptr);
  const std::string log = (folder_ / "log").string();
  pid_ = fork();
  if (pid_ == 0) become(argv, log.c_str());

  Deployment deployment;
  deployment.call_timeout = Milliseconds(1000);
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (std::chrono::steady_clock::now() < until) {
    if (attempt(*connect_etcd(address_, deployment), Read{0}).outcome == Outcome::ok) return;
    std::this_thread::sleep_for(Milliseconds(20));
  }
  clear();
  throw std::runtime_error("etcd did not come up within 30 s");
}

void RealEtcd::kill() {
  ::kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

void RealEtcd::freeze() { ::kill(pid_, SIGSTOP); }
void RealEtcd::thaw() { ::kill(pid_, SIGCONT); }

}  // namespace tribunal
