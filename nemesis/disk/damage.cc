#include "nemesis/disk/damage.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

namespace tribunal {
namespace {

constexpr std::uint64_t block = 1 << 16;  // that is read and written at once
constexpr std::uint64_t whole_file = std::numeric_limits<std::uint64_t>::max();

// How many bits to pass over before the next one to flip, so that few flips take few draws.
std::uint64_t draw_gap(double probability, Random& chance) {
  if (probability >= 1) return 0;
  const double gap = std::log1p(-chance.unit()) / std::log1p(-probability);
  return gap < 1e18 ? static_cast<std::uint64_t>(gap) : whole_file;
}

std::uint64_t count_differences(const std::string& a, const std::string& b) {
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < a.size(); ++i) count += a[i] != b[i];
  return count;
}

}  // namespace

std::vector<ByteRange> chosen_chunks(const ChunkChoice& choice, std::uint64_t size,
                                     Random& chance) {
  std::vector<ByteRange> ranges;
  const std::uint64_t end = std::min(choice.end, size);
  for (std::uint64_t c = choice.start / choice.chunk; c * choice.chunk < end; ++c) {
    if (c % choice.modulus != choice.index) continue;
    if (choice.probability < 1 && chance.unit() >= choice.probability) continue;
    const ByteRange range{std::max(c * choice.chunk, choice.start),
                          std::min((c + 1) * choice.chunk, end)};
    if (range.begin < range.end) ranges.push_back(range);
  }
  return ranges;
}

// What was there first stays noted: a second damage of the same byte changes only what is there
// now.
void Damage::note(std::uint64_t offset, const std::string& before) {
  const std::uint64_t end = offset + before.size();
  auto next = pieces_.upper_bound(offset);
  if (next != pieces_.begin()) {
    const auto last = std::prev(next);
    offset = std::max(offset, last->first + last->second.size());
  }
  const std::uint64_t begin = end - before.size();
  while (offset < end) {
    const std::uint64_t until = next == pieces_.end() ? end : std::min(end, next->first);
    if (offset < until)
      pieces_.emplace_hint(next, offset, before.substr(offset - begin, until - offset));
    if (next == pieces_.end()) return;
    offset = std::max(until, next->first + next->second.size());
    ++next;
  }
}

std::uint64_t Damage::write(FileContent& content, std::uint64_t offset, const std::string& bytes) {
  const std::string before = content.read(offset, bytes.size());
  const std::uint64_t other = count_differences(before, bytes);
  if (other == 0) return 0;
  note(offset, before);
  content.write(offset, bytes.data(), bytes.size());
  return other;
}

std::uint64_t Damage::flip_bits(FileContent& content, const std::vector<ByteRange>& ranges,
                                std::pair<double, std::uint64_t> probability_and_most,
                                Random& chance) {
  const auto [probability, most] = probability_and_most;
  std::uint64_t flipped = 0;
  if (probability <= 0) return 0;
  for (const auto& [first, last] : ranges) {
    std::uint64_t gap = draw_gap(probability, chance);  // up to the next bit to flip
    for (std::uint64_t begin = first; begin < last && flipped < most; begin += block) {
      std::string bytes = content.read(begin, std::min(block, last - begin));
      const std::uint64_t bits = bytes.size() * 8, before = flipped;
      std::uint64_t bit = gap;
      for (; bit < bits && flipped < most; ++flipped) {
        note(begin + bit / 8, bytes.substr(bit / 8, 1));
        bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << bit % 8));
        const std::uint64_t next = draw_gap(probability, chance);
        bit = next < whole_file - bit - 1 ? bit + 1 + next : whole_file;
      }
      gap = bit - std::min(bit, bits);
      if (flipped > before) content.write(begin, bytes.data(), bytes.size());
    }
  }
  return flipped;
}

std::uint64_t Damage::copy_chunks(FileContent& content, const std::vector<ByteRange>& ranges,
                                  const ChunkChoice& choice, Random& chance) {
  const std::uint64_t size = content.size(), chunks = (size + choice.chunk - 1) / choice.chunk;
  if (chunks < 2) return 0;
  std::uint64_t other = 0;
  for (const auto& [begin, end] : ranges) {
    const std::uint64_t own = begin / choice.chunk;
    const std::uint64_t source = (own + 1 + chance.below(chunks - 1)) % chunks;
    other += write(content, begin,
                   content.read(source * choice.chunk + begin % choice.chunk, end - begin));
  }
  return other;
}

std::uint64_t Damage::restore_chunks(FileContent& content, const std::vector<ByteRange>& ranges,
                                     const FileContent& earlier) {
  const std::uint64_t end_then = earlier.size();
  std::uint64_t other = 0;
  for (const auto& [begin, end] : ranges)
    for (std::uint64_t at = begin; at < end && begin < end_then; at += block)
      other += write(content, at, earlier.read(at, std::min(block, end - at)));
  return other;
}

std::uint64_t Damage::truncate(FileContent& content, std::uint64_t drop) {
  const std::uint64_t size = content.size(), begin = size - std::min(drop, size);
  if (begin == size) return 0;
  repair(content);  // one tail at a time, and nothing noted behind it
  tail_ = Tail{begin, content.read(begin, size - begin)};
  content.resize(begin);
  return size - begin;
}

std::uint64_t Damage::bytes() const {
  std::uint64_t total = tail_ ? tail_->before.size() : 0;
  for (const auto& [offset, before] : pieces_) total += before.size();
  return total;
}

bool Damage::meets(std::uint64_t begin, std::uint64_t end) const {
  if (tail_ && end > tail_->begin) return true;
  const auto next = pieces_.lower_bound(end);
  if (next == pieces_.begin()) return false;
  const auto last = std::prev(next);
  return last->first + last->second.size() > begin;
}

void Damage::written(std::uint64_t begin, std::uint64_t end) {
  if (tail_ && end > tail_->begin) tail_.reset();
  auto next = pieces_.lower_bound(begin);
  if (next != pieces_.begin() && std::prev(next)->first + std::prev(next)->second.size() > begin)
    --next;
  while (next != pieces_.end() && next->first < end) {
    const std::uint64_t first = next->first;
    const std::string before = std::move(next->second);
    next = pieces_.erase(next);
    if (first < begin) pieces_.emplace(first, before.substr(0, begin - first));
    if (first + before.size() > end) pieces_.emplace(end, before.substr(end - first));
  }
}

void Damage::resized(std::uint64_t size) {
  tail_.reset();
  written(size, whole_file);
}

std::uint64_t Damage::repair(FileContent& content) {
  const std::uint64_t restored = bytes();
  for (auto piece = pieces_.begin(); piece != pieces_.end();) {
    const std::uint64_t begin = piece->first;
    auto end = piece;  // behind those that lie in one block with it
    std::uint64_t length = 0;
    for (; end != pieces_.end() && end->first < begin + block; ++end)
      length = end->first + end->second.size() - begin;
    std::string bytes = content.read(begin, length);
    for (; piece != end; ++piece) piece->second.copy(bytes.data() + piece->first - begin, length);
    content.write(begin, bytes.data(), bytes.size());
  }
  if (tail_) content.write(tail_->begin, tail_->before.data(), tail_->before.size());
  pieces_.clear();
  tail_.reset();
  return restored;
}

}  // namespace tribunal
