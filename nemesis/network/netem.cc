#include "nemesis/network/netem.h"

#include <fmt/format.h>
#include <net/if.h>

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <thread>

#include "harness/cluster/command.h"

namespace tribunal {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

constexpr Milliseconds tc_deadline = 5s;
constexpr std::size_t first_band = 2, most_bands = 16;  // the first is for what is not shaped

std::string tc(const std::vector<std::string>& arguments, const std::string& script = {}) {
  std::vector<std::string> command{"tc"};
  command.insert(command.end(), arguments.begin(), arguments.end());
  const CommandResult result = run_command(command, tc_deadline, script);
  if (result.timed_out) throw std::runtime_error("tc did not end within 5 s");
  if (!result.ok()) throw std::runtime_error("tc said: " + result.err);
  return result.out;
}

// The switch's end of the link to a host.
std::string device_of(const Host& host) { return fmt::format("tribunal{}", host.index() + 1); }

std::size_t band_of(const Host& from) { return first_band + from.index(); }

std::string percents(double share) { return fmt::format("{:.4f}%", share * 100); }

}  // namespace

// netem's gemodel with all lost in the bad state and none in the good one is Flow's loss.
std::string netem_words(const FlowShape& shape) {
  const auto microseconds = [](std::chrono::nanoseconds time) { return time.count() / 1000; };
  std::string words = fmt::format("limit {}", shape.limit);
  if (shape.delay.count() > 0 || shape.jitter.count() > 0)
    words += fmt::format(" delay {}us", microseconds(shape.delay));
  if (shape.jitter.count() > 0) {
    words += fmt::format(" {}us", microseconds(shape.jitter));
    if (shape.distribution == Jitter::normal) words += " distribution normal";
    if (shape.distribution == Jitter::pareto) words += " distribution pareto";
  }
  const double fresh = 1 - shape.correlation;
  if (shape.loss > 0)
    words += shape.correlation > 0
                 ? fmt::format(" loss gemodel {} {}", percents(shape.loss * fresh),
                               percents((1 - shape.loss) * fresh))
                 : fmt::format(" loss random {}", percents(shape.loss));
  if (shape.duplicate > 0) words += " duplicate " + percents(shape.duplicate);
  if (shape.reorder > 0) words += " reorder " + percents(shape.reorder);
  if (shape.corrupt > 0) words += " corrupt " + percents(shape.corrupt);
  if (shape.rate > 0) words += fmt::format(" rate {}bit", shape.rate * 8);
  return words;
}

bool Netem::can(const FlowShape& shape, const Host& to) {
  return !shape.hold && shape.segments == Segments::all && to.name() != Cluster::clients_name;
}

bool Netem::works(Cluster& cluster) {
  if (!cluster.clients || !find_program("tc") || cluster.size() + first_band >= most_bands)
    return false;
  for (const auto& name : cluster.names())
    if (::if_nametoindex(device_of(cluster.host(name)).c_str()) == 0) return false;
  const std::string trial = "tribunaltry";
  run_command({"ip", "link", "add", trial, "type", "veth", "peer", "name", trial + "2"},
              tc_deadline);
  const bool works =
      run_command({"tc", "qdisc", "add", "dev", trial, "root", "handle", "1:", "prio"}, tc_deadline)
          .ok() &&
      run_command({"tc", "qdisc", "add", "dev", trial, "parent", "1:2", "netem", "delay", "1ms"},
                  tc_deadline)
          .ok();
  run_command({"ip", "link", "del", trial}, tc_deadline);
  return works;
}

// Each sender has a band of its own behind the one root, which stays: probes and whoever is not
// shaped take the first band.
NetemScript netem_script(const Host& from, const Host& to, const std::string& words) {
  const std::string device = device_of(to);
  const std::size_t band = band_of(from), rank = 100 + band;
  NetemScript script;
  script.root = fmt::format(
      "qdisc add dev {0} root handle 1: prio bands {1} priomap 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n"
      "filter add dev {0} parent 1: protocol ip pref 1 u32 match ip protocol 17 0xff "
      "match ip dport {2} 0xffff flowid 1:1\n",
      device, most_bands, Cluster::probe_port);
  script.link = fmt::format(
      "qdisc add dev {0} parent 1:{1:x} handle {2:x}: netem {3}\n"
      "filter add dev {0} parent 1: protocol ip pref {4} u32 match ip src {5}/32 flowid 1:{1:x}\n",
      device, band, 0x10 + band, words, rank, from.address());
  script.detour = fmt::format("filter del dev {} parent 1: pref {}\n", device, rank);
  script.removal = fmt::format("qdisc del dev {} parent 1:{:x}\n", device, band);
  return script;
}

void Netem::install(const Links& links, const FlowShape& shape) {
  links_ = links;
  const std::string words = netem_words(shape);
  for (const auto& name : receivers_of(links)) {
    const Host& to = cluster_.host(name);
    const bool has_root =
        tc({"qdisc", "show", "dev", device_of(to)}).find("prio 1: root") != std::string::npos;
    std::string script = has_root ? "" : netem_script(to, to, words).root;
    for (const auto& link : links)
      if (link.to == name) script += netem_script(cluster_.host(link.from), to, words).link;
    tc({"-batch", "-"}, script);
  }
}

std::map<Link, Netem::Passed> Netem::read() {
  std::map<Link, Passed> passed;
  for (const auto& name : receivers_of(links_)) {
    const auto listed =
        json::parse(tc({"-s", "-j", "qdisc", "show", "dev", device_of(cluster_.host(name))}));
    for (const auto& link : links_) {
      if (link.to != name) continue;
      const std::string handle = fmt::format("{:x}:", 0x10 + band_of(cluster_.host(link.from)));
      for (const auto& entry : listed)
        if (entry.value("handle", "") == handle && entry.value("kind", "") == "netem")
          passed[link] = {entry["packets"].get<std::uint64_t>() +
                              entry["drops"].get<std::uint64_t>() +
                              entry.value("qlen", std::uint64_t{0}),
                          entry["drops"]};
      if (!passed.contains(link))
        throw std::runtime_error("there is no netem any more on " + show(link));
    }
  }
  return passed;
}

std::uint64_t Netem::waiting() {
  std::uint64_t waiting = 0;
  for (const auto& name : receivers_of(links_))
    for (const auto& entry :
         json::parse(tc({"-s", "-j", "qdisc", "show", "dev", device_of(cluster_.host(name))})))
      if (entry.value("kind", "") == "netem") waiting += entry.value("qlen", std::uint64_t{0});
  return waiting;
}

void Netem::remove() {
  if (links_.empty()) return;
  NetemScript all;
  for (const auto& link : links_) {
    const NetemScript script = netem_script(cluster_.host(link.from), cluster_.host(link.to), {});
    all.detour += script.detour;
    all.removal += script.removal;
  }
  const auto take_away = [](const std::string& script) {  // what has gone already is no matter
    run_command({"tc", "-force", "-batch", "-"}, tc_deadline, script);
  };
  take_away(all.detour);
  const auto until = std::chrono::steady_clock::now() + 3s;
  while (waiting() > 0 && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(20ms);
  take_away(all.removal);
  for (const auto& link : links_) {
    const Host& to = cluster_.host(link.to);
    const auto handle = fmt::format("netem {:x}: ", 0x10 + band_of(cluster_.host(link.from)));
    if (tc({"qdisc", "show", "dev", device_of(to)}).find(handle) != std::string::npos)
      throw std::runtime_error("there is still a netem on " + show(link));
  }
}

}  // namespace tribunal
