// Which sessions read a key, and which a version, each from when on.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "checkers/versions/versions.h"

namespace tribunal {

class SessionIndex {
 public:
  struct Reader {
    std::uint32_t session, place;
  };
  enum class Of : std::uint8_t { keys, keys_and_versions };

  // O(n).
  SessionIndex(const Versions& versions, Of of);

  // Of a key, each session's first read of something written; by session.
  std::span<const Reader> first_reads(std::uint32_t key) const {
    return std::span(first_reads_)
        .subspan(first_starts_[key], first_starts_[key + 1] - first_starts_[key]);
  }
  // Of a version; pre: Of::keys_and_versions.
  std::span<const Reader> readers_of(std::uint32_t version) const {
    return std::span(readers_).subspan(reader_starts_[version],
                                       reader_starts_[version + 1] - reader_starts_[version]);
  }

 private:
  void index_keys(const Versions& versions);
  void index_versions(const Versions& versions);

  std::vector<std::uint32_t> first_starts_, reader_starts_;
  std::vector<Reader> first_reads_, readers_;
};

}  // namespace tribunal
