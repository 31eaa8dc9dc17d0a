// What the files of a folder hold, in short, so that it can be told afterwards what a power cut
// took from them.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace tribunal {

struct FileSketch {
  std::string path;  // from the top of the folder
  std::uint64_t size = 0;
  std::vector<std::uint64_t> sectors;  // a hash of each sector_bytes; of as many as were read
};

struct FolderSketch {
  static constexpr std::uint64_t sector_bytes = 512;
  std::map<ino_t, FileSketch> files;
  std::uint64_t unread_bytes = 0;  // of which only the sizes are known
};

// Reads at most `most_bytes`, the files first that were changed last. Files that come and go
// meanwhile may be in it or not. Takes 1/64 of the bytes in memory.
FolderSketch sketch_folder(const std::string& folder, std::uint64_t most_bytes);

struct SketchLoss {
  // Missing at the end of a file, or in sectors that are other now; a sector that the new end cuts
  // through counts only behind that end.
  std::uint64_t bytes = 0;
  std::vector<std::pair<std::string, std::uint64_t>> files;  // by path, those that lost bytes
  std::vector<std::string> names;  // "made wal/0.tmp": changes of names and ends that were undone
};
SketchLoss loss_between(const FolderSketch& before, const FolderSketch& after);

}  // namespace tribunal
