// Figures as people read them.
#pragma once

#include <cstdint>
#include <string>

namespace tribunal {

std::string grouped(std::uint64_t number);  // "12,345"

}  // namespace tribunal
