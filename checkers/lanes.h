// Work on many items by a few threads.
#pragma once

#include <cstddef>
#include <functional>

namespace tribunal {

// How many lanes `wanted` threads (0: all cores) give `items` items; always at least one.
std::size_t lanes_for(unsigned wanted, std::size_t items);

// Calls work(lane, item) once for each item, handing items out in their order; each lane is one
// thread, a single lane the calling one. Rethrows the first exception after all lanes have ended.
void in_lanes(std::size_t lanes, std::size_t items,
              const std::function<void(std::size_t, std::size_t)>& work);

}  // namespace tribunal
