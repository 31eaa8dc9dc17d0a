// What a power cut takes from one file, against a model that copies the whole file at each fsync.
#include <gtest/gtest.h>

#include <vector>

#include "nemesis/disk/extents.h"
#include "nemesis/disk/unsynced_file.h"
#include "tests/nemesis/disk_bytes.h"

namespace tribunal {
namespace {

struct CutFile {
  MemoryContent content;
  UnsyncedFile unsynced;
  std::string durable;

  void write(std::uint64_t offset, const std::string& bytes) {
    unsynced.before_write(content, offset, bytes.size());
    content.write(offset, bytes.data(), bytes.size());
  }
  void resize(std::uint64_t size) {
    unsynced.before_resize(content, size);
    content.resize(size);
  }
  void sync() {
    unsynced.synced();
    durable = content.bytes;
  }
};

// Lengths and places on both sides of a page's ends, within four pages.
std::uint64_t near_a_page(Random& random) {
  const std::uint64_t page = random.below(4) * UnsyncedFile::page_size, off = random.below(6);
  return random.below(2) ? page + off : page > off ? page - off : off;
}

void change(CutFile& file, Random& random) {
  const std::uint64_t kind = random.below(10);
  if (kind < 6) {
    file.write(near_a_page(random), random_bytes(random, 1 + random.below(2 * 4096)));
  } else if (kind < 8) {
    file.resize(near_a_page(random));
  } else if (kind < 9) {
    file.sync();
  } else {
    file.write(file.content.size(), random_bytes(random, 1 + random.below(9000)));
  }
}

TEST(UnsyncedFile, a_cut_leaves_what_was_last_synced) {
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    Random random(seed);
    CutFile file;
    for (int round = 0; round < 3; ++round) {
      for (std::uint64_t left = random.below(12); left > 0; --left) change(file, random);
      const std::string before = file.content.bytes;
      const std::uint64_t lost = file.unsynced.cut(file.content);
      ASSERT_EQ(file.content.bytes, file.durable) << "seed " << seed;
      ASSERT_TRUE(file.unsynced.clean());
      ASSERT_EQ(file.unsynced.held(), 0U);
      ASSERT_TRUE(lost > 0 ||
                  before.substr(0, file.durable.size()) == file.durable.substr(0, before.size()))
          << "seed " << seed;
    }
  }
}

TEST(UnsyncedFile, counts_the_bytes_that_a_cut_takes) {
  CutFile file;
  file.write(0, std::string(10'000, 'a'));
  file.sync();
  file.write(100, std::string(50, 'b'));    // fifty others
  file.write(200, std::string(50, 'a'));    // the same again
  file.write(9'990, std::string(30, 'c'));  // ten others and twenty more
  file.resize(50'000);                      // nothing written there
  file.write(40'000, std::string(7, 'd'));
  EXPECT_EQ(file.unsynced.cut(file.content), 50U + 10U + 20U + 7U);
  EXPECT_EQ(file.unsynced.cut(file.content), 0U);
}

TEST(UnsyncedFile, appending_takes_no_memory_and_overwriting_a_page_each) {
  CutFile file;
  for (int i = 0; i < 1000; ++i) file.write(file.content.size(), std::string(5000, 'x'));
  EXPECT_EQ(file.unsynced.held(), 0U);
  file.sync();
  file.write(4096, std::string(2 * 4096, 'y'));
  EXPECT_GE(file.unsynced.held(), 2U * 4096);
  EXPECT_LT(file.unsynced.held(), 3U * 4096);
  const std::uint64_t held = file.unsynced.held();
  EXPECT_EQ(file.unsynced.synced(), held);
}

// Every sector after a torn cut is what was synced or what was there before the cut, at least one
// of the last write survives and one does not.
TEST(UnsyncedFile, a_torn_write_survives_by_its_first_sectors) {
  int kept_earlier = 0, lost_earlier = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Random random(seed);
    CutFile file;
    file.write(0, random_bytes(random, 8192));
    file.sync();
    file.write(8192, std::string(1000, 'e'));
    const std::uint64_t begin = 9192, length = 3000;
    file.write(begin, std::string(length, 'l'));
    const std::uint64_t lost = file.unsynced.cut(file.content, Tear{512, random});
    const std::string& after = file.content.bytes;
    ASSERT_EQ(after.substr(0, 8192), file.durable);
    ASSERT_GT(after.size(), begin);
    ASSERT_LT(after.size(), begin + length);
    ASSERT_EQ(after.size() % 512, 0U);
    ASSERT_EQ(after.substr(begin), std::string(after.size() - begin, 'l'));
    const std::string earlier = after.substr(8192, 1000);
    const bool kept = earlier == std::string(1000, 'e');
    ASSERT_TRUE(kept || earlier == std::string(1000, '\0'));
    ASSERT_EQ(lost, begin + length - after.size() + (kept ? 0 : 1000));
    (kept ? kept_earlier : lost_earlier) += 1;
  }
  EXPECT_GT(kept_earlier, 50);
  EXPECT_GT(lost_earlier, 50);
}

TEST(UnsyncedFile, a_torn_cut_invents_no_byte) {
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    Random random(seed);
    CutFile file;
    for (std::uint64_t left = 1 + random.below(12); left > 0; --left) change(file, random);
    const std::string before = file.content.bytes, durable = file.durable;
    file.unsynced.cut(file.content, Tear{512, random});
    const std::string& after = file.content.bytes;
    ASSERT_LE(after.size(), std::max(before.size(), durable.size()));
    for (std::size_t i = 0; i < after.size(); ++i) {
      const bool old = i < durable.size() ? after[i] == durable[i] : after[i] == '\0';
      ASSERT_TRUE(old || (i < before.size() && after[i] == before[i])) << seed << " byte " << i;
    }
  }
}

TEST(Extents, are_the_bytes_that_were_added_and_not_removed) {
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    Random random(seed);
    Extents extents;
    std::vector<bool> model(64);
    for (int step = 0; step < 30; ++step) {
      const std::uint64_t begin = random.below(64), end = random.below(65);
      const bool added = random.below(3) > 0;
      added ? extents.add(begin, end) : extents.remove(begin, end);
      for (std::uint64_t i = begin; i < end; ++i) model[i] = added;
      const std::uint64_t from = random.below(64);
      ASSERT_EQ(extents.count(from, 64),
                static_cast<std::uint64_t>(std::count(model.begin() + from, model.end(), true)));
      std::uint64_t last = 0;
      for (const auto& [first, behind] : extents.ranges()) {
        ASSERT_LT(first, behind);
        ASSERT_TRUE(last == 0 || first > last) << "two ranges that touch are one";
        last = behind;
      }
    }
  }
}

}  // namespace
}  // namespace tribunal
