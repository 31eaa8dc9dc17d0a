// What comes out of a cell is what its body returned or threw.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <set>

#include "harness/cluster/cell.h"
#include "harness/record/error.h"
#include "tests/cluster/in_cell.h"

namespace tribunal {
namespace {

namespace fs = std::filesystem;

TEST(InsideCell, returns_the_code_of_its_body) {
  EXPECT_EQ(inside_cell([] { return 0; }), 0);
  EXPECT_EQ(inside_cell([] { return 42; }), 42);
}

TEST(InsideCell, throws_the_error_that_its_body_threw) {
  try {
    inside_cell([]() -> int { throw Error(Blame::usage, "line 3: no such key", "write: keys"); });
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "line 3: no such key");
    EXPECT_EQ(error.fix(), "write: keys");
    EXPECT_EQ(error.blame(), Blame::usage);
  }
  EXPECT_THROW(inside_cell([]() -> int { throw std::logic_error("x"); }), std::runtime_error);
}

TEST(InsideCell, a_body_that_dies_of_a_signal_is_code_3) {
  EXPECT_EQ(inside_cell([] { return ::raise(SIGKILL); }), 3);
}

TEST(InsideCell, a_cell_sees_no_process_and_no_interface_of_the_machine) {
  const int code = inside_cell([] {
    std::set<std::string> interfaces;
    for (const auto& entry : fs::directory_iterator("/proc/sys/net/ipv4/conf"))
      interfaces.insert(entry.path().filename());
    EXPECT_EQ(interfaces, (std::set<std::string>{"all", "default", "lo"}));
    std::set<std::string> processes;
    for (const auto& entry : fs::directory_iterator("/proc"))
      if (std::isdigit(entry.path().filename().string()[0]))
        processes.insert(entry.path().filename());
    EXPECT_EQ(processes, (std::set<std::string>{"1", std::to_string(::getpid())}));
    return ::testing::Test::HasFailure() ? 1 : 0;
  });
  EXPECT_EQ(code, 0);
}

TEST(InsideCell, leaves_the_signals_of_its_caller_as_they_were) {
  inside_cell([] { return 0; });
  sigset_t blocked;
  ::sigprocmask(SIG_BLOCK, nullptr, &blocked);
  EXPECT_EQ(::sigismember(&blocked, SIGINT), 0);
}

// An ordinary user has the same cell: this test's own program again, as nobody.
TEST(InsideCell, works_for_an_ordinary_user) {
  if (::geteuid() != 0) GTEST_SKIP() << "the other tests run as an ordinary user already";
  const Folder folder;
  const fs::path program = folder.path() / "cluster_test";
  fs::copy_file("/proc/self/exe", program);
  for (const auto& path : {folder.path(), program}) fs::permissions(path, fs::perms(0755));
  const pid_t child = ::fork();
  if (child == 0) {
    if (::setresgid(65534, 65534, 65534) != 0 || ::setresuid(65534, 65534, 65534) != 0) ::_exit(9);
    ::execl(program.c_str(), program.c_str(), "--gtest_filter=Cell.*:Host.*:Leftovers.*", nullptr);
    ::_exit(9);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(WIFEXITED(status) ? WEXITSTATUS(status) : -1, 0);
}

}  // namespace
}  // namespace tribunal
