// What a packet meets on a link, measured from outside the rules that shape it: by datagrams and
// connections between the tools link-echo and closing-echo of two hosts.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>

#include "nemesis/network/links.h"

namespace tribunal {

struct LinkMeasurement {
  std::uint32_t count = 20;  // datagrams on each link
  std::chrono::nanoseconds gap{2'000'000}, patience{100'000'000};
  std::size_t bytes = 64;  // of each
  enum class Answers { none, wanted } answers = Answers::none;
};

struct LinkReading {
  std::uint64_t sent = 0, answered = 0;
  std::chrono::nanoseconds least{0}, median{0}, deviation{0};  // of round trips
  // At the other end: arrived once, once more, after a later one, with a bit turned; lost by the
  // tool itself, which was too slow to read.
  std::uint64_t arrived = 0, twice = 0, late = 0, corrupted = 0, unread = 0;
  std::uint64_t bytes = 0;
  std::chrono::nanoseconds span{0};  // in which those bytes came

  double lost() const;  // share
  double rate() const;  // bytes a second
};
using LinkReadings = std::map<Link, LinkReading>;

class LinkMeter {
 public:
  // `session`: a number that no other meter of this cluster has.
  LinkMeter(Cluster& cluster, std::uint64_t session) : cluster_(cluster), session_(session << 20) {}

  // All links at the same time. Throws Error(environment) when a tool does not answer.
  LinkReadings measure(const Links& links, const LinkMeasurement& measurement);
  // What has come of the last measurement by now.
  LinkReadings look_again(const Links& links);

  // How long a connection takes to end when its opener closes it; nothing: longer than `patience`,
  // or there was no connection at all.
  struct Closing {
    bool connected = false;
    std::optional<std::chrono::nanoseconds> closed;
  };
  std::map<Link, Closing> close_connections(const Links& links, std::chrono::nanoseconds patience);

  static void prepare(Cluster& cluster);  // starts the tools

 private:
  void tally(LinkReadings& readings);

  Cluster& cluster_;
  std::uint64_t session_;
  LinkReadings last_;
};

}  // namespace tribunal
