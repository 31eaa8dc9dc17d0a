// Whatever process of a cell is killed, and whenever, nothing of it stays: no process, no mount, no
// interface.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <set>
#include <sstream>
#include <thread>

#include "harness/cluster/journal.h"
#include "harness/record/random.h"
#include "tests/cluster/endless.h"
#include "tests/cluster/in_cell.h"

namespace tribunal {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

std::string content(const fs::path& path) {
  std::ifstream in(path);
  std::ostringstream text;
  std::string part;
  while (std::getline(in, part, '\0')) text << part << ' ';
  return text.str();
}

bool is_number(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

// Every process with `mark` among its arguments or in its environment.
std::set<pid_t> marked(const std::string& mark) {
  std::set<pid_t> found;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    if (!is_number(name) || name == std::to_string(::getpid())) continue;
    if (content(entry.path() / "cmdline").find(mark) != std::string::npos ||
        content(entry.path() / "environ").find(mark) != std::string::npos)
      found.insert(std::stoi(name));
  }
  return found;
}

// A child inside of the cell: a keeper of disks is outside, as we are.
pid_t child_of(pid_t parent) {
  const auto outside = fs::read_symlink("/proc/self/ns/pid");
  for (const auto& entry : fs::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    std::error_code gone;
    if (!is_number(name) || fs::read_symlink(entry.path() / "ns/pid", gone) == outside) continue;
    const std::string status = content(entry.path() / "status");
    if (status.find("\nPPid:\t" + std::to_string(parent) + "\n") != std::string::npos)
      return std::stoi(name);
  }
  return 0;
}

std::set<std::string> interfaces() {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator("/sys/class/net"))
    if (entry.path().filename().string().starts_with("tribunal"))
      names.insert(entry.path().filename());
  return names;
}

// What is mounted where a cell mounts something. The rest of the table belongs to the machine and
// may change.
std::set<std::string> mounts() {
  std::istringstream table(content("/proc/self/mountinfo"));
  std::set<std::string> found;
  for (std::string line; std::getline(table, line);) {
    std::istringstream words(line);
    std::string number, parent, device, root, point;
    words >> number >> parent >> device >> root >> point;
    for (const auto& ours : {"/", "/proc", "/run", "/tmp", "/dev/shm", "/etc/hosts"})
      if (point == ours || point.find("tribunal") != std::string::npos) found.insert(line);
  }
  return found;
}

// Files below a folder that loop devices serve, with a name there or without.
std::set<std::string> images_in_use(const fs::path& folder) {
  std::set<std::string> found;
  for (const auto& entry : fs::directory_iterator("/sys/block")) {
    const std::string image = content(entry.path() / "loop/backing_file");
    if (image.find(folder.filename()) != std::string::npos) found.insert(image);
  }
  return found;
}

bool comes_true(const std::function<bool()>& done) {
  for (int i = 0; i < 2000; ++i) {
    if (done()) return true;
    std::this_thread::sleep_for(10ms);
  }
  return false;
}

enum class Disks { folders, loop_devices };

pid_t start_endless_cell(const std::string& mark, const fs::path& folder,
                         Disks disks = Disks::folders) {
  const std::string self = fs::read_symlink("/proc/self/exe");
  const pid_t outer = ::fork();
  if (outer != 0) return outer;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // it must not outlive a test that is killed itself
  ::setenv("MARK", mark.c_str(), 1);
  ::setenv("TRIBUNAL_STATE", (folder / "state").c_str(), 1);
  ::execl(self.c_str(), self.c_str(), endless_verb, folder.c_str(), mark.c_str(),
          disks == Disks::loop_devices ? "loop" : nullptr, nullptr);
  ::_exit(127);
}

enum class Part { outer, init, controller };

// The wanted process, or the one above it if it has not come to life yet.
pid_t find(Part part, pid_t outer) {
  const pid_t init = part == Part::outer ? 0 : child_of(outer);
  if (init == 0) return outer;
  const pid_t controller = part == Part::init ? 0 : child_of(init);
  return controller == 0 ? init : controller;
}

bool all_gone(const std::string& mark) {
  return comes_true([&] { return marked(mark).empty(); });
}

int reap(pid_t outer) {
  int status = 0;
  ::waitpid(outer, &status, 0);
  return status;
}

TEST(Leftovers, a_cell_that_runs_has_marked_processes) {
  const Folder folder;
  const std::string mark = "tribunal-mark-" + std::to_string(::getpid());
  const pid_t outer = start_endless_cell(mark, folder.path());
  std::set<pid_t> found;
  for (int i = 0; i < 1000 && found.size() < 7;
       ++i) {  // outer, init, controller, two inits, two daemons
    std::this_thread::sleep_for(10ms);
    found = marked(mark);
  }
  EXPECT_GE(found.size(), 7u);
  EXPECT_EQ(find(Part::controller, outer) != outer, true);
  ::kill(outer, SIGKILL);
  reap(outer);
  EXPECT_TRUE(all_gone(mark));
}

TEST(Leftovers, nothing_stays_when_any_of_the_three_is_killed_at_any_moment) {
  const auto mounts_before = mounts();
  const auto interfaces_before = interfaces();
  Random random(static_cast<std::uint64_t>(::getpid()));
  for (int round = 0; round < 30; ++round) {
    const Folder folder;
    const std::string mark =
        "tribunal-mark-" + std::to_string(::getpid()) + "-" + std::to_string(round) + "-";
    const pid_t outer = start_endless_cell(mark, folder.path());
    const std::uint64_t latest =
        round % 2 == 0 ? 20'000 : 300'000;  // half of them while it is still being set up
    std::this_thread::sleep_for(std::chrono::microseconds(random.below(latest)));
    const Part part = static_cast<Part>(round % 3);
    const pid_t victim = find(part, outer);
    ::kill(victim, SIGKILL);
    const int status = reap(outer);
    EXPECT_TRUE(all_gone(mark)) << "round " << round;
    if (victim != outer) {
      EXPECT_EQ(WIFEXITED(status) ? WEXITSTATUS(status) : -1, 3) << "round " << round;
    }
  }
  EXPECT_EQ(mounts(), mounts_before);
  EXPECT_EQ(interfaces(), interfaces_before);
}

// The journal of a killed cell says which images there were; by then the kernel has freed them.
TEST(Leftovers, no_loop_device_stays_when_any_of_the_three_is_killed_and_recovery_finds_none) {
  if (const auto check = check_loop_disks(); !check.works)
    GTEST_SKIP() << check.why << "; " << check.fix;
  const auto mounts_before = mounts();
  Random random(static_cast<std::uint64_t>(::getpid()));
  for (int round = 0; round < 9; ++round) {
    const Folder folder;
    const std::string mark =
        "tribunal-mark-" + std::to_string(::getpid()) + "-l" + std::to_string(round) + "-";
    const pid_t outer = start_endless_cell(mark, folder.path(), Disks::loop_devices);
    const bool whole = round < 3;  // the others while it is still being set up
    if (whole) {
      EXPECT_TRUE(comes_true([&] { return fs::exists(folder.path() / "built"); }));
      EXPECT_EQ(images_in_use(folder.path()).size(), 2U);
    } else {
      std::this_thread::sleep_for(std::chrono::microseconds(random.below(700'000)));
    }
    ::kill(find(static_cast<Part>(round % 3), outer), SIGKILL);
    reap(outer);
    EXPECT_TRUE(all_gone(mark)) << "round " << round;
    EXPECT_TRUE(comes_true([&] { return images_in_use(folder.path()).empty(); })) << round;
    std::size_t was_gone = 0;
    for (const auto& one : recover(folder.path() / "state/journal")) {
      EXPECT_NE(one.outcome, Recovery::Outcome::failed) << one.text;
      was_gone += one.outcome == Recovery::Outcome::was_gone;
    }
    EXPECT_TRUE(!whole || was_gone == 2) << was_gone;
    EXPECT_TRUE(recover(folder.path() / "state/journal").empty());
  }
  EXPECT_EQ(mounts(), mounts_before);
}

TEST(Leftovers, a_signal_to_the_outer_process_reaches_the_controller_and_its_code_comes_back) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    const Folder folder;
    const std::string mark = "tribunal-mark-" + std::to_string(::getpid()) + "-s-";
    const pid_t outer = start_endless_cell(mark, folder.path());
    for (int i = 0; i < 1000 && !fs::exists(folder.path() / "built"); ++i)
      std::this_thread::sleep_for(10ms);
    ::kill(outer, signal);
    const int status = reap(outer);
    EXPECT_EQ(WIFEXITED(status) ? WEXITSTATUS(status) : -1, 128 + signal);
    EXPECT_TRUE(all_gone(mark));
    EXPECT_FALSE(fs::exists(folder.path() / "data/n1"));  // the controller had the time to tidy up
  }
}

}  // namespace
}  // namespace tribunal
