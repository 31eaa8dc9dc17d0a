#include "tests/clients/zookeeper_server.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <stdexcept>
#include <thread>
#include <vector>

#include "clients/zookeeper/four_letters.h"
#include "clients/zookeeper/installation.h"
#include "harness/record/error.h"
#include "tests/clients/misbehaving_server.h"

namespace tribunal {
namespace {

using std::chrono::steady_clock;

// Between fork and exec: only what is safe in a process with threads.
[[noreturn]] void become_zookeeper(std::vector<char*>& argv, const char* log) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int out = open(log, O_WRONLY | O_CREAT | O_APPEND, 0644);
  dup2(out, STDOUT_FILENO);
  dup2(out, STDERR_FILENO);
  execv(argv[0], argv.data());
  _exit(127);
}

}  // namespace

std::string ZooServer::missing() {
  try {
    find_zookeeper("");
    return "";
  } catch (const Error& error) {
    return std::string(error.what()) + ": " + error.fix();
  }
}

ZooServer::ZooServer() : address_(address_of(bound_socket())) {
  std::string name = (std::filesystem::temp_directory_path() / "tribunal-zoo-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory");
  folder_ = name;
  std::ofstream(folder_ / "zoo.cfg")
      << "tickTime=500\ndataDir=" << folder_.string() << "/data\nclientPortAddress=127.0.0.1\n"
      << "clientPort=" << address_.substr(address_.rfind(':') + 1)
      << "\nminSessionTimeout=1000\nadmin.enableServer=false\n4lw.commands.whitelist=srvr\n";
  start();
}

ZooServer::~ZooServer() {
  if (pid_ > 0) kill();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void ZooServer::start() {
  std::vector<std::string> command = zookeeper_java(find_zookeeper("").first);
  command.insert(command.end(), {"-Dzookeeper.preAllocSize=64",
                                 "org.apache.zookeeper.server.quorum.QuorumPeerMain",
                                 (folder_ / "zoo.cfg").string()});
  std::vector<char*> argv;
  for (std::string& word : command) argv.push_back(word.data());
  argv.push_back(nullptr);
  const std::string log = (folder_ / "log").string();
  pid_ = fork();
  if (pid_ == 0) become_zookeeper(argv, log.c_str());
  const auto until = steady_clock::now() + std::chrono::seconds(60);
  // A server that is asked too early may never answer, so that it is asked again.
  const auto role = [&] {
    const auto soon = steady_clock::now() + std::chrono::seconds(1);
    return zookeeper_role_in(zookeeper_says(address_, "srvr", soon));
  };
  while (role().empty()) {
    if (steady_clock::now() >= until)
      throw std::runtime_error("ZooKeeper did not come up within 60 s");
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

void ZooServer::kill() {
  ::kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

}  // namespace tribunal
