// The first instructions of a function, moved elsewhere so that its entry can jump to a hook while
// the hook can still call it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace tribunal {

// The bytes of a jump.
inline constexpr std::size_t jump_length_x86_64 = 5, jump_length_arm64 = 4;

// A jump that stands at `from` and goes to `to`, both offsets in one image.
std::vector<std::uint8_t> jump_x86_64(std::int64_t from, std::int64_t to);
std::vector<std::uint8_t> jump_arm64(std::int64_t from, std::int64_t to);

// How far into a function the jump must stand: behind a landing pad that indirect calls must meet.
std::size_t landing_pad_arm64(std::span<const std::uint8_t> function);

// The instructions at `from` that a jump there would cover, for `to`, with a jump back to what
// follows. `function` holds at least 32 bytes from `from` on. Nothing when one of them is not known
// to mean the same elsewhere.
std::optional<std::vector<std::uint8_t>> moved_prologue_x86_64(
    std::span<const std::uint8_t> function, std::int64_t from, std::int64_t to);
std::optional<std::vector<std::uint8_t>> moved_prologue_arm64(
    std::span<const std::uint8_t> function, std::int64_t from, std::int64_t to);

}  // namespace tribunal
