// What a host finds on a disk of the kernel's after its power failed, and who else notices.
#include "harness/cluster/loop_disks.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/loop.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

#include <fstream>

#include "harness/cluster/loop_device.h"
#include "harness/record/error.h"
#include "tests/cluster/in_cell.h"

namespace tribunal {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

#define NEED_LOOP_DISKS()                                  \
  if (const auto check = check_loop_disks(); !check.works) \
  GTEST_SKIP() << check.why << "; " << check.fix

void in_cell_of_disks(const std::function<void(Cluster&, LoopKeeper&)>& body) {
  const Folder folder;
  LoopKeeper keeper;
  EXPECT_EQ(inside_cell([&] {
              const auto cluster =
                  build_cell({2, folder.path() / "logs", folder.path() / "data", &keeper});
              for (std::size_t i = 0; i < 2; ++i) cluster->loop_disks->mount(cluster->host(i));
              body(*cluster, keeper);
              return ::testing::Test::HasFailure() ? 1 : 0;
            }),
            0);
}

std::string in_data(Host& host, const std::string& script) {
  const CommandResult result =
      host.run({"/bin/sh", "-c", "cd " + host.data().string() + "; " + script}, 60s);
  return result.out + result.err;
}

TEST(LoopDisks, keep_what_was_synced_and_lose_what_was_not_on_that_host_alone) {
  NEED_LOOP_DISKS();
  in_cell_of_disks([](Cluster& cluster, LoopKeeper&) {
    for (const int i : {0, 1}) {
      EXPECT_EQ(in_data(cluster.host(i), "ls -a | wc -l"), "2\n") << "it begins empty";
      in_data(cluster.host(i), "echo kept > log; sync log; echo lost >> log; echo lost > other");
    }
    LoopDisks& disks = *cluster.loop_disks;
    disks.mount(cluster.host(0));  // a second time changes nothing
    EXPECT_EQ(in_data(cluster.host(0), "cat log"), "kept\nlost\n");
    disks.shut_down(cluster.host(0));
    EXPECT_NE(in_data(cluster.host(0), "cat log").find("Input/output error"), std::string::npos);
    disks.mount_again(cluster.host(0));
    EXPECT_EQ(in_data(cluster.host(0), "ls; cat log"), "log\nkept\n");
    EXPECT_EQ(in_data(cluster.host(1), "ls; cat log"), "log\nother\nkept\nlost\n");
    EXPECT_EQ(in_data(cluster.host(0), "echo more >> log; sync log; cat log"), "kept\nmore\n");
  });
}

TEST(LoopDisks, that_are_read_only_refuse_who_had_a_file_open_and_are_sound_when_mounted_again) {
  NEED_LOOP_DISKS();
  in_cell_of_disks([](Cluster& cluster, LoopKeeper&) {
    Host& host = cluster.host(0);
    const int writer =
        host.start({{"/bin/sh", "-c",
                     "echo kept > " + host.data().string() + "/log; sync " + host.data().string() +
                         "/log; exec 3>>" + host.data().string() +
                         "/log; while echo >&3; do sleep 0.01; done; exit 9"},
                    {},
                    false});
    while (in_data(host, "wc -l < log") < "3") {
    }
    cluster.loop_disks->make_read_only(host);
    EXPECT_EQ(host.ended(writer, 20s), 9);
    EXPECT_NE(in_data(host, "echo x > new").find("ead-only file system"), std::string::npos);
    EXPECT_EQ(in_data(host, "head -1 log"), "kept\n");
    cluster.loop_disks->mount_again(host);
    EXPECT_EQ(in_data(host, "echo x > new; head -1 log; cat new"), "kept\nx\n");
  });
}

TEST(LoopDisks, are_not_taken_away_from_who_uses_them) {
  NEED_LOOP_DISKS();
  in_cell_of_disks([](Cluster& cluster, LoopKeeper&) {
    Host& host = cluster.host(0);
    host.start(
        {{"/bin/sh", "-c", "exec sleep 1000 > " + (host.data() / "open").string()}, {}, false});
    while (in_data(host, "ls") != "open\n") {
    }
    try {
      cluster.loop_disks->mount_again(host);
      FAIL() << "a file is open";
    } catch (const Error& busy) {
      EXPECT_NE(std::string(busy.what()).find("n1: cannot unmount"), std::string::npos)
          << busy.what();
    }
    host.signal_all(SIGKILL);
    cluster.loop_disks->mount_again(host);
    EXPECT_EQ(in_data(host, "echo x > new; cat new"), "x\n");
  });
}

TEST(LoopDisks, that_cannot_be_made_say_why_and_the_next_one_can) {
  NEED_LOOP_DISKS();
  in_cell_of_disks([](Cluster& cluster, LoopKeeper& keeper) {
    const Descriptor mounts(::open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC));
    try {
      keeper.act(LoopKeeper::Act::mount, "/nowhere/tribunal-image", mounts);
      FAIL() << "there is no such folder";
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find("No such file"), std::string::npos) << error.what();
      EXPECT_NE(error.fix().find("--disk fuse"), std::string::npos);
    }
    cluster.loop_disks->shut_down(cluster.host(0));
    cluster.loop_disks->mount_again(cluster.host(0));
    EXPECT_EQ(in_data(cluster.host(0), "echo x > new; cat new"), "x\n");
  });
}

TEST(LoopKeeper, that_was_killed_is_an_error_and_no_wait_without_end) {
  LoopKeeper keeper;
  int child = 0;
  std::ifstream("/proc/self/task/" + std::to_string(::getpid()) + "/children") >> child;
  ASSERT_GT(child, 0);
  ::kill(child, SIGKILL);
  EXPECT_THROW(keeper.release("/nowhere/tribunal-image"), Error);
  EXPECT_THROW(keeper.release("/nowhere/tribunal-image"), Error);
}

// What no kernel should leave: a device that nobody holds, and that does not go by itself.
TEST(RecoverLoopDevice, one_that_stayed_is_freed_once_and_nobody_elses_is_touched) {
  NEED_LOOP_DISKS();
  const Folder folder;
  const fs::path image = folder.path() / "tribunal-stayed-n1";
  const auto serve = [&folder](const fs::path& file) {
    std::ofstream(file) << std::string(1 << 20, 'x');
    const Descriptor content(::open(file.c_str(), O_RDWR | O_CLOEXEC)),
        control(::open("/dev/loop-control", O_RDWR | O_CLOEXEC));
    const int free = ::ioctl(control.number(), LOOP_CTL_GET_FREE);
    const Descriptor device(
        ::open(("/dev/loop" + std::to_string(free)).c_str(), O_RDWR | O_CLOEXEC));
    EXPECT_EQ(::ioctl(device.number(), LOOP_SET_FD, content.number()), 0);
    return "/sys/block/loop" + std::to_string(free) + "/loop/backing_file";
  };
  const std::string ours = serve(image), theirs = serve(folder.path() / "theirs");
  fs::create_directory(folder.path() / "journal");
  std::ofstream(folder.path() / "journal/a.journal")
      << R"({"number":1,"kind":"loop device","what":")" << image.string() << "\"}\n";
  const auto first = recover(folder.path() / "journal");
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first[0].outcome, Recovery::Outcome::undone) << first[0].text;
  EXPECT_FALSE(fs::exists(ours));
  EXPECT_FALSE(fs::exists(image));
  EXPECT_TRUE(fs::exists(theirs));
  EXPECT_TRUE(recover(folder.path() / "journal").empty());
  EXPECT_FALSE(remove_loop_device(image));
  EXPECT_TRUE(remove_loop_device(folder.path() / "theirs"));
}

}  // namespace
}  // namespace tribunal
