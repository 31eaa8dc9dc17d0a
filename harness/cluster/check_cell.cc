// Tries what a cell needs, each for real and in the order in which each builds on the last, in a
// cell that is thrown away. What could not be tried because an earlier need failed says so.
#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "harness/cluster/cell.h"
#include "harness/cluster/command.h"
#include "harness/cluster/descriptor.h"
#include "harness/cluster/throw_away_folder.h"
#include "harness/record/error.h"

namespace tribunal {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;

constexpr const char* doctor_again = "mend what is reported above, then run tribunal doctor again";

CellCheck check(const std::string& what, const std::string& fix,
                const std::function<std::string()>& attempt) {
  try {
    return {what, true, attempt(), {}};
  } catch (const Error& error) {
    return {what, false, error.what(), error.fix().empty() ? fix : error.fix()};
  } catch (const std::exception& error) {
    return {what, false, error.what(), fix};
  }
}

std::string run_or_throw(const std::vector<std::string>& command) {
  const CommandResult result = run_command(command, 10s);
  const std::string shown = fmt::format("{}", fmt::join(command, " "));
  if (!result.ok()) throw std::runtime_error(fmt::format("`{}`: {}", shown, result.err));
  return fmt::format("`{}` succeeded", shown);
}

std::string try_links() {
  run_or_throw({"ip", "link", "add", "check0", "type", "bridge"});
  run_or_throw({"ip", "link", "add", "check1", "type", "veth", "peer", "name", "check2"});
  run_or_throw({"ip", "link", "set", "check1", "master", "check0", "up"});
  run_or_throw({"ip", "link", "del", "check1"});
  run_or_throw({"ip", "link", "del", "check0"});
  return "a bridge and a veth pair were made and removed";
}

std::string try_host(Cluster& cluster) {
  const CommandResult result = cluster.host(0).run({"hostname"}, 10s);
  if (result.out != "n1\n")
    throw std::runtime_error(fmt::format("`hostname` on n1 said '{}' {}", result.out, result.err));
  return "two hosts were built and answered";
}

std::string try_rules(Cluster& cluster) {
  const std::vector<std::string> rule{"iptables", "-w",        "-A", "INPUT",
                                      "-s",       "10.77.0.2", "-j", "DROP"};
  CommandResult result;
  try {
    result = cluster.host(0).run(rule, 10s);
  } catch (const Error&) {
    throw Error(Blame::environment, "there is no iptables", "apt-get install iptables");
  }
  if (!result.ok()) throw std::runtime_error("iptables on n1 said: " + result.err);
  if (cluster.host(1).probe(cluster.host(0), 20ms))
    throw std::runtime_error("a probe from n2 reached n1 although a rule of n1 drops it");
  result =
      cluster.host(0).run({"iptables", "-w", "-D", "INPUT", "-s", "10.77.0.2", "-j", "DROP"}, 10s);
  if (!cluster.host(1).probe(cluster.host(0), 1s))
    throw std::runtime_error("a probe from n2 did not reach n1 after the rule was removed: " +
                             result.err);
  return "a rule on n1 stopped a probe from n2, and its removal let the next one pass";
}

std::vector<CellCheck> check_inside(const std::filesystem::path& folder) {
  std::vector<CellCheck> checks;
  checks.push_back(check("bridge and veth links", "apt-get install iproute2", try_links));
  std::unique_ptr<Cluster> cluster;
  checks.push_back(check("hosts", doctor_again, [&] {
    cluster = build_cell({2, folder / "logs", folder / "data"});
    return try_host(*cluster);
  }));
  checks.push_back(check("probes", doctor_again, [&]() -> std::string {
    if (!cluster) throw std::runtime_error("not tried: there are no hosts");
    if (!cluster->host(0).probe(cluster->host(1), 1s))
      throw std::runtime_error("a datagram from n1 did not reach n2 within a second");
    return "a datagram from n1 reached n2";
  }));
  checks.push_back(check("packet filter", "apt-get install iptables", [&] {
    if (!cluster) throw std::runtime_error("not tried: there are no hosts");
    return try_rules(*cluster);
  }));
  return checks;
}

}  // namespace

std::vector<CellCheck> check_cell() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw Error(Blame::environment, "cannot make a pipe");
  Descriptor read(ends[0]), write(ends[1]);
  std::vector<CellCheck> checks;
  checks.push_back(check("user namespaces and a fresh /proc", {}, [&] {
    const ThrowAwayFolder folder;
    inside_cell([&] {
      json found = json::array();
      for (const auto& [what, works, why, fix] : check_inside(folder.path()))
        found.push_back({what, works, why, fix});
      const std::string text = found.dump(-1, ' ', false, json::error_handler_t::replace);
      return ::write(write.number(), text.data(), text.size()) > 0 ? 0 : 1;
    });
    return std::string("user, mount, network and pid namespaces were created and a /proc mounted");
  }));
  write.close();
  std::string text(64 * 1024, '\0');
  const ssize_t got = ::read(read.number(), text.data(), text.size());
  const json found =
      got > 0 ? json::parse(text.substr(0, static_cast<std::size_t>(got))) : json::array();
  for (const auto& entry : found) checks.push_back({entry[0], entry[1], entry[2], entry[3]});
  return checks;
}

}  // namespace tribunal
