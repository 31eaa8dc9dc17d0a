// What two sketches of a folder tell of what was lost between them.
#include "nemesis/disk/folder_sketch.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "tests/cluster/in_cell.h"

namespace tribunal {
namespace {

namespace fs = std::filesystem;
using Losses = std::vector<std::pair<std::string, std::uint64_t>>;
using Names = std::vector<std::string>;

constexpr std::uint64_t enough = 1 << 20;

void write(const fs::path& path, const std::string& bytes) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << bytes;
}

void overwrite(const fs::path& path, std::streamoff place, const std::string& bytes) {
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  file.seekp(place);
  file << bytes;
}

SketchLoss loss_of(const fs::path& folder, const std::function<void()>& change,
                   std::uint64_t most = enough) {
  const FolderSketch before = sketch_folder(folder, most);
  change();
  return loss_between(before, sketch_folder(folder, most));
}

TEST(FolderSketch, of_a_folder_that_is_as_it_was_nothing_is_lost) {
  const Folder folder;
  write(folder.path() / "wal/0", std::string(70'000, 'w'));
  write(folder.path() / "empty", "");
  const SketchLoss loss = loss_of(folder.path(), [] {});
  EXPECT_EQ(loss.bytes, 0U);
  EXPECT_TRUE(loss.files.empty() && loss.names.empty());
}

TEST(FolderSketch, bytes_that_are_missing_at_the_end_are_counted_one_by_one) {
  const Folder folder;
  const fs::path log = folder.path() / "wal/0";
  write(log, std::string(70'000, 'w'));
  const SketchLoss loss = loss_of(folder.path(), [&] { fs::resize_file(log, 69'001); });
  EXPECT_EQ(loss.bytes, 999U);
  EXPECT_EQ(loss.files, (Losses{{"wal/0", 999}}));
}

TEST(FolderSketch, a_byte_that_is_other_is_a_sector_and_the_last_sector_is_as_long_as_it_is) {
  const Folder folder;
  const fs::path log = folder.path() / "log";
  write(log, std::string(1'100, 'w'));
  EXPECT_EQ(loss_of(folder.path(), [&] { overwrite(log, 600, "x"); }).bytes, 512U);
  EXPECT_EQ(loss_of(folder.path(), [&] { overwrite(log, 1'099, "x"); }).bytes, 76U);
}

TEST(FolderSketch, a_file_is_known_by_itself_and_not_by_its_name) {
  const Folder folder;
  const fs::path old_name = folder.path() / "a.tmp", new_name = folder.path() / "a";
  write(new_name, std::string(2'000, 'a'));
  const SketchLoss renamed = loss_of(folder.path(), [&] { fs::rename(new_name, old_name); });
  EXPECT_EQ(renamed.bytes, 0U);
  EXPECT_EQ(renamed.names, Names{"renamed a.tmp to a"});
  const SketchLoss made = loss_of(folder.path(), [&] { fs::remove(old_name); });
  EXPECT_EQ(made.names, Names{"made a.tmp"});
  EXPECT_EQ(made.bytes, 2'000U);
  const SketchLoss removed = loss_of(folder.path(), [&] { write(new_name, "back"); });
  EXPECT_EQ(removed.names, Names{"removed a"});
  EXPECT_EQ(removed.bytes, 0U);
  const SketchLoss longer = loss_of(folder.path(), [&] { fs::resize_file(new_name, 9); });
  EXPECT_EQ(longer.names, Names{"shortened a"});
}

TEST(FolderSketch, what_was_not_read_is_told_and_only_its_length_is_compared) {
  const Folder folder;
  write(folder.path() / "big", std::string(10'000, 'b'));
  EXPECT_EQ(sketch_folder(folder.path(), 4'096).unread_bytes, 10'000U - 4'096U);
  const auto change_the_end = [&] { overwrite(folder.path() / "big", 9'000, "x"); };
  EXPECT_EQ(loss_of(folder.path(), change_the_end, 4'096).bytes, 0U);
  const auto cut_the_end = [&] { fs::resize_file(folder.path() / "big", 9'000); };
  EXPECT_EQ(loss_of(folder.path(), cut_the_end, 4'096).bytes, 1'000U);
}

}  // namespace
}  // namespace tribunal
