// Done by ioctl rather than by ip(8), since a host does it as its first act and every host at the
// same time.
#include "harness/cluster/interface.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cstring>

#include "harness/cluster/descriptor.h"
#include "harness/cluster/failed_step.h"

namespace tribunal {
namespace {

sockaddr_in internet_address(const std::string& text) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  ::inet_pton(AF_INET, text.c_str(), &address.sin_addr);
  return address;
}

void set_address(const Descriptor& socket, ifreq request, const std::string& text, int what) {
  const sockaddr_in address = internet_address(text);
  std::memcpy(&request.ifr_addr, &address, sizeof address);
  must(::ioctl(socket.number(), static_cast<unsigned long>(what), &request),
       "give a network interface its address");
}

}  // namespace

void forget_neighbour(const std::string& interface, const std::string& address) {
  const Descriptor socket(
      must(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "open a socket for network set-up"));
  arpreq request{};
  const sockaddr_in neighbour = internet_address(address);
  std::memcpy(&request.arp_pa, &neighbour, sizeof neighbour);
  interface.copy(request.arp_dev, sizeof request.arp_dev - 1);
  ::ioctl(socket.number(), SIOCDARP, &request);  // fails if nothing is known, which is as good
}

void bring_up(const std::string& interface, const std::string& address) {
  const Descriptor socket(
      must(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "open a socket for network set-up"));
  ifreq request{};
  interface.copy(request.ifr_name, IFNAMSIZ - 1);
  if (!address.empty()) {
    set_address(socket, request, address, SIOCSIFADDR);
    set_address(socket, request, "255.255.255.0", SIOCSIFNETMASK);
  }
  must(::ioctl(socket.number(), SIOCGIFFLAGS, &request), "look at a network interface");
  request.ifr_flags = static_cast<short>(request.ifr_flags | IFF_UP | IFF_RUNNING);
  must(::ioctl(socket.number(), SIOCSIFFLAGS, &request), "switch a network interface on");
}

}  // namespace tribunal
