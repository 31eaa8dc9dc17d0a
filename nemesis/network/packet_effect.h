// What a fault does to the packets of a link, and how a measurement of the link shows it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "nemesis/network/flow_shape.h"
#include "nemesis/network/link_meter.h"

namespace tribunal {

struct PacketEffect {
  FlowShape shape;
  std::function<LinkReadings(LinkMeter&, const Links&)> look;
  // What of the effect a reading shows, beside one from before; `ways`: 2 where the way back is
  // shaped, too. Throws std::runtime_error, saying what was measured, when it is not there.
  std::function<std::string(const LinkReading& before, const LinkReading& now, int ways)> shown;
  // Throws the same when it is still there.
  std::function<void(const LinkReading& before, const LinkReading& after)> gone;
  std::vector<std::string> counters;  // those of FlowCounters that say that a packet met it
  std::string met;                    // "delayed"
};

PacketEffect delay_effect(const FlowShape& shape);
PacketEffect loss_effect(const FlowShape& shape);
PacketEffect duplicate_effect(const FlowShape& shape);
PacketEffect reorder_effect(const FlowShape& shape);
PacketEffect corrupt_effect(const FlowShape& shape);
PacketEffect rate_effect(const FlowShape& shape);
PacketEffect hold_effect(const FlowShape& shape);
PacketEffect slow_close_effect(const FlowShape& shape);

}  // namespace tribunal
