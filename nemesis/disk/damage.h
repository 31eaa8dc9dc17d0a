// Bytes of a file changed behind the back of whoever wrote them: bits flipped, chunks overwritten
// by other chunks, tails cut off; and what was there before, so that all that nobody has written
// since can be put back.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/record/random.h"
#include "nemesis/disk/file_content.h"

namespace tribunal {

// The chunks of a file that are meant: chunk c (counted from the file's beginning) of those within
// [start, end) is meant if c mod modulus is index and a coin falls so. The same modulus on n hosts,
// each with another index, takes disjoint stripes: every chunk survives on n - 1 of them.
struct ChunkChoice {
  std::uint64_t start = 0, end = ~std::uint64_t{0};  // bytes
  std::uint64_t chunk = 1 << 20;                     // bytes
  std::uint64_t modulus = 1, index = 0;
  double probability = 1;
};

struct ByteRange {
  std::uint64_t begin = 0, end = 0;
};

std::vector<ByteRange> chosen_chunks(const ChunkChoice& choice, std::uint64_t size, Random& chance);

// The damage of one file that is still there. Not for several threads at once.
class Damage {
 public:
  // Flips each bit of the ranges with this probability, at most `most` of them; returns how many.
  std::uint64_t flip_bits(FileContent& content, const std::vector<ByteRange>& ranges,
                          std::pair<double, std::uint64_t> probability_and_most, Random& chance);
  // Puts in place of each chunk another of the file, as a write does that went astray; returns how
  // many bytes are other now.
  std::uint64_t copy_chunks(FileContent& content, const std::vector<ByteRange>& ranges,
                            const ChunkChoice& choice, Random& chance);
  // Puts in place of each chunk what it was in an earlier state of the file, as if what was written
  // to it since had never reached the disk. A chunk that was not there then is left alone; of one
  // that was there in part the rest is zeros. Returns how many bytes are other now.
  std::uint64_t restore_chunks(FileContent& content, const std::vector<ByteRange>& ranges,
                               const FileContent& earlier);
  std::uint64_t write(FileContent& content, std::uint64_t offset, const std::string& bytes);
  std::uint64_t truncate(FileContent& content, std::uint64_t drop);  // returns the bytes dropped

  bool empty() const { return pieces_.empty() && !tail_; }
  std::uint64_t bytes() const;  // that are other, or missing
  bool shortened() const { return tail_.has_value(); }
  bool meets(std::uint64_t begin, std::uint64_t end) const;

  // Somebody wrote there, or set the size: what was there before is of no more use.
  void written(std::uint64_t begin, std::uint64_t end);
  void resized(std::uint64_t size);

  std::uint64_t repair(FileContent& content);  // returns the bytes put back; empty afterwards

 private:
  void note(std::uint64_t offset, const std::string& before);

  struct Tail {
    std::uint64_t begin = 0;
    std::string before;
  };
  std::map<std::uint64_t, std::string> pieces_;  // what was there, by offset; disjoint
  std::optional<Tail> tail_;
};

}  // namespace tribunal
