#include "tests/end_to_end/binary.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <sstream>
#include <thread>

#include "tests/run/scratch.h"

namespace tribunal {
namespace {

// The binary beside the tests, or the one that the environment names.
const char* binary_under_test() {
  const char* named = getenv("TRIBUNAL_UNDER_TEST");
  return named != nullptr ? named : TRIBUNAL_BINARY;
}

int spawn(const std::vector<std::string>& arguments, const std::filesystem::path& input,
          const std::filesystem::path& log) {
  const int pid = fork();
  if (pid != 0) return pid;
  const int in = open(input.c_str(), O_RDONLY);
  const int out = open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  dup2(in, 0);
  dup2(out, 1);
  dup2(out, 2);
  const char* const binary = binary_under_test();
  std::vector<char*> argv{const_cast<char*>(binary)};
  for (const auto& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  execv(binary, argv.data());
  _exit(127);
}

int wait_for(int pid) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(5);
  int status = 0;
  while (waitpid(pid, &status, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() > deadline) {
      ADD_FAILURE() << "it did not end within five minutes";
      kill(pid, SIGKILL);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::string text_of(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

}  // namespace

Ended tribunal(const std::vector<std::string>& arguments, const std::string& input) {
  const Scratch scratch;
  std::ofstream(scratch.path() / "input") << input;
  Ended ended;
  ended.status = wait_for(spawn(arguments, scratch.path() / "input", scratch.path() / "log"));
  ended.out = text_of(scratch.path() / "log");
  return ended;
}

int begin_tribunal(const std::vector<std::string>& arguments, const std::filesystem::path& log) {
  return spawn(arguments, "/dev/null", log);
}

std::filesystem::path run_folder(const std::filesystem::path& runs) {
  for (const auto& entry : std::filesystem::directory_iterator(runs)) {
    if (!entry.is_symlink() && entry.is_directory()) return entry.path();
  }
  ADD_FAILURE() << "no run folder in " << runs;
  return {};
}

bool can_run_etcd(std::string& why) {
  static const Ended doctor = tribunal({"doctor", "--quick"});
  why = doctor.out;
  return doctor.status == 0 && doctor.out.find("works    etcd") != std::string::npos;
}

}  // namespace tribunal
