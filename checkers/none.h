// What an index holds that points nowhere.
#pragma once

#include <cstdint>

namespace tribunal {

inline constexpr std::uint32_t none = UINT32_MAX;

}  // namespace tribunal
