// The frame of the faults that shape packets: links are chosen, measured, shaped and measured
// again; the database's own packets are counted; after the heal the links are as they were.
#pragma once

#include <optional>
#include <string>

#include "harness/parts/fault.h"
#include "nemesis/network/link_meter.h"
#include "nemesis/network/packet_effect.h"
#include "nemesis/network/packet_shaping.h"

namespace tribunal {

class PacketFault final : public Fault {
 public:
  // Throws Error(usage) when an option that all of them have is wrong.
  PacketFault(const PlannedFault& planned, PacketEffect effect);

  void inject(Ground& ground, Receipt& receipt) override;
  void exercise(Ground& ground, Receipt& receipt) override;
  void heal(Ground& ground, Receipt& receipt) override;

 private:
  void choose(Ground& ground, Receipt& receipt);
  void observe(Ground& ground, Receipt& receipt);
  void count(Ground& ground, Receipt& receipt);
  void verify(Ground& ground, Receipt& receipt);

  const PlannedFault planned_;
  const PacketEffect effect_;
  Towards towards_ = Towards::both;
  std::string ends_;  // "peers", "clients", "all"
  Links links_;
  LinkReadings before_;
  std::optional<LinkMeter> meter_;
  std::optional<PacketShaping> shaping_;
};

// Those options: which links of the targets, and which way.
std::vector<FaultOption> packet_options(std::vector<FaultOption> own);

}  // namespace tribunal
