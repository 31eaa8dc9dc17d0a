// What the head of an IPv4 packet says.
#pragma once

#include <cstdint>
#include <string_view>

#include "nemesis/network/flow.h"

namespace tribunal {

// The port of the harness's own measurements (link_echo.cc by UDP, closing_echo.cc by TCP).
inline constexpr std::uint16_t echo_port = 48;

struct PacketHead {
  std::uint32_t source = 0;  // in the order of the network
  std::uint32_t header = 0;  // bytes of the IP header; 0: this is no packet of IPv4
  Sender sender = Sender::database;
  bool closing = false;  // TCP with FIN or RST
};

PacketHead read_head(std::string_view packet);

}  // namespace tribunal
