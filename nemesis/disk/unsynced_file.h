// What a power cut would take from one file: for every page written since the last fsync, what the
// page was before. New bytes go to the file at once, so reads and fsync cost nothing; the cut puts
// the old ones back. Appended bytes, which are most of what a log writes, need no memory at all.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>

#include "harness/record/random.h"
#include "nemesis/disk/extents.h"
#include "nemesis/disk/file_content.h"

namespace tribunal {

// How the last unsynced write of a file is torn: of its sectors some first ones survive, at least
// one and never all. Whether the file's earlier unsynced writes survive, too, is a coin's throw:
// a kernel may write out in any order.
struct Tear {
  std::uint64_t sector = 512;  // bytes; what a disk writes in one piece
  Random& chance;
};

// Not for several threads at once. Memory: 4 KiB for each page overwritten and not zero.
class UnsyncedFile {
 public:
  static constexpr std::uint64_t page_size = 4096;

  // To be called before the content changes; each returns how many bytes of memory it took.
  std::uint64_t before_write(const FileContent& content, std::uint64_t offset,
                             std::uint64_t length);
  std::uint64_t before_resize(const FileContent& content, std::uint64_t size);

  bool clean() const { return !durable_size_; }
  std::uint64_t held() const { return held_; }  // bytes of memory

  // All there is now survives; returns how many bytes of memory it gave back.
  std::uint64_t synced();

  // Makes the file what it was when last synced; clean afterwards. Returns how many bytes it took:
  // those that were written behind the synced end, and those before it that were other.
  std::uint64_t cut(FileContent& content, std::optional<Tear> tear = {});

 private:
  struct Write {
    std::uint64_t begin = 0, end = 0;
  };

  std::uint64_t touch(const FileContent& content);
  std::uint64_t keep_page(const FileContent& content, std::uint64_t page);
  std::uint64_t restore(FileContent& content, std::uint64_t begin, std::uint64_t end);
  std::optional<std::uint64_t> torn_end(const FileContent& content, Tear& tear) const;
  std::uint64_t cut_behind(FileContent& content, std::uint64_t torn);
  std::uint64_t cut_around(FileContent& content, std::uint64_t torn);
  std::uint64_t cut_all(FileContent& content);

  std::optional<std::uint64_t> durable_size_;                         // nothing: clean
  std::unordered_map<std::uint64_t, std::unique_ptr<char[]>> pages_;  // by number; null: zeros
  Extents appended_;  // what was written behind the durable size
  Write last_;
  std::uint64_t held_ = 0;
};

}  // namespace tribunal
