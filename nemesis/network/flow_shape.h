// What the network does to the packets of a flow. The words and their meaning are netem's.
#pragma once

#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>

namespace tribunal {

enum class Jitter { uniform, normal, pareto };

// Which packets of a flow are meant; the others pass untouched.
enum class Segments {
  all,
  closing,  // of TCP those with FIN or RST
};

struct FlowShape {
  std::chrono::nanoseconds delay{0}, jitter{0};
  Jitter distribution = Jitter::normal;
  double loss = 0;         // shares in [0, 1]
  double correlation = 0;  // of loss: the share of packets that fare as the one before
  double duplicate = 0;
  double reorder = 0;      // these overtake: they are not delayed
  double corrupt = 0;      // one bit behind the IP header is turned
  std::uint64_t rate = 0;  // bytes a second; 0: as fast as it goes
  bool hold = false;       // nothing is delivered until the flow is released
  Segments segments = Segments::all;
  std::size_t limit = 100'000;  // packets that wait at a time; those that come then are lost

  // Whether what happens to a packet depends on its size or may happen to one and not to the next;
  // then packets must come one by one and not as the kernel joins them.
  bool tells_packets_apart() const {
    return loss > 0 || duplicate > 0 || reorder > 0 || corrupt > 0 || rate > 0;
  }
  bool needs_content() const { return duplicate > 0 || corrupt > 0; }
};

void to_json(nlohmann::json& json, const FlowShape& shape);
void from_json(const nlohmann::json& json, FlowShape& shape);

}  // namespace tribunal
