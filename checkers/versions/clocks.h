// Vector clocks that share what they have in common: a clock is the root of a tree of small blocks,
// and two clocks that agree on a block hold the same one. Thousands of sessions that ended long ago
// then cost next to nothing.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

namespace tribunal {

class Clocks {
 public:
  using Root = std::uint32_t;
  static constexpr Root zero = 0;

  explicit Clocks(std::size_t columns);

  std::uint32_t at(Root root, std::uint32_t column) const {
    for (std::uint32_t shift = top_; shift != 0; shift -= bits)
      root = block(root)[(column >> shift) & mask];
    return block(root)[column & mask];
  }

  // Whoever changes a clock does so under a token of its own. Blocks made under it are changed in
  // place; to keep a clock as it is, go on under a fresh token.
  std::uint32_t fresh_token() { return ++last_token_; }
  void set(Root& root, std::uint32_t column, std::uint32_t value, std::uint32_t token) {
    root = set_in(root, column, value, token, top_);
  }
  // The larger of both, column by column.
  void join(Root& root, Root other, std::uint32_t token) {
    root = join_in(root, other, token, top_);
  }

  std::size_t bytes() const { return chunks_.size() * sizeof(Chunk); }

 private:
  static constexpr std::uint32_t bits = 4, width = 1U << bits, mask = width - 1;
  static constexpr std::uint32_t chunk_bits = 10, chunk_size = 1U << chunk_bits;
  using Block = std::array<std::uint32_t, width>;
  struct Chunk {
    alignas(64) std::array<Block, chunk_size> blocks;
    std::array<std::uint32_t, chunk_size> tokens;
  };

  const Block& block(Root root) const {
    return chunks_[root >> chunk_bits]->blocks[root & (chunk_size - 1)];
  }
  Block& block(Root root) { return chunks_[root >> chunk_bits]->blocks[root & (chunk_size - 1)]; }
  // `root` with other contents: itself if the token made it, else a new one.
  Root replace(Root root, const Block& contents, std::uint32_t token);
  Root set_in(Root root, std::uint32_t column, std::uint32_t value, std::uint32_t token,
              std::uint32_t shift);
  Root join_in(Root root, Root other, std::uint32_t token, std::uint32_t shift);

  std::uint32_t top_ = 0;  // shift of the highest blocks
  std::uint32_t used_ = 0, last_token_ = 0;
  std::vector<std::unique_ptr<Chunk>> chunks_;
};

}  // namespace tribunal
