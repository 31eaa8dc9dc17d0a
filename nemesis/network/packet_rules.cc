#include "nemesis/network/packet_rules.h"

#include <fmt/format.h>

#include <mutex>
#include <sstream>
#include <stdexcept>

#include "nemesis/every_host.h"

namespace tribunal {
namespace {

using namespace std::chrono_literals;

constexpr Milliseconds rule_deadline = 5s;

std::string run_or_throw(Host& host, const std::vector<std::string>& command,
                         const std::string& input = {}) {
  const CommandResult result = host.run(command, rule_deadline, input);
  if (result.timed_out) throw std::runtime_error(command[0] + " did not end within 5 s");
  if (!result.ok()) throw std::runtime_error(command[0] + " said: " + result.err);
  return result.out;
}

void change(Host& host, const std::string& lines) {
  run_or_throw(host, {"iptables-restore", "--noflush", "-w", "5"},
               "*filter\n" + lines + "COMMIT\n");
}

std::vector<std::string> words_of(const std::string& line) {
  std::istringstream in(line);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

}  // namespace

PacketRules::PacketRules(Cluster& cluster, int fault)
    : cluster_(cluster), chain_(fmt::format("TRIBUNAL-{}", fault)) {}

// Of each source probes are dropped by a rule of their own, so that the second one counts what the
// database met. At the head of INPUT, since a rule before them might accept.
void PacketRules::install(const Grudge& grudge) {
  std::vector<std::string> hosts;
  for (const auto& [name, sources] : grudge) hosts.push_back(name);
  on_every(cluster_, hosts, [&](Host& host) {
    std::string lines = fmt::format(":{} - [0:0]\n", chain_);
    for (const auto& source : grudge.at(host.name())) {
      const std::string& address = cluster_.host(source).address();
      lines += fmt::format("-A {} -s {} -p udp --dport {} -j DROP\n", chain_, address,
                           Cluster::probe_port);
      lines += fmt::format("-A {} -s {} -j DROP\n", chain_, address);
    }
    change(host, lines + fmt::format("-I INPUT 1 -j {}\n", chain_));
  });
}

void PacketRules::remove() {
  on_every(cluster_, cluster_.names(), [&](Host& host) {
    std::istringstream table(table_of(host));
    std::string removal, end;
    for (std::string line; std::getline(table, line);) {
      if (line.ends_with("-A INPUT -j " + chain_)) removal += "-D INPUT -j " + chain_ + "\n";
      if (line.starts_with(":" + chain_ + " ")) end = fmt::format("-F {0}\n-X {0}\n", chain_);
    }
    if (!(removal + end).empty()) change(host, removal + end);
  });
}

std::string PacketRules::table_of(Host& host) const {
  return run_or_throw(host, {"iptables-save", "-c", "-t", "filter"});
}

std::map<std::string, std::map<std::string, Dropped>> PacketRules::counters() {
  std::map<std::string, std::string> source_at;
  for (const auto& name : cluster_.names()) source_at[cluster_.host(name).address() + "/32"] = name;
  std::mutex mutex;
  std::map<std::string, std::map<std::string, Dropped>> counters;
  on_every(cluster_, cluster_.names(), [&](Host& host) {
    std::istringstream table(table_of(host));
    for (std::string line; std::getline(table, line);) {
      const auto words = words_of(line);  // [12:720] -A TRIBUNAL-1 -s 10.77.0.2/32 ... -j DROP
      if (words.size() < 5 || words[1] != "-A" || words[2] != chain_ || words[3] != "-s") continue;
      const std::uint64_t packets = std::stoull(words[0].substr(1));
      const std::scoped_lock lock(mutex);
      Dropped& dropped = counters[host.name()][source_at[words[4]]];
      (line.find("--dport") == std::string::npos ? dropped.packets : dropped.probes) += packets;
    }
  });
  return counters;
}

std::vector<std::string> PacketRules::hosts_with_chain() {
  std::mutex mutex;
  std::vector<std::string> found;
  on_every(cluster_, cluster_.names(), [&](Host& host) {
    if (table_of(host).find(chain_ + " ") == std::string::npos) return;
    const std::scoped_lock lock(mutex);
    found.push_back(host.name());
  });
  return found;
}

}  // namespace tribunal
