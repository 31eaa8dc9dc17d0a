// Disks that are ext4 on loop devices, in whole runs: what a store had not synced is missed, and
// what such a disk cannot have is refused.
#include <gtest/gtest.h>

#include "harness/record/run_folder.h"
#include "tests/end_to_end/quorum_run.h"
#include "tests/run/scratch.h"

namespace tribunal {
namespace {

TEST(LoopDisksTest, AStoreThatDoesNotSyncIsConvictedWhenThePowerFails) {
  const auto doctor = tribunal({"doctor", "--quick"}).out;
  if (doctor.find("works    --disk loop") == std::string::npos)
    GTEST_SKIP() << "loop devices cannot be had here:\n" << doctor;
  const Scratch scratch;
  EXPECT_TRUE(at_some_seed([&](std::uint64_t seed) {
    const auto run = run_quorum(scratch.path(), seed,
                                {{"set", "fsync=off"},
                                 {"disk", "loop"},
                                 {"faults", "power-cut"},
                                 {"targets", "all"},
                                 {"time", "12s"},
                                 {"fault-every", "6s"},
                                 {"fault-length", "1s"}});
    EXPECT_NE(run.ended.status, 64) << run.ended.out;
    for (const auto& receipt : RunFolder::open(run.folder).read_receipts()) {
      EXPECT_EQ(receipt.means, "loop-mounted ext4");
      EXPECT_EQ(receipt.failure, "");
    }
    return run.convicts("linearizable-register");
  }));
}

TEST(LoopDisksTest, WhatExt4CannotHaveIsRefusedBeforeAnythingRuns) {
  const auto refused = [](std::vector<std::string> flags, const std::string& why) {
    flags.insert(flags.begin(), {"run", "quorum", "--disk", "loop"});
    const auto ended = tribunal(flags);
    EXPECT_EQ(ended.status, 64) << ended.out;
    EXPECT_NE(ended.out.find(why), std::string::npos) << ended.out;
  };
  refused({"--faults", "disk-slow"}, "no file system of the kernel has it by itself");
  refused({"--faults", "power-cut", "--fault-options", "power-cut.torn=yes"}, "say torn=no");
  refused({"--faults", "power-cut", "--data", "memory"}, "images of the run folder");
}

}  // namespace
}  // namespace tribunal
