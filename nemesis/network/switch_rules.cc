#include "nemesis/network/switch_rules.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "harness/cluster/command.h"
#include "harness/record/error.h"
#include "nemesis/network/packet_head.h"

namespace tribunal {
namespace {

using namespace std::chrono_literals;

constexpr Milliseconds nft_deadline = 5s;

std::string run_nft(const std::vector<std::string>& arguments, const std::string& script) {
  std::vector<std::string> command{"nft"};
  command.insert(command.end(), arguments.begin(), arguments.end());
  const CommandResult result = run_command(command, nft_deadline, script);
  if (result.timed_out) throw std::runtime_error("nft did not end within 5 s");
  if (!result.ok()) throw std::runtime_error("nft said: " + result.err);
  return result.out;
}

std::string counter_name(const char* what, const Link& link) {
  return fmt::format("{}_{}_{}", what, link.from, link.to);
}

}  // namespace

// Of each link probes are dropped by a rule of their own, so that the second one counts what the
// database met. The harness's measurements pass: they are of other faults. What the controller
// itself sends does not come in by a port of the bridge and is met on its way out.
std::string switch_table(const std::string& table, const Links& links,
                         const std::map<std::string, std::string>& address) {
  std::string counters, rules;
  for (const auto& link : links) {
    const std::string match =
        fmt::format("ip saddr {} ip daddr {}", address.at(link.from), address.at(link.to));
    for (const char* what : {"probes", "packets"})
      counters += fmt::format("  counter {} {{\n  }}\n", counter_name(what, link));
    rules += fmt::format("    {} udp dport {} counter name {} drop\n", match, Cluster::probe_port,
                         counter_name("probes", link));
    rules += fmt::format("    {} counter name {} drop\n", match, counter_name("packets", link));
  }
  std::string meters;
  for (const char* port : {"udp dport", "udp sport", "tcp dport", "tcp sport"})
    meters += fmt::format("    {} {} return\n", port, echo_port);
  return fmt::format(
      "table bridge {} {{\n{}  chain cuts {{\n{}{}  }}\n"
      "  chain enters {{\n    type filter hook prerouting priority -300; policy accept;\n"
      "    jump cuts\n  }}\n"
      "  chain leaves {{\n    type filter hook output priority -300; policy accept;\n"
      "    jump cuts\n  }}\n}}\n",
      table, counters, meters, rules);
}

bool SwitchRules::work(Cluster& cluster) {
  if (!cluster.clients) return false;
  try {
    const std::string& address = cluster.clients->address();
    run_nft({"--check", "-f", "-"},
            switch_table("tribunal_trial", {{"a", "b"}}, {{"a", address}, {"b", address}}));
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

SwitchRules::SwitchRules(Cluster& cluster, int fault)
    : cluster_(cluster), table_(fmt::format("tribunal_{}", fault)) {}

void SwitchRules::install(const Links& links) {
  links_ = links;
  std::map<std::string, std::string> address;
  for (const auto& link : links)
    for (const auto& end : {link.from, link.to}) address[end] = cluster_.host(end).address();
  run_nft({"-f", "-"}, switch_table(table_, links, address));
}

// Made before it is deleted, since what is not there cannot be.
void SwitchRules::remove() {
  run_nft({"-f", "-"}, fmt::format("table bridge {0}\ndelete table bridge {0}\n", table_));
  if (run_nft({"list", "tables", "bridge"}, {}).find(table_ + "\n") != std::string::npos)
    throw std::runtime_error("the table " + table_ + " is still there");
}

std::map<Link, Dropped> SwitchRules::counters() {
  const auto listed =
      nlohmann::json::parse(run_nft({"-j", "list", "counters", "table", "bridge", table_}, {}));
  std::map<std::string, std::uint64_t> packets;
  for (const auto& entry : listed.at("nftables"))
    if (entry.contains("counter")) packets[entry["counter"]["name"]] = entry["counter"]["packets"];
  std::map<Link, Dropped> counters;
  for (const auto& link : links_)
    counters[link] = {packets.at(counter_name("probes", link)),
                      packets.at(counter_name("packets", link))};
  return counters;
}

}  // namespace tribunal
