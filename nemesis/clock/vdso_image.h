// The vDSO, the small library that the kernel maps into every process and through which processes
// read clocks without a system call: where its functions are, and where there is room.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace tribunal {

class VdsoImage {
 public:
  // `bytes`: the whole mapping. Throws std::runtime_error when it is not a 64-bit ELF library of
  // this machine's kind.
  explicit VdsoImage(std::vector<std::uint8_t> bytes);

  std::span<const std::uint8_t> bytes() const { return bytes_; }
  // Where a function begins, as an offset; nothing where this kernel's vDSO has none of that name.
  std::optional<std::uint32_t> function(std::string_view name) const;
  // Where `length` bytes fit that no loader reads, aligned to 64: behind all that the file says,
  // which is zero, or else behind its loaded part (section headers and comments go).
  std::optional<std::uint32_t> room_for(std::size_t length) const;
  // The same, where only zeros may be used.
  std::optional<std::uint32_t> empty_room_for(std::size_t length) const;

 private:
  std::vector<std::uint8_t> bytes_;
  std::uint64_t loaded_end_ = 0;
};

}  // namespace tribunal
