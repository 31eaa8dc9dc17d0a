#include "tests/clients/real_redis.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <stdexcept>

#include "clients/redis/operator.h"
#include "tests/clients/misbehaving_server.h"

namespace tribunal {
namespace {

// Between fork and exec: only what is safe in a process with threads.
[[noreturn]] void become_redis(std::vector<char*>& argv, const char* log) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int out = open(log, O_WRONLY | O_CREAT | O_APPEND, 0644);
  dup2(out, STDOUT_FILENO);
  dup2(out, STDERR_FILENO);
  execv(argv[0], argv.data());
  _exit(127);
}

}  // namespace

std::string RealRedis::binary() {
  for (const char* path : {"/usr/bin/redis-server", "/usr/local/bin/redis-server"}) {
    if (access(path, X_OK) == 0) return path;
  }
  return {};
}

RealRedis::RealRedis(std::vector<std::string> more)
    : address_(address_of(bound_socket())), more_(std::move(more)) {
  std::string name = (std::filesystem::temp_directory_path() / "tribunal-redis-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory");
  folder_ = name;
  std::filesystem::create_directory(folder_ / "redis");
  start();
}

RealRedis::~RealRedis() {
  if (pid_ > 0) kill();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void RealRedis::start() {
  std::vector<std::string> command = {binary(),
                                      "--port",
                                      port(),
                                      "--dir",
                                      (folder_ / "redis").string(),
                                      "--save",
                                      "",
                                      "--appendonly",
                                      "yes",
                                      "--appendfsync",
                                      "always",
                                      "--bind",
                                      "127.0.0.1",
                                      "--repl-diskless-sync-delay",
                                      "0"};
  command.insert(command.end(), more_.begin(), more_.end());
  std::vector<char*> argv;
  for (std::string& word : command) argv.push_back(word.data());
  argv.push_back(nullptr);
  const std::string log = (folder_ / "log").string();
  pid_ = fork();
  if (pid_ == 0) become_redis(argv, log.c_str());
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  const bool up = await_redis(until, [&] {
    RedisConnection connection(address_);
    connection.open(until);
    const RedisExchange pong = connection.ask({"PING"}, until);
    return pong.end == RedisEnd::answered && pong.reply.code() != "LOADING";
  });
  if (!up) throw std::runtime_error("redis-server did not come up within 30 s");
}

void RealRedis::kill() {
  ::kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

void RealRedis::freeze() { ::kill(pid_, SIGSTOP); }
void RealRedis::thaw() { ::kill(pid_, SIGCONT); }

}  // namespace tribunal
