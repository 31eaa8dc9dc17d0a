#include "checkers/versions/clocks.h"

namespace tribunal {

Clocks::Clocks(std::size_t columns) {
  while (columns > (std::size_t{1} << (top_ + bits))) top_ += bits;
  replace(zero, {}, 0);  // becomes `zero` itself, at every height, since it points at itself
}

Clocks::Root Clocks::replace(Root root, const Block& contents, std::uint32_t token) {
  if (root != zero && chunks_[root >> chunk_bits]->tokens[root & (chunk_size - 1)] == token) {
    block(root) = contents;
    return root;
  }
  if (used_ == chunks_.size() << chunk_bits) {
    chunks_.push_back(
        std::unique_ptr<Chunk>(new Chunk));  // not cleared, since it is filled at once
  }
  const Root made = used_++;
  block(made) = contents;
  chunks_[made >> chunk_bits]->tokens[made & (chunk_size - 1)] = token;
  return made;
}

Clocks::Root Clocks::set_in(Root root, std::uint32_t column, std::uint32_t value,
                            std::uint32_t token, std::uint32_t shift) {
  const std::uint32_t place = (column >> shift) & mask;
  Block contents = block(root);
  contents[place] =
      shift == 0 ? value : set_in(contents[place], column, value, token, shift - bits);
  return replace(root, contents, token);
}

Clocks::Root Clocks::join_in(Root root, Root other, std::uint32_t token, std::uint32_t shift) {
  if (root == other || other == zero) return root;
  if (root == zero) return other;
  const Block mine = block(root), theirs = block(other);
  Block both;
  bool as_mine = true, as_theirs = true;
  for (std::uint32_t i = 0; i < width; ++i) {
    if (shift == 0) {
      both[i] = mine[i] < theirs[i] ? theirs[i] : mine[i];
    } else {
      both[i] = join_in(mine[i], theirs[i], token, shift - bits);
    }
    as_mine &= both[i] == mine[i];
    as_theirs &= both[i] == theirs[i];
  }
  if (as_mine) return root;
  if (as_theirs) return other;
  return replace(root, both, token);
}

}  // namespace tribunal
