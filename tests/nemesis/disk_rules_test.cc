// Which calls a rule meets, what damage does to a file and what a repair puts back.
#include <gtest/gtest.h>

#include <cerrno>

#include "nemesis/disk/damage.h"
#include "nemesis/disk/disk_rules.h"
#include "tests/nemesis/disk_bytes.h"

namespace tribunal {
namespace {

using std::chrono::microseconds;

DiskRequest write_to(const char* path, DiskSpace space) {
  return {DiskCall::write, path, false, true, space, 4096};
}

int error_of(DiskRules& rules, const DiskRequest& request) {
  return rules.decide(request, microseconds(0)).error;
}

TEST(DiskRules, fail_the_calls_and_paths_that_they_name_and_the_probes) {
  DiskRules rules;
  EXPECT_FALSE(rules.any());
  DiskRule rule{.name = "r", .paths = {"member/wal/*"}, .error = EIO};
  rule.calls = 1U << static_cast<unsigned>(DiskCall::fsync);
  rules.add(rule);
  EXPECT_EQ(error_of(rules, {DiskCall::fsync, "member/wal/0.wal"}), EIO);
  EXPECT_EQ(error_of(rules, {DiskCall::fsync, "member/snap/db"}), 0);
  EXPECT_EQ(error_of(rules, write_to("member/wal/0.wal", DiskSpace::grow)), 0);
  EXPECT_EQ(error_of(rules, {DiskCall::fsync, "probe", true}), EIO);
  const auto own = rules.counts("r", DiskRules::Whose::database);
  EXPECT_EQ(own.calls[static_cast<std::size_t>(DiskCall::fsync)], 1U);
  EXPECT_EQ(own.calls[static_cast<std::size_t>(DiskCall::write)], 0U);
  rules.remove("r");
  EXPECT_FALSE(rules.any());
  EXPECT_EQ(error_of(rules, {DiskCall::fsync, "member/wal/0.wal"}), 0);
  EXPECT_EQ(rules.counts("r", DiskRules::Whose::probe).calls[5], 1U) << "counts stay to be read";
}

TEST(DiskRules, a_full_disk_refuses_what_needs_space) {
  DiskRules rules;
  rules.add({.name = "full", .effect = DiskEffect::full, .refused = DiskSpace::grow});
  EXPECT_EQ(error_of(rules, write_to("f", DiskSpace::grow)), ENOSPC);
  EXPECT_EQ(error_of(rules, write_to("f", DiskSpace::overwrite)), 0);
  rules.add({.name = "full", .effect = DiskEffect::full, .refused = DiskSpace::overwrite});
  EXPECT_EQ(error_of(rules, write_to("f", DiskSpace::overwrite)), ENOSPC);
  EXPECT_EQ(error_of(rules, {DiskCall::remove, "f", false, true}), 0);
  EXPECT_EQ(error_of(rules, {DiskCall::read, "f"}), 0);
}

TEST(DiskRules, a_read_only_disk_refuses_what_changes_it) {
  DiskRules rules;
  rules.add({.name = "ro", .effect = DiskEffect::read_only});
  EXPECT_EQ(error_of(rules, write_to("f", DiskSpace::none)), EROFS);
  EXPECT_EQ(error_of(rules, {DiskCall::remove, "f", false, true}), EROFS);
  EXPECT_EQ(error_of(rules, {DiskCall::read, "f"}), 0);
}

TEST(DiskRules, a_slow_disk_serves_one_after_another) {
  DiskRules rules;
  rules.add({.name = "slow",
             .effect = DiskEffect::slow,
             .delay = microseconds(100),
             .bytes_per_second = 4'096'000});
  const DiskRequest request = write_to("f", DiskSpace::grow);
  EXPECT_EQ(rules.decide(request, microseconds(0)).wait, microseconds(1100));
  EXPECT_EQ(rules.decide(request, microseconds(0)).wait, microseconds(2100));
  EXPECT_EQ(rules.decide(request, microseconds(5000)).wait, microseconds(1100));
  EXPECT_EQ(rules.counts("slow", DiskRules::Whose::database).waited, microseconds(4300));
}

TEST(DiskRules, chance_meets_about_as_many_as_it_says) {
  DiskRules rules;
  rules.add({.name = "r", .probability = 0.2, .error = EIO, .seed = 7});
  int failed = 0;
  for (int i = 0; i < 10'000; ++i) failed += error_of(rules, {DiskCall::read, "f"}) == EIO;
  EXPECT_GT(failed, 1800);
  EXPECT_LT(failed, 2200);
  rules.remove("r");
  rules.add({.name = "f", .effect = DiskEffect::flip, .probability = 0.5, .seed = 7});
  std::uint64_t bits = 0;
  for (int i = 0; i < 1000; ++i)
    for (const auto bit :
         rules.decide({DiskCall::read, "f", false, false, DiskSpace::none, 8192}, microseconds(0))
             .flips) {
      EXPECT_LT(bit, 8U * 8192);
      ++bits;
    }
  EXPECT_GT(bits, 900U);
  EXPECT_LT(bits, 1100U);
  EXPECT_EQ(rules.counts("f", DiskRules::Whose::database).bits, bits);
}

TEST(Damage, chunks_of_a_helix_are_disjoint_and_miss_nothing) {
  Random chance(1);
  std::vector<int> taken(100'000);
  for (std::uint64_t index = 0; index < 3; ++index)
    for (const auto& [begin, end] :
         chosen_chunks({.chunk = 4096, .modulus = 3, .index = index}, taken.size(), chance))
      for (std::uint64_t i = begin; i < end; ++i) ++taken[i];
  EXPECT_EQ(taken, std::vector<int>(taken.size(), 1));
  EXPECT_TRUE(chosen_chunks({.start = 10, .end = 10}, 100, chance).empty());
  const auto part = chosen_chunks({.start = 5000, .end = 9000, .chunk = 4096}, 8500, chance);
  ASSERT_EQ(part.size(), 2U);
  EXPECT_EQ(part[0].begin, 5000U);
  EXPECT_EQ(part[1].end, 8500U);
}

TEST(Damage, flips_about_as_many_bits_as_it_says) {
  Random chance(3);
  MemoryContent content;
  content.bytes = random_bytes(chance, 100'000);
  const std::string before = content.bytes;
  Damage damage;
  const std::uint64_t flipped =
      damage.flip_bits(content, {{0, before.size()}}, {0.001, 1'000'000}, chance);
  std::uint64_t other = 0;
  for (std::size_t i = 0; i < before.size(); ++i)
    other += static_cast<std::uint64_t>(
        __builtin_popcount(static_cast<unsigned char>(before[i] ^ content.bytes[i])));
  EXPECT_EQ(flipped, other);
  EXPECT_GT(flipped, 700U);
  EXPECT_LT(flipped, 900U);
  EXPECT_GT(damage.repair(content), 0U);
  EXPECT_EQ(content.bytes, before);
}

// Whatever is damaged, written over, cut and repaired: what the owner wrote is there, and so is all
// else that was there before.
TEST(Damage, a_repair_puts_back_what_nobody_has_written_since) {
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    Random chance(seed);
    MemoryContent content;
    content.bytes = random_bytes(chance, 300);
    std::string owner = content.bytes;  // as it would be without any damage
    Damage damage;
    for (int step = 0; step < 12; ++step) {
      const std::uint64_t at = chance.below(300), kind = chance.below(3);
      const std::string bytes = random_bytes(chance, 1 + chance.below(300 - at));
      if (kind == 0) {
        damage.write(content, at, bytes);
      } else if (kind == 1) {
        damage.flip_bits(content, {{at, at + bytes.size()}}, {0.05, 50}, chance);
      } else {
        damage.written(at, at + bytes.size());
        content.write(at, bytes.data(), bytes.size());
        owner.replace(at, bytes.size(), bytes);
      }
      for (std::size_t i = 0; i < owner.size(); ++i)
        ASSERT_TRUE(content.bytes[i] == owner[i] || damage.meets(i, i + 1)) << seed;
    }
    damage.repair(content);
    ASSERT_EQ(content.bytes, owner) << "seed " << seed;
    ASSERT_TRUE(damage.empty());
  }
}

TEST(Damage, a_lost_write_is_of_whole_chunks_and_of_what_was_there_then) {
  MemoryContent content, earlier;
  earlier.bytes = "aaaabb";
  content.bytes = "AAAABBBBCCCC";
  Damage damage;
  EXPECT_EQ(damage.restore_chunks(content, {{4, 8}, {8, 12}}, earlier), 4U);
  EXPECT_EQ(content.bytes, std::string("AAAAbb\0\0CCCC", 12)) << "the last chunk was not there";
  EXPECT_EQ(damage.restore_chunks(content, {{4, 8}}, earlier), 0U) << "it is what it was";
  damage.written(5, 6);
  content.bytes[5] = 'x';
  EXPECT_EQ(damage.repair(content), 3U);
  EXPECT_EQ(content.bytes, "AAAABxBBCCCC");
}

TEST(Damage, a_tail_comes_back_unless_somebody_wrote_behind_it) {
  MemoryContent content;
  content.bytes = "0123456789";
  Damage damage;
  EXPECT_EQ(damage.truncate(content, 4), 4U);
  EXPECT_EQ(content.bytes, "012345");
  damage.written(0, 2);
  EXPECT_EQ(damage.repair(content), 4U);
  EXPECT_EQ(content.bytes, "0123456789");
  damage.truncate(content, 4);
  damage.written(6, 7);
  content.bytes += "x";
  EXPECT_EQ(damage.repair(content), 0U);
  EXPECT_EQ(content.bytes, "012345x");
}

}  // namespace
}  // namespace tribunal
