// SIGKILL of the controller at a random moment leaves nothing behind but a history that can be
// judged.
#include <dirent.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>

#include <chrono>
#include <fstream>
#include <set>
#include <sstream>
#include <thread>

#include "harness/record/history_file.h"
#include "harness/record/random.h"
#include "harness/record/run_folder.h"
#include "tests/end_to_end/binary.h"
#include "tests/run/scratch.h"

namespace tribunal {
namespace {

std::string text_of(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

// Processes of this machine whose environment carries our mark, zombies aside.
std::set<int> marked(const std::string& mark) {
  std::set<int> pids;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const auto name = entry.path().filename().string();
    if (name.find_first_not_of("0123456789") != std::string::npos || std::stoi(name) == getpid())
      continue;
    if (text_of(entry.path() / "environ").find(mark) != std::string::npos)
      pids.insert(std::stoi(name));
  }
  return pids;
}

std::string interfaces() {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator("/sys/class/net")) {
    names.insert(entry.path().filename());
  }
  std::string all;
  for (const auto& name : names) all += name + " ";
  return all;
}

TEST(Sigkill, NothingIsLeftBehind) {
  std::string why;
  if (!can_run_etcd(why)) GTEST_SKIP() << "etcd does not run in a cell here:\n" << why;
  const char* wish = getenv("TRIBUNAL_SIGKILLS");
  const int rounds = wish != nullptr ? std::stoi(wish) : 5;
  auto random = Random(static_cast<std::uint64_t>(getpid()));
  const auto mounts = text_of("/proc/self/mounts"), links = interfaces();
  for (int round = 0; round < rounds; ++round) {
    const Scratch scratch;
    const auto mark = "TRIBUNAL_TEST_MARK=" + scratch.path().filename().string();
    putenv(const_cast<char*>(mark.c_str()));
    const int outer = begin_tribunal(
        {"run", "etcd", "--time", "20s", "--out", scratch.path().string(), "--data", "memory"},
        scratch.path() / "log");
    unsetenv("TRIBUNAL_TEST_MARK");
    std::this_thread::sleep_for(std::chrono::milliseconds(random.below(8000)));
    // Any of the processes of the run, the outer one as likely as all others together.
    auto all = marked(mark);
    const std::vector<int> inner(all.begin(), all.end());
    const int victim = inner.empty() || random.below(2) == 0 ? outer : random.pick(inner);
    kill(victim, SIGKILL);
    if (victim != outer) kill(outer, SIGKILL);
    waitpid(outer, nullptr, 0);
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!marked(mark).empty() && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    EXPECT_TRUE(marked(mark).empty()) << "round " << round;
    EXPECT_EQ(text_of("/proc/self/mounts"), mounts);
    EXPECT_EQ(interfaces(), links);
    for (const auto& entry : std::filesystem::directory_iterator(scratch.path())) {
      if (entry.is_symlink() || !entry.is_directory() ||
          !std::filesystem::exists(entry.path() / "history.jsonl"))
        continue;
      EXPECT_NO_THROW(read_history(entry.path() / "history.jsonl"));
      EXPECT_EQ(tribunal({"check", entry.path().string()}).status, 2) << entry.path();
    }
  }
}

}  // namespace
}  // namespace tribunal
