// A file's bytes in memory, and bytes by chance to fill it with.
#pragma once

#include <algorithm>
#include <cstring>
#include <string>

#include "harness/record/random.h"
#include "nemesis/disk/file_content.h"

namespace tribunal {

class MemoryContent : public FileContent {
 public:
  std::string bytes;

  using FileContent::read;
  std::uint64_t size() const override { return bytes.size(); }
  std::size_t read(std::uint64_t offset, char* to, std::size_t length) const override {
    if (offset >= bytes.size()) return 0;
    return bytes.copy(to, length, offset);
  }
  void write(std::uint64_t offset, const char* from, std::size_t length) override {
    if (offset + length > bytes.size()) bytes.resize(offset + length);
    std::memcpy(bytes.data() + offset, from, length);
  }
  void resize(std::uint64_t size) override { bytes.resize(size); }
};

inline std::string random_bytes(Random& random, std::size_t length) {
  std::string bytes(length, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random.below(256));
  return bytes;
}

}  // namespace tribunal
