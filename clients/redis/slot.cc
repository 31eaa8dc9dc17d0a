#include "clients/redis/slot.h"

#include <cstdint>

namespace tribunal {

int slot_of(std::string_view key) {
  if (const auto open = key.find('{'); open != std::string_view::npos) {
    const auto shut = key.find('}', open + 1);
    if (shut != std::string_view::npos && shut != open + 1)
      key = key.substr(open + 1, shut - open - 1);
  }
  unsigned crc = 0;
  for (const char byte : key) {
    crc ^= static_cast<unsigned>(static_cast<unsigned char>(byte)) << 8U;
    for (int bit = 0; bit < 8; ++bit)
      crc = ((crc & 0x8000U) != 0 ? (crc << 1U) ^ 0x1021U : crc << 1U) & 0xffffU;
  }
  return static_cast<int>(crc % redis_slots);
}

}  // namespace tribunal
