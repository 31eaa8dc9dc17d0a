#include "nemesis/network/packet_shaping.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <stdexcept>

#include "nemesis/every_host.h"
#include "nemesis/network/packet_queue.h"
#include "nemesis/network/rule_table.h"
#include "nemesis/tool_question.h"

namespace tribunal {
namespace {

using nlohmann::json;

constexpr Milliseconds start_patience{20'000};  // of a tool that is only being started

std::string queue_rule(const std::string& chain, const std::string& source) {
  return fmt::format("-A {} -s {} -j NFQUEUE --queue-num {} --queue-bypass\n", chain, source,
                     packet_queue_number);
}

}  // namespace

PacketShaping::PacketShaping(Cluster& cluster, int fault, Spares spares)
    : cluster_(cluster),
      chain_(fmt::format("TRIBUNAL-{}-{}", spares == Spares::probes ? "PACKETS" : "HOLD", fault)),
      spares_(spares),
      netem_(cluster) {}

void PacketShaping::install(const Links& links, const FlowShape& shape, std::uint64_t seed) {
  shape_ = shape;
  if (spares_ == Spares::probes && Netem::works(cluster_))
    for (const auto& link : links)
      if (Netem::can(shape, cluster_.host(link.to))) by_netem_.insert(link);
  Links others = links;
  std::erase_if(others, [&](const Link& link) { return by_netem_.contains(link); });
  if (!by_netem_.empty()) netem_.install(by_netem_, shape);
  queue(others, shape, seed);
}

std::string PacketShaping::means() const {
  if (by_netem_.empty()) return "NFQUEUE";
  return queued_.empty() ? "netem" : "netem, NFQUEUE";
}

// The flows first, so that no packet passes by a queue that does not know it. Probes are led past
// the queue, and the loopback interface is left out: by it second copies come.
void PacketShaping::queue(const Links& links, const FlowShape& shape, std::uint64_t seed) {
  queued_ = links;
  on_every(cluster_, receivers_of(links), [&](Host& host) {
    std::string lines = fmt::format(":{} - [0:0]\n", chain_);
    if (spares_ == Spares::probes)
      lines += fmt::format("-A {} -p udp --dport {} -j RETURN\n", chain_, Cluster::probe_port);
    for (const auto& link : links) {
      if (link.to != host.name()) continue;
      const Host& from = cluster_.host(link.from);
      ask_tool(host, packet_queue_verb,
               {{"do", "set"},
                {"flow", flow_of(link)},
                {"spares", spares_ == Spares::probes ? "probes" : "meters"},
                {"sources", {from.address()}},
                {"shape", shape},
                {"seed", seed + 1000 * host.index() + from.index()}});
      lines += queue_rule(chain_, from.address());
    }
    change_rules(host, RuleTable::mangle,
                 lines + fmt::format("-I INPUT 1 ! -i lo -j {}\n", chain_));
  });
}

void PacketShaping::remove() {
  netem_.remove();
  on_every(cluster_, receivers_of(queued_), [&](Host& host) {
    try {
      for (const auto& link : queued_)
        if (link.to == host.name())
          ask_tool(host, packet_queue_verb, {{"do", "remove"}, {"flow", flow_of(link)}});
    } catch (const Error&) {  // has ended: exercise() has found it out, or nothing was missed
    }
    remove_chain(host, RuleTable::mangle, chain_);
    if (rules_of(host, RuleTable::mangle).find(chain_ + " ") != std::string::npos)
      throw std::runtime_error("the rules of " + chain_ + " are still there");
  });
}

std::map<Link, PacketShaping::Reading> PacketShaping::read() {
  std::mutex mutex;
  std::map<Link, Reading> readings;
  on_every(cluster_, receivers_of(queued_), [&](Host& host) {
    const json flows = ask_tool(host, packet_queue_verb, {{"do", "read"}})["flows"];
    for (const auto& link : queued_) {
      if (link.to != host.name()) continue;
      if (!flows.contains(flow_of(link)))
        throw std::runtime_error("the packet queue does not know the flow " + flow_of(link));
      const json& flow = flows[flow_of(link)];
      const std::scoped_lock lock(mutex);
      readings[link] = {flow["database"].get<Counters>(), flow["probe"].get<Counters>()};
    }
  });
  if (!by_netem_.empty())
    for (const auto& [link, passed] : netem_.read())
      readings[link] = netem_reading(passed, measured_[link]);
  return readings;
}

// Thirty expected and none that was met would be one chance in 10^13.
PacketShaping::Reading PacketShaping::netem_reading(const Netem::Passed& passed,
                                                    const Netem::Passed& measured) const {
  constexpr double certain = 30;
  Reading reading;
  const std::uint64_t packets = passed.packets - measured.packets;
  const double share = std::max({shape_.duplicate, shape_.reorder, shape_.corrupt});
  const bool all = shape_.delay.count() > 0 || shape_.rate > 0;
  reading.database["packets"] = packets;
  reading.database["lost"] = passed.lost - measured.lost;
  if (share > 0 ? static_cast<double>(packets) * share >= certain : all && packets > 0)
    reading.database["certain"] = packets;
  return reading;
}

void PacketShaping::forget_measurements() {
  if (!by_netem_.empty()) measured_ = netem_.read();
}

void PacketShaping::prepare(Cluster& cluster) {
  auto ends = cluster.names();
  if (cluster.clients) ends.emplace_back(Cluster::clients_name);
  try {
    on_every(cluster, ends, [](Host& host) {
      const std::string chain = "TRIBUNAL-TRIAL";
      ask_tool(host, packet_queue_verb, {{"do", "read"}}, start_patience);
      change_rules(host, RuleTable::mangle,
                   fmt::format(":{} - [0:0]\n", chain) + queue_rule(chain, "192.0.2.1"));
      remove_chain(host, RuleTable::mangle, chain);
    });
  } catch (const std::exception& error) {
    throw Error(Blame::environment, fmt::format("packets cannot be queued: {}", error.what()),
                "apt-get install iptables, on a kernel with NFQUEUE (nfnetlink_queue, xt_NFQUEUE)");
  }
}

}  // namespace tribunal
