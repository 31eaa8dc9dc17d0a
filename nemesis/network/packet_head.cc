#include "nemesis/network/packet_head.h"

#include <netinet/in.h>

#include <cstring>

#include "harness/cluster/cluster.h"

namespace tribunal {
namespace {

std::uint8_t octet(std::string_view packet, std::size_t at) {
  return at < packet.size() ? static_cast<std::uint8_t>(packet[at]) : 0;
}

std::uint16_t pair_of(std::string_view packet, std::size_t at) {
  return static_cast<std::uint16_t>(octet(packet, at) << 8 | octet(packet, at + 1));
}

}  // namespace

PacketHead read_head(std::string_view packet) {
  constexpr std::size_t shortest = 20;
  constexpr std::uint8_t fin_or_rst = 0x05;
  PacketHead head;
  const std::uint32_t length = (octet(packet, 0) & 0x0fU) * 4U;
  if (packet.size() < shortest || octet(packet, 0) >> 4 != 4 || length < shortest) return head;
  head.header = length;
  std::memcpy(&head.source, packet.data() + 12, sizeof head.source);
  const std::uint16_t fragment = pair_of(packet, 6) & 0x1fffU;
  if (fragment != 0) return head;  // only the first has the ports
  const std::uint8_t protocol = octet(packet, 9);
  if (protocol == IPPROTO_TCP) head.closing = octet(packet, length + 13) & fin_or_rst;
  if (protocol == IPPROTO_UDP && pair_of(packet, length + 2) == Cluster::probe_port)
    head.sender = Sender::probe;
  if ((protocol == IPPROTO_UDP || protocol == IPPROTO_TCP) &&
      (pair_of(packet, length) == echo_port || pair_of(packet, length + 2) == echo_port))
    head.sender = Sender::meter;
  return head;
}

}  // namespace tribunal
