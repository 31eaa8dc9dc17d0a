#include "nemesis/clock/prologue.h"

#include <cstring>

namespace tribunal {
namespace {

using CodeBytes = std::span<const std::uint8_t>;

void append_distance(std::vector<std::uint8_t>& code, std::int64_t distance) {
  const auto narrow = static_cast<std::int32_t>(distance);
  std::uint8_t bytes[4];
  std::memcpy(bytes, &narrow, sizeof bytes);
  code.insert(code.end(), bytes, bytes + 4);
}

// One instruction of x86-64, as far as it must be known to move it.
struct X86Instruction {
  std::size_t length = 0;       // 0: not known
  std::size_t distance_at = 0;  // where its 32-bit distance from the next instruction is; 0: none
  bool short_branch = false;    // 7x: a distance of 8 bits, for which there is no room elsewhere
};

// An instruction with a ModRM byte whose operands are registers, or memory next to it.
X86Instruction with_operands(CodeBytes code, std::size_t modrm_at, std::size_t immediate) {
  const std::uint8_t modrm = code[modrm_at];
  if ((modrm & 0xc0) == 0xc0) return {modrm_at + 1 + immediate, 0, false};
  if ((modrm & 0xc7) == 0x05) return {modrm_at + 5 + immediate, modrm_at + 1, false};
  return {};
}

// Two bytes that begin with 0f: a conditional branch, or a padding instruction.
X86Instruction two_byte_instruction(CodeBytes code, std::size_t at) {
  if ((code[at + 1] & 0xf0) == 0x80) return {at + 6, at + 2, false};
  return {};
}

// What compilers put at the beginning of functions (Intel's manual, volume 2, appendix A).
X86Instruction decode(CodeBytes code) {
  static constexpr std::uint8_t landing_pad[] = {0xf3, 0x0f, 0x1e, 0xfa};
  if (std::memcmp(code.data(), landing_pad, sizeof landing_pad) == 0) return {4, 0, false};
  const std::size_t at = (code[0] & 0xf0) == 0x40 ? 1 : 0;  // behind a REX prefix
  const std::uint8_t operation = code[at];
  if ((operation & 0xf0) == 0x50) return {at + 1, 0, false};  // push, pop
  if (at == 0 && (operation & 0xf0) == 0x70) return {2, 0, true};
  if (operation == 0x0f && at == 0) return two_byte_instruction(code, at);
  if ((operation & 0xf8) == 0xb8 && (code[0] & 0xf8) != 0x48)
    return {at + 5, 0, false};  // mov imm32
  switch (operation) {
    case 0x83:
      return with_operands(code, at + 1, 1);  // add, sub, and, cmp with 8 bits
    case 0x81:
      return with_operands(code, at + 1, 4);  // with 32 bits
    case 0x31:
    case 0x39:
    case 0x63:
    case 0x85:
    case 0x89:
    case 0x8b:
    case 0x8d:
      return with_operands(code, at + 1, 0);  // xor, cmp, movslq, test, mov, lea
    default:
      return {};
  }
}

std::uint32_t word_of(CodeBytes code) {
  std::uint32_t word = 0;
  std::memcpy(&word, code.data(), sizeof word);
  return word;
}

// Whether an arm64 instruction reads its own address (C4.1 of the Architecture Reference Manual).
bool reads_own_address(std::uint32_t word) {
  return (word & 0x1f000000) == 0x10000000      // adr, adrp
         || (word & 0x3b000000) == 0x18000000   // ldr (literal)
         || (word & 0x7c000000) == 0x14000000   // b, bl
         || (word & 0xff000000) == 0x54000000   // b.cond
         || (word & 0x7c000000) == 0x34000000;  // cbz, cbnz, tbz, tbnz
}

constexpr std::uint32_t sign_return_address = 0xd503233f, sign_return_address_b = 0xd503237f;
constexpr std::uint32_t landing_pad_words[] = {0xd503241f, 0xd503245f, 0xd503249f, 0xd50324df};

}  // namespace

std::vector<std::uint8_t> jump_x86_64(std::int64_t from, std::int64_t to) {
  std::vector<std::uint8_t> code{0xe9};
  append_distance(code, to - (from + static_cast<std::int64_t>(jump_length_x86_64)));
  return code;
}

std::vector<std::uint8_t> jump_arm64(std::int64_t from, std::int64_t to) {
  const auto words = static_cast<std::uint32_t>((to - from) / 4);
  std::vector<std::uint8_t> code;
  append_distance(code, static_cast<std::int32_t>(0x14000000 | (words & 0x03ffffff)));
  return code;
}

std::size_t landing_pad_arm64(CodeBytes function) {
  for (const std::uint32_t pad : landing_pad_words)
    if (word_of(function) == pad) return 4;
  return 0;
}

std::optional<std::vector<std::uint8_t>> moved_prologue_x86_64(CodeBytes function,
                                                               std::int64_t from, std::int64_t to) {
  std::vector<std::uint8_t> moved;
  std::size_t taken = 0;
  while (taken < jump_length_x86_64) {
    const CodeBytes code = function.subspan(taken);
    const X86Instruction instruction = decode(code);
    if (instruction.length == 0) return {};
    const auto next = from + static_cast<std::int64_t>(taken + instruction.length);
    if (instruction.short_branch) {
      const std::int64_t goal = next + static_cast<std::int8_t>(code[1]);
      moved.insert(moved.end(), {0x0f, static_cast<std::uint8_t>(0x80 | (code[0] & 0x0f))});
      append_distance(moved, goal - (to + static_cast<std::int64_t>(moved.size()) + 4));
    } else {
      const std::size_t begin = moved.size();
      moved.insert(moved.end(), code.begin(), code.begin() + static_cast<long>(instruction.length));
      if (instruction.distance_at != 0) {
        std::int32_t distance = 0;
        std::memcpy(&distance, code.data() + instruction.distance_at, sizeof distance);
        distance +=
            static_cast<std::int32_t>(next - (to + static_cast<std::int64_t>(moved.size())));
        std::memcpy(moved.data() + begin + instruction.distance_at, &distance, sizeof distance);
      }
    }
    taken += instruction.length;
  }
  const auto back = jump_x86_64(to + static_cast<std::int64_t>(moved.size()),
                                from + static_cast<std::int64_t>(taken));
  moved.insert(moved.end(), back.begin(), back.end());
  return moved;
}

std::optional<std::vector<std::uint8_t>> moved_prologue_arm64(CodeBytes function, std::int64_t from,
                                                              std::int64_t to) {
  const std::uint32_t first = word_of(function);
  // A signed return address would reach the hook signed, which does not expect it.
  if (reads_own_address(first) || first == sign_return_address || first == sign_return_address_b)
    return {};
  std::vector<std::uint8_t> moved(function.begin(), function.begin() + 4);
  const auto back = jump_arm64(to + 4, from + 4);
  moved.insert(moved.end(), back.begin(), back.end());
  return moved;
}

}  // namespace tribunal
