// SIGKILL of the controller at a random moment leaves nothing behind but a history that can be
// judged.
#include <dirent.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>

#include <chrono>
#include <fstream>
#include <map>
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

// A process of this machine, told apart from a later one of its number.
using Alive = std::pair<int, std::string>;  // pid, start time in clock ticks

struct Stat {
  std::string state, started;
  int parent = 0;
};

Stat stat_of(int pid) {
  const std::string text = text_of("/proc/" + std::to_string(pid) + "/stat");
  const auto close = text.rfind(')');
  if (close == std::string::npos) return {};
  std::istringstream rest(text.substr(close + 1));
  Stat stat;
  rest >> stat.state >> stat.parent;
  for (int field = 5; field <= 22; ++field) rest >> stat.started;
  return stat;
}

// The processes below `outer`, in namespaces of their own or not, and itself.
std::set<Alive> family_of(int outer) {
  std::multimap<int, Alive> children;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const auto name = entry.path().filename().string();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    const Stat stat = stat_of(std::stoi(name));
    children.emplace(stat.parent, Alive{std::stoi(name), stat.started});
  }
  std::set<Alive> family{{outer, stat_of(outer).started}};
  std::vector<int> open{outer};
  while (!open.empty()) {
    const auto [first, last] = children.equal_range(open.back());
    open.pop_back();
    for (auto child = first; child != last; ++child)
      if (family.insert(child->second).second) open.push_back(child->second.first);
  }
  return family;
}

std::set<Alive> still_alive(const std::set<Alive>& family) {
  std::set<Alive> alive;
  for (const auto& one : family) {
    const Stat stat = stat_of(one.first);
    if (stat.started == one.second && stat.state != "Z") alive.insert(one);
  }
  return alive;
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

std::string loops() {
  std::string all;
  for (int i = 0; i < 16; ++i)
    all += text_of("/sys/block/loop" + std::to_string(i) + "/loop/backing_file") + ";";
  return all;
}

// One run under `faults`, killed at a random moment.
void kill_a_run(const std::string& faults, Random& random) {
  const auto mounts = text_of("/proc/self/mounts"), links = interfaces(), images = loops();
  const Scratch scratch;
  const int outer = begin_tribunal({"run", "etcd", "--time", "20s", "--faults", faults, "--overlap",
                                    "3", "--out", scratch.path().string(), "--data", "memory"},
                                   scratch.path() / "log");
  std::this_thread::sleep_for(std::chrono::milliseconds(500 + random.below(8000)));
  // Any of the processes of the run, the outer one as likely as all others together.
  const auto family = family_of(outer);
  std::vector<int> inner;
  for (const auto& [pid, started] : family) inner.push_back(pid);
  const int victim = random.below(2) == 0 ? outer : random.pick(inner);
  kill(victim, SIGKILL);
  if (victim != outer) kill(outer, SIGKILL);
  waitpid(outer, nullptr, 0);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!still_alive(family).empty() && std::chrono::steady_clock::now() < deadline)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_TRUE(still_alive(family).empty()) << "under " << faults;
  EXPECT_EQ(tribunal({"recover"}).status, 0);
  EXPECT_EQ(text_of("/proc/self/mounts"), mounts) << "under " << faults;
  EXPECT_EQ(interfaces(), links) << "under " << faults;
  EXPECT_EQ(loops(), images) << "under " << faults;
  for (const auto& entry : std::filesystem::directory_iterator(scratch.path())) {
    if (entry.is_symlink() || !entry.is_directory() ||
        !std::filesystem::exists(entry.path() / "history.jsonl"))
      continue;
    EXPECT_NO_THROW(read_history(entry.path() / "history.jsonl"));
    EXPECT_EQ(tribunal({"check", entry.path().string()}).status, 2) << entry.path();
  }
}

int wished_rounds(int otherwise) {
  const char* wish = getenv("TRIBUNAL_SIGKILLS");
  return wish != nullptr ? std::stoi(wish) : otherwise;
}

TEST(Sigkill, NothingIsLeftBehind) {
  std::string why;
  if (!can_run_etcd(why)) GTEST_SKIP() << "etcd does not run in a cell here:\n" << why;
  auto random = Random(static_cast<std::uint64_t>(getpid()));
  for (int round = 0; round < wished_rounds(3); ++round) kill_a_run("kill,pause,partition", random);
  for (int round = 0; round < wished_rounds(2); ++round) kill_a_run("all", random);
}

// A campaign: every kind of fault by itself.
TEST(Sigkill, NothingIsLeftBehindByAnyFault) {
  if (getenv("TRIBUNAL_SIGKILLS") == nullptr) GTEST_SKIP() << "scripts/campaign sigkill";
  std::istringstream listed(tribunal({"list", "faults"}).out);
  auto random = Random(static_cast<std::uint64_t>(getpid()));
  for (std::string line; std::getline(listed, line);) {
    if (line.size() < 3 || line.substr(0, 2) != "  " || line[2] == ' ' || line[2] == '-') continue;
    const std::string fault = line.substr(2, line.find(' ', 2) - 2);
    for (int round = 0; round < wished_rounds(0); ++round) kill_a_run(fault, random);
  }
}

}  // namespace
}  // namespace tribunal
