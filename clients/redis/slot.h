// Where Redis Cluster puts a key.
#pragma once

#include <string_view>

namespace tribunal {

constexpr int redis_slots = 16384;

// CRC16 (XMODEM) of the key, or of what stands between its first { and the next } if that is not
// empty, modulo 16384: the Redis Cluster specification.
int slot_of(std::string_view key);

}  // namespace tribunal
