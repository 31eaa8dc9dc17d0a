#include "nemesis/network/packet_rules.h"

#include <fmt/format.h>

#include <mutex>
#include <sstream>
#include <stdexcept>

#include "nemesis/every_host.h"
#include "nemesis/network/packet_head.h"
#include "nemesis/network/rule_table.h"

namespace tribunal {
namespace {

std::vector<std::string> words_of(const std::string& line) {
  std::istringstream in(line);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

std::string match_port(const char* protocol, const char* port, unsigned number) {
  return fmt::format("-p {} --{} {}", protocol, port, number);
}

// What is let through before anything is cut: the harness's measurements, which are of other
// faults, and where senders are to be told, what tells them.
std::string passes(const std::string& chain, CutBy by) {
  std::string lines;
  for (const char* protocol : {"udp", "tcp"})
    for (const char* port : {"dport", "sport"})
      lines += fmt::format("-A {} {} -j RETURN\n", chain, match_port(protocol, port, echo_port));
  if (by == CutBy::reject)
    lines += fmt::format("-A {} -p tcp --tcp-flags RST RST -j RETURN\n", chain);
  return lines;
}

}  // namespace

PacketRules::PacketRules(Cluster& cluster, int fault, CutBy by)
    : cluster_(cluster), chain_(fmt::format("TRIBUNAL-{}", fault)), by_(by) {}

std::vector<std::string> PacketRules::ends() const {
  auto ends = cluster_.names();
  if (cluster_.clients) ends.emplace_back(Cluster::clients_name);
  return ends;
}

// Of each source probes are dropped by a rule of their own, so that the others count what the
// database met. At the head of INPUT, since a rule before them might accept.
void PacketRules::install(const Links& links) {
  links_ = links;
  on_every(cluster_, receivers_of(links), [&](Host& host) {
    std::string lines = fmt::format(":{} - [0:0]\n", chain_) + passes(chain_, by_);
    for (const auto& link : links) {
      if (link.to != host.name()) continue;
      const std::string& address = cluster_.host(link.from).address();
      lines += fmt::format("-A {} -s {} {} -j DROP\n", chain_, address,
                           match_port("udp", "dport", Cluster::probe_port));
      if (by_ == CutBy::reject)
        lines +=
            fmt::format("-A {} -s {} -p tcp -j REJECT --reject-with tcp-reset\n", chain_, address);
      lines += fmt::format("-A {} -s {} -j DROP\n", chain_, address);
    }
    change_rules(host, RuleTable::filter, lines + fmt::format("-I INPUT 1 -j {}\n", chain_));
  });
}

void PacketRules::remove() {
  on_every(cluster_, ends(), [&](Host& host) {
    remove_chain(host, RuleTable::filter, chain_);
    if (rules_of(host, RuleTable::filter).find(chain_ + " ") != std::string::npos)
      throw std::runtime_error("rules left");
  });
}

std::map<Link, Dropped> PacketRules::counters() {
  std::map<std::string, std::string> source_at;
  for (const auto& name : ends()) source_at[cluster_.host(name).address() + "/32"] = name;
  std::mutex mutex;
  std::map<Link, Dropped> counters;
  on_every(cluster_, receivers_of(links_), [&](Host& host) {
    std::istringstream table(rules_of(host, RuleTable::filter));
    for (std::string line; std::getline(table, line);) {
      const auto words = words_of(line);  // [packets:bytes] -A CHAIN -s SOURCE/32 ...
      if (words.size() < 6 || words[2] != chain_ || words[3] != "-s") continue;
      const std::uint64_t packets = std::stoull(words[0].substr(1));
      const std::scoped_lock lock(mutex);
      Dropped& dropped = counters[{source_at[words[4]], host.name()}];
      (line.find("--dport") == std::string::npos ? dropped.packets : dropped.probes) += packets;
    }
  });
  return counters;
}

}  // namespace tribunal
