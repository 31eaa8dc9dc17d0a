// Counts what the whole program holds from operator new, which linking this replaces.
#pragma once

#include <cstddef>

namespace tribunal {

std::size_t held_bytes();
std::size_t most_held_bytes();  // since watch_held_bytes() or the start
void watch_held_bytes();

}  // namespace tribunal
