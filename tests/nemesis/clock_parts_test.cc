// The parts of which moving a clock is made: the vDSO's functions, prologues that are moved, waits
// that cannot be moved along, and the hook for the other kind of machine.
#include <gtest/gtest.h>
#include <linux/futex.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <filesystem>
#include <map>
#include <memory>

#include "nemesis/clock/absolute_waits.h"
#include "nemesis/clock/hook_code.h"
#include "nemesis/clock/hook_data.h"
#include "nemesis/clock/process_memory.h"
#include "nemesis/clock/prologue.h"
#include "nemesis/clock/vdso_image.h"
#include "tests/cluster/in_cell.h"

namespace tribunal {
namespace {

using Code = std::vector<std::uint8_t>;

Code own_image() {
  const VdsoPlace place = find_vdso(::getpid());
  Code bytes(place.length);
  EXPECT_TRUE(ProcessMemory(::getpid()).read(place.begin, bytes.data(), bytes.size()));
  return bytes;
}

TEST(ClockParts, TheVdsoIsFoundWithItsFunctionsAndRoomBehindThem) {
  EXPECT_EQ(find_vdso(::getpid()).begin, vdso_address(::getpid()));
  EXPECT_EQ(vdso_address(::getpid()), ::getauxval(AT_SYSINFO_EHDR));
  const VdsoImage image(own_image());
  for (const auto& function : hook_code().functions)
    EXPECT_TRUE(image.function(function.name)) << function.name;
  EXPECT_FALSE(image.function("no_such_function"));
  const auto room = image.room_for(hook_code().block.size());
  ASSERT_TRUE(room);
  EXPECT_LE(*room + hook_code().block.size(), image.bytes().size());
  EXPECT_EQ(*room % 64, 0U);
  EXPECT_FALSE(image.room_for(image.bytes().size()));
}

TEST(ClockParts, WhatIsNoLibraryOfThisMachineIsRefused) {
  EXPECT_THROW(VdsoImage(Code(4096)), std::runtime_error);
  EXPECT_THROW(VdsoImage(Code(10)), std::runtime_error);
  Code narrow = own_image();
  narrow[4] = 1;  // 32 bits
  EXPECT_THROW(VdsoImage{narrow}, std::runtime_error);
}

Code padded(Code code) {
  code.resize(32, 0x90);
  return code;
}

std::int64_t distance_at(const Code& code, std::size_t at) {
  std::int32_t distance = 0;
  std::memcpy(&distance, code.data() + at, sizeof distance);
  return distance;
}

TEST(ClockParts, AProloguesInstructionsMeanTheSameElsewhere) {
  // Linux 6.18: push %rbp; mov %rsp,%rbp; push %r14
  const auto plain =
      moved_prologue_x86_64(padded({0x55, 0x48, 0x89, 0xe5, 0x41, 0x56, 0x53}), 0xaf0, 0x1f00);
  ASSERT_TRUE(plain);
  EXPECT_EQ(Code(plain->begin(), plain->begin() + 6), (Code{0x55, 0x48, 0x89, 0xe5, 0x41, 0x56}));
  EXPECT_EQ((*plain)[6], 0xe9);
  EXPECT_EQ(0x1f00 + 11 + distance_at(*plain, 7), 0xaf0 + 6);
  // lea -0x6818(%rip),%r10, which still names the same place
  const auto relative =
      moved_prologue_x86_64(padded({0x4c, 0x8d, 0x15, 0xe8, 0x97, 0xff, 0xff}), 0x811, 0x1f00);
  ASSERT_TRUE(relative);
  EXPECT_EQ(0x1f00 + 7 + distance_at(*relative, 3), 0x811 + 7 - 0x6818);
  // cmp $1,%edi; jne +14, a branch for which there is no room elsewhere
  const auto branch = moved_prologue_x86_64(padded({0x83, 0xff, 0x01, 0x75, 0x0e}), 0x6b0, 0x1f00);
  ASSERT_TRUE(branch);
  EXPECT_EQ((*branch)[3], 0x0f);
  EXPECT_EQ((*branch)[4], 0x85);
  EXPECT_EQ(0x1f00 + 9 + distance_at(*branch, 5), 0x6b5 + 14);
}

TEST(ClockParts, APrologueThatIsNotKnownIsNotMoved) {
  EXPECT_FALSE(moved_prologue_x86_64(padded({0x55, 0x0f, 0x01, 0xf9}), 0, 0x1f00));  // rdtscp
  EXPECT_FALSE(moved_prologue_x86_64(padded({0xe8, 0, 0, 0, 0}), 0, 0x1f00));        // call
  EXPECT_FALSE(moved_prologue_x86_64(padded({0x48, 0x8b, 0x07}), 0, 0x1f00));        // mov (%rdi)
}

Code word(std::uint32_t instruction) {
  Code code(32);
  std::memcpy(code.data(), &instruction, sizeof instruction);
  return code;
}

TEST(ClockParts, AnArm64PrologueIsMovedUnlessItReadsItsOwnAddress) {
  const auto moved = moved_prologue_arm64(word(0x71005c1f), 0x600, 0xe00);  // cmp w0, #23
  ASSERT_TRUE(moved);
  ASSERT_EQ(moved->size(), 8U);
  EXPECT_EQ(distance_at(*moved, 0), 0x71005c1f);
  EXPECT_EQ(static_cast<std::uint32_t>(distance_at(*moved, 4)), 0x17fffe00U);  // b, 0x800 back
  EXPECT_EQ(static_cast<std::uint32_t>(distance_at(jump_arm64(0x600, 0xe00), 0)), 0x14000200U);
  EXPECT_FALSE(moved_prologue_arm64(word(0x90000000), 0x600, 0xe00));  // adrp
  EXPECT_FALSE(moved_prologue_arm64(word(0x54000041), 0x600, 0xe00));  // b.ne
  EXPECT_FALSE(moved_prologue_arm64(word(0xd503233f), 0x600, 0xe00));  // paciasp
  EXPECT_EQ(landing_pad_arm64(word(0xd503245f)), 4U);                  // bti c
  EXPECT_EQ(landing_pad_arm64(word(0x71005c1f)), 0U);
}

std::string call_of(long number, std::uint64_t first, std::uint64_t second, std::uint64_t fourth) {
  char text[200];
  std::snprintf(text, sizeof text, "%ld 0x%lx 0x%lx 0x0 0x%lx 0x0 0xffffffff 0x7ffe 0x7f01", number,
                static_cast<unsigned long>(first), static_cast<unsigned long>(second),
                static_cast<unsigned long>(fourth));
  return text;
}

TEST(ClockParts, WaitsUntilAbsoluteMomentsAreToldFromOthers) {
  constexpr std::uint64_t bitset = FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG;
  EXPECT_EQ(absolute_wait_in(call_of(SYS_futex, 1, bitset | FUTEX_CLOCK_REALTIME, 0x7ff0)),
            WaitClock::wall);
  EXPECT_EQ(absolute_wait_in(call_of(SYS_futex, 1, bitset, 0x7ff0)), WaitClock::monotonic);
  EXPECT_FALSE(absolute_wait_in(call_of(SYS_futex, 1, bitset | FUTEX_CLOCK_REALTIME, 0)));
  EXPECT_FALSE(absolute_wait_in(call_of(SYS_futex, 1, FUTEX_WAIT | FUTEX_PRIVATE_FLAG, 0x7ff0)));
  EXPECT_EQ(absolute_wait_in(call_of(SYS_clock_nanosleep, CLOCK_REALTIME, TIMER_ABSTIME, 0)),
            WaitClock::wall);
  EXPECT_FALSE(absolute_wait_in(call_of(SYS_clock_nanosleep, CLOCK_REALTIME, 0, 0)));
  EXPECT_FALSE(absolute_wait_in("running"));
  EXPECT_FALSE(absolute_wait_in(""));
}

// The data of the two hooks is one struct, so the other machine's must lie as this one's does.
TEST(ClockParts, TheHookForArm64IsAssembledWithTheSameData) {
  if (std::system("command -v aarch64-linux-gnu-as >/dev/null") != 0)
    GTEST_SKIP() << "no assembler for arm64 here: scripts/setup --tests installs it";
  const Folder folder;
  const std::string object = (folder.path() / "hook.o").string();
  const std::string source = TRIBUNAL_SOURCE "/nemesis/clock/hook_aarch64.S";
  ASSERT_EQ(std::system(("aarch64-linux-gnu-as " + source + " -o " + object).c_str()), 0);
  const std::string list = "aarch64-linux-gnu-nm " + object;
  const std::unique_ptr<FILE, int (*)(FILE*)> out(::popen(list.c_str(), "r"), ::pclose);
  std::map<std::string, std::uint64_t> places;
  unsigned long at = 0;
  char kind = 0, name[100];
  while (std::fscanf(out.get(), "%lx %c %99s", &at, &kind, name) == 3) places[name] = at;
  EXPECT_EQ(places["generation"], offsetof(HookData, generation));
  EXPECT_EQ(places["counting"], offsetof(HookData, counting));
  EXPECT_EQ(places["image"], offsetof(HookData, image));
  EXPECT_EQ(places["counters"], offsetof(HookData, counters));
  EXPECT_EQ(places["originals"], offsetof(HookData, originals));
  EXPECT_EQ(places["records"], offsetof(HookData, records));
  EXPECT_EQ(places["slots"], sizeof(HookData));
  EXPECT_GT(places["tribunal_hook_end"], places["tribunal_hook_trampoline"] + 8);
  EXPECT_LT(places["tribunal_hook_end"], 1024U);
}

// Every motion, as a program for that machine, under an emulator.
TEST(ClockParts, TheHookMovesClocksOnArm64) {
  if (std::system("command -v aarch64-linux-gnu-gcc && command -v qemu-aarch64") != 0)
    GTEST_SKIP() << "no compiler or emulator for arm64 here: install gcc-aarch64-linux-gnu, "
                    "libc6-dev-arm64-cross and qemu-user";
  const Folder folder;
  const std::string program = (folder.path() / "probe").string();
  const std::string compile = "aarch64-linux-gnu-gcc -static -D_GNU_SOURCE " TRIBUNAL_SOURCE
                              "/tests/nemesis/hook_probe.c " TRIBUNAL_SOURCE
                              "/nemesis/clock/hook_aarch64.S -o " +
                              program;
  ASSERT_EQ(std::system(compile.c_str()), 0);
  EXPECT_EQ(std::system(("qemu-aarch64 " + program).c_str()), 0);
}

}  // namespace
}  // namespace tribunal
