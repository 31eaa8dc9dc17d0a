#include "nemesis/disk/unsynced_file.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <string>

namespace tribunal {
namespace {

constexpr std::uint64_t page_entry = 64;  // bytes that a page costs beside its content
constexpr char zero_page[UnsyncedFile::page_size] = {};

std::uint64_t differing(const char* a, const char* b, std::size_t length) {
  if (std::memcmp(a, b, length) == 0) return 0;
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < length; ++i) count += a[i] != b[i];
  return count;
}

}  // namespace

std::uint64_t UnsyncedFile::touch(const FileContent& content) {
  if (durable_size_) return *durable_size_;
  durable_size_ = content.size();
  return *durable_size_;
}

std::uint64_t UnsyncedFile::keep_page(const FileContent& content, std::uint64_t page) {
  const auto [place, is_new] = pages_.try_emplace(page);
  if (!is_new) return 0;
  char bytes[page_size];
  const std::size_t length = content.read(page * page_size, bytes, page_size);
  std::uint64_t took = page_entry;
  if (std::memcmp(bytes, zero_page, length) != 0) {
    std::memset(bytes + length, 0, page_size - length);
    place->second = std::make_unique<char[]>(page_size);
    std::memcpy(place->second.get(), bytes, page_size);
    took += page_size;
  }
  held_ += took;
  return took;
}

std::uint64_t UnsyncedFile::before_write(const FileContent& content, std::uint64_t offset,
                                         std::uint64_t length) {
  const std::uint64_t durable = touch(content), end = std::min(offset + length, durable);
  std::uint64_t took = 0;
  for (std::uint64_t page = offset / page_size; page * page_size < end; ++page)
    took += keep_page(content, page);
  appended_.add(std::max(offset, durable), offset + length);
  last_ = {offset, offset + length};
  return took;
}

std::uint64_t UnsyncedFile::before_resize(const FileContent& content, std::uint64_t size) {
  const std::uint64_t durable = touch(content);
  std::uint64_t took = 0;
  for (std::uint64_t page = size / page_size; page * page_size < durable; ++page)
    took += keep_page(content, page);
  appended_.remove(size, std::numeric_limits<std::uint64_t>::max());
  last_ = {};
  return took;
}

std::uint64_t UnsyncedFile::synced() {
  const std::uint64_t freed = held_;
  durable_size_.reset();
  if (!pages_.empty()) decltype(pages_)().swap(pages_);  // or later syncs would walk its buckets
  appended_.clear();
  last_ = {};
  held_ = 0;
  return freed;
}

// Puts back what [begin, end) held, as far as it was within the durable size, and counts what was
// other.
std::uint64_t UnsyncedFile::restore(FileContent& content, std::uint64_t begin, std::uint64_t end) {
  const std::uint64_t size = content.size();
  end = std::min(end, *durable_size_);
  std::uint64_t lost = 0;
  char now[page_size];
  for (const auto& [page, bytes] : pages_) {
    const std::uint64_t from = std::max(page * page_size, begin),
                        to = std::min((page + 1) * page_size, end);
    if (from >= to) continue;
    const char* before = (bytes ? bytes.get() : zero_page) + (from - page * page_size);
    const std::size_t length = to - from;
    if (from < size)
      lost += differing(before, now, content.read(from, now, std::min(length, size - from)));
    content.write(from, before, length);
  }
  return lost;
}

std::uint64_t UnsyncedFile::cut_all(FileContent& content) {
  const std::uint64_t durable = *durable_size_;
  const std::uint64_t lost = restore(content, 0, durable);
  content.resize(durable);
  return lost + appended_.count(durable, std::numeric_limits<std::uint64_t>::max());
}

// Where the last write breaks off; nothing where it is gone, or too short to be torn.
std::optional<std::uint64_t> UnsyncedFile::torn_end(const FileContent& content, Tear& tear) const {
  if (content.size() < *durable_size_ || last_.end > content.size()) return {};
  const std::uint64_t first = last_.begin / tear.sector + 1,
                      count = (last_.end + tear.sector - 1) / tear.sector;
  if (last_.begin == last_.end || first >= count) return {};
  return (first + tear.chance.below(count - first)) * tear.sector;
}

// Takes what the last write wrote from `torn` on, and nothing else.
std::uint64_t UnsyncedFile::cut_behind(FileContent& content, std::uint64_t torn) {
  const std::uint64_t begin = std::max(torn, *durable_size_);
  std::uint64_t lost = restore(content, torn, last_.end);
  if (begin >= last_.end) return lost;
  if (last_.end == content.size()) {
    content.resize(begin);
  } else {
    const std::string zeros(last_.end - begin, '\0');
    content.write(begin, zeros.data(), zeros.size());
  }
  return lost + (last_.end - begin);
}

// Takes all but the first bytes of the last write.
std::uint64_t UnsyncedFile::cut_around(FileContent& content, std::uint64_t torn) {
  const std::uint64_t begin = last_.begin, durable = *durable_size_;
  const std::string kept = content.read(begin, torn - begin);
  const std::uint64_t lost = cut_all(content);
  const std::uint64_t within = std::min(kept.size(), durable > begin ? durable - begin : 0);
  const std::string old = content.read(begin, within);
  content.write(begin, kept.data(), kept.size());
  return lost - differing(old.data(), kept.data(), within) - (kept.size() - within);
}

std::uint64_t UnsyncedFile::cut(FileContent& content, std::optional<Tear> tear) {
  if (clean()) return 0;
  const auto torn = tear ? torn_end(content, *tear) : std::nullopt;
  const std::uint64_t lost = !torn                        ? cut_all(content)
                             : tear->chance.below(2) == 0 ? cut_behind(content, *torn)
                                                          : cut_around(content, *torn);
  synced();
  return lost;
}

}  // namespace tribunal
