#include "nemesis/network/packets.h"

#include <fmt/format.h>

#include "harness/record/error.h"
#include "nemesis/network/packet_fault.h"
#include "nemesis/options.h"

namespace tribunal {
namespace {

using namespace std::chrono_literals;

Jitter distribution_option(const PlannedFault& planned) {
  const std::string name = choice_option(planned, "distribution", {"normal", "uniform", "pareto"});
  return name == "normal" ? Jitter::normal : name == "uniform" ? Jitter::uniform : Jitter::pareto;
}

// Too small a share could not be seen within the second that a measurement takes.
double visible_share(const PlannedFault& planned, const std::string& name) {
  const double share = share_option(planned, name);
  if (share >= 0.01) return share;
  throw Error(
      Blame::usage,
      fmt::format("the option {} of the fault '{}' is too small to be seen", name, planned.fault),
      "give 1% or more");
}

// Bytes a second, of "1mbit" as tc(8) says it.
std::uint64_t rate_option(const PlannedFault& planned) {
  const std::string text = text_option(planned, "rate");
  PlannedFault number = planned;
  for (const auto& [unit, bytes] : {std::pair{"kbit", 125.0}, {"mbit", 125e3}, {"gbit", 125e6}}) {
    if (!text.ends_with(unit)) continue;
    number.options["rate"] = text.substr(0, text.size() - 4);
    return static_cast<std::uint64_t>(figure_option(number, "rate", 0.01, 1e4) * bytes);
  }
  throw Error(Blame::usage,
              fmt::format("the option rate of the fault 'rate' cannot be '{}'", text.substr(0, 80)),
              "give a number with kbit, mbit or gbit, such as 1mbit");
}

PacketEffect make_delay(const PlannedFault& planned) {
  FlowShape shape;
  shape.delay = time_option(planned, "delay", 1ms, 60s);
  shape.jitter = time_option(planned, "jitter", 0ms, 60s);
  shape.distribution = distribution_option(planned);
  return delay_effect(shape);
}

PacketEffect make_loss(const PlannedFault& planned) {
  FlowShape shape;
  shape.loss = visible_share(planned, "share");
  shape.correlation = std::min(0.9, share_option(planned, "correlation"));
  return loss_effect(shape);
}

PacketEffect make_duplicate(const PlannedFault& planned) {
  FlowShape shape;
  shape.duplicate = visible_share(planned, "share");
  return duplicate_effect(shape);
}

PacketEffect make_reorder(const PlannedFault& planned) {
  FlowShape shape;
  shape.reorder = std::min(0.9, visible_share(planned, "share"));
  shape.delay = time_option(planned, "delay", 5ms, 10s);
  return reorder_effect(shape);
}

PacketEffect make_corrupt(const PlannedFault& planned) {
  FlowShape shape;
  shape.corrupt = visible_share(planned, "share");
  return corrupt_effect(shape);
}

PacketEffect make_rate(const PlannedFault& planned) {
  FlowShape shape;
  shape.rate = rate_option(planned);
  shape.limit = count_option(planned, "queue", 10, 100'000);
  return rate_effect(shape);
}

PacketEffect make_hold(const PlannedFault& planned) {
  FlowShape shape;
  shape.hold = true;
  shape.limit = count_option(planned, "queue", 100, 1'000'000);
  return hold_effect(shape);
}

PacketEffect make_slow_close(const PlannedFault& planned) {
  FlowShape shape;
  shape.segments = Segments::closing;
  shape.delay = time_option(planned, "delay", 100ms, 300s);
  shape.loss = share_option(planned, "loss");
  return slow_close_effect(shape);
}

FaultKind packet_kind(std::string name, std::string summary,
                      PacketEffect (*effect)(const PlannedFault&),
                      std::vector<FaultOption> options) {
  FaultKind kind;
  kind.name = std::move(name);
  kind.summary = std::move(summary);
  kind.targets = {"one", "minority", "majority", "leader", "all"};
  kind.least_hosts = 2;
  kind.make = [effect](const PlannedFault& planned) {
    return std::make_unique<PacketFault>(planned, effect(planned));
  };
  kind.options = packet_options(std::move(options));
  kind.resource = "packets";
  kind.prepare = [](Cluster& cluster) {
    PacketShaping::prepare(cluster);
    LinkMeter::prepare(cluster);
  };
  return kind;
}

}  // namespace

std::vector<FaultKind> packet_faults() {
  std::vector<FaultKind> kinds{
      packet_kind("delay", "packets take longer, each its own time", make_delay,
                  {{"delay", {"50ms", "10ms", "300ms"}, "each way that is shaped"},
                   {"jitter", {"10ms", "0ms", "50ms"}, "how far a packet's delay strays"},
                   {"distribution", {"normal", "uniform", "pareto"}, "how it strays"}}),
      packet_kind("loss", "packets are lost", make_loss,
                  {{"share", {"20%", "5%", "50%"}, "of the packets"},
                   {"correlation", {"0%", "75%"}, "fare as the packet before"}}),
      packet_kind("duplicate", "packets come twice", make_duplicate,
                  {{"share", {"20%", "50%"}, "of the packets"}}),
      packet_kind("reorder", "packets overtake others", make_reorder,
                  {{"share", {"20%", "50%"}, "of the packets overtake"},
                   {"delay", {"10ms", "50ms"}, "of the others"}}),
      packet_kind("corrupt", "packets come with a bit turned", make_corrupt,
                  {{"share", {"20%", "2%"}, "of the packets"}}),
      packet_kind("rate", "links are slow", make_rate,
                  {{"rate", {"1mbit", "100kbit", "10mbit"}, "of each link, one way"},
                   {"queue", {"200"}, "packets that wait; more are lost"}}),
      packet_kind("hold", "packets are kept and delivered at the heal", make_hold,
                  {{"queue", {"10000"}, "packets that are kept; more are lost"}}),
      packet_kind(
          "slow-close", "connections that were closed linger", make_slow_close,
          {{"delay", {"10s", "2s"}, "of FIN and RST"}, {"loss", {"0%", "50%"}, "of FIN and RST"}}),
  };
  for (auto& kind : kinds)
    if (kind.name == "hold") kind.harm = Harm::stops;
  return kinds;
}

}  // namespace tribunal
