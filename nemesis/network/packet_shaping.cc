#include "nemesis/network/packet_shaping.h"

#include <fmt/format.h>

#include <mutex>
#include <stdexcept>

#include "nemesis/every_host.h"
#include "nemesis/network/packet_queue.h"
#include "nemesis/network/rule_table.h"
#include "nemesis/tool_question.h"

namespace tribunal {
namespace {

using nlohmann::json;

std::string queue_rule(const std::string& chain, const std::string& source) {
  return fmt::format("-A {} -s {} -j NFQUEUE --queue-num {} --queue-bypass\n", chain, source,
                     packet_queue_number);
}

}  // namespace

PacketShaping::PacketShaping(Cluster& cluster, int fault, Spares spares)
    : cluster_(cluster),
      chain_(fmt::format("TRIBUNAL-{}-{}", spares == Spares::probes ? "PACKETS" : "HOLD", fault)),
      spares_(spares) {}

// The flow first, so that no packet passes by a queue that does not know it. Probes are led past
// the queue, and the loopback interface is left out: by it second copies come.
void PacketShaping::install(const Links& links, const FlowShape& shape, std::uint64_t seed) {
  receivers_ = receivers_of(links);
  on_every(cluster_, receivers_, [&](Host& host) {
    json sources = json::array();
    std::string lines = fmt::format(":{} - [0:0]\n", chain_);
    if (spares_ == Spares::probes)
      lines += fmt::format("-A {} -p udp --dport {} -j RETURN\n", chain_, Cluster::probe_port);
    for (const auto& link : links) {
      if (link.to != host.name()) continue;
      const std::string& address = cluster_.host(link.from).address();
      sources.push_back(address);
      lines += queue_rule(chain_, address);
    }
    ask_tool(host, packet_queue_verb,
             {{"do", "set"},
              {"flow", chain_},
              {"spares", spares_ == Spares::probes ? "probes" : "meters"},
              {"sources", sources},
              {"shape", shape},
              {"seed", seed + host.index()}});
    change_rules(host, RuleTable::mangle,
                 lines + fmt::format("-I INPUT 1 ! -i lo -j {}\n", chain_));
  });
}

void PacketShaping::remove() {
  on_every(cluster_, receivers_, [&](Host& host) {
    try {
      ask_tool(host, packet_queue_verb, {{"do", "remove"}, {"flow", chain_}});
    } catch (const Error&) {
    }
    remove_chain(host, RuleTable::mangle, chain_);
    if (rules_of(host, RuleTable::mangle).find(chain_ + " ") != std::string::npos)
      throw std::runtime_error("the rules of " + chain_ + " are still there");
  });
}

std::map<std::string, PacketShaping::Reading> PacketShaping::read() {
  std::mutex mutex;
  std::map<std::string, Reading> readings;
  on_every(cluster_, receivers_, [&](Host& host) {
    const json answer = ask_tool(host, packet_queue_verb, {{"do", "read"}});
    if (!answer["flows"].contains(chain_))
      throw std::runtime_error("the packet queue does not know the flow " + chain_);
    const json& flow = answer["flows"][chain_];
    const std::scoped_lock lock(mutex);
    readings[host.name()] = {flow["database"].get<Counters>(), flow["probe"].get<Counters>(),
                             flow["meter"].get<Counters>()};
  });
  return readings;
}

void PacketShaping::prepare(Cluster& cluster) {
  auto ends = cluster.names();
  if (cluster.clients) ends.emplace_back(Cluster::clients_name);
  try {
    on_every(cluster, ends, [](Host& host) {
      const std::string chain = "TRIBUNAL-TRIAL";
      ask_tool(host, packet_queue_verb, {{"do", "read"}});
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
