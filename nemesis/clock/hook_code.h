// The hook as it is put into a vDSO: its data and machine code as one block, and where to enter it.
// Written in assembly for x86-64 and arm64; on another machine the block is empty.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace tribunal {

struct HookedFunction {
  std::string_view name;  // as the vDSO calls it
  std::uint32_t entry;    // where the hook takes its calls, in the block
};

struct HookCode {
  std::span<const std::uint8_t> block;    // HookData comes first
  std::vector<HookedFunction> functions;  // clock_gettime is the first
  std::uint32_t trampoline;               // in the block, to its end
};

const HookCode& hook_code();

}  // namespace tribunal
