#include "clients/etcd/members.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "clients/etcd/gateway.h"

namespace tribunal {
namespace {

using nlohmann::json;

constexpr Milliseconds view_timeout{1000}, change_timeout{5000};

// Beside the data: this host has been taken into a cluster that was there before it.
std::string mark_of(Host& host) { return (host.data() / "etcd-joins").string(); }

std::string data_of(Host& host) { return (host.data() / "etcd").string(); }

CommandResult run_on(Host& host, const std::vector<std::string>& command) {
  return host.run(command, Milliseconds(10'000));
}

std::string host_with(const std::string& peer_url, const Deployment& deployment) {
  for (std::size_t i = 0; i < deployment.hosts.size(); ++i)
    if (etcd_peer_url(deployment.addresses[i]) == peer_url) return deployment.hosts[i];
  return {};
}

MemberView members_in(const json& answer, const Deployment& deployment) {
  MemberView members;
  for (const auto& entry : answer.value("members", json::array())) {
    const auto peers = entry.value("peerURLs", json::array());
    const std::string url = peers.empty() ? "" : peers[0].get<std::string>();
    // Only one that has served under its identity has told its addresses.
    members.push_back({entry.value("ID", ""), host_with(url, deployment),
                       !entry.value("clientURLs", json::array()).empty()});
  }
  std::sort(members.begin(), members.end(),
            [](const Member& a, const Member& b) { return a.id < b.id; });
  return members;
}

std::optional<MemberView> view_of(const std::string& address, const Deployment& deployment) {
  try {
    return members_in(ask_etcd(address, "/v3/cluster/member/list", "{}", view_timeout), deployment);
  } catch (const std::exception&) {
    return {};
  }
}

void remove_member(Host& asked, const Member& member, const Deployment&) {
  ask_etcd(asked.address(), "/v3/cluster/member/remove", json{{"ID", member.id}}.dump(),
           change_timeout);
}

void add_member(Host& asked, Host& joining, const Deployment&) {
  ask_etcd(asked.address(), "/v3/cluster/member/add",
           json{{"peerURLs", {etcd_peer_url(joining.address())}}}.dump(), change_timeout);
}

// Marked first, so that what is started in between, by whomever, does not found a cluster of its
// own.
void wipe_host(Host& host, const Deployment&) {
  for (const auto& command : {std::vector<std::string>{"touch", mark_of(host)},
                              std::vector<std::string>{"rm", "-rf", data_of(host)}}) {
    const CommandResult result = run_on(host, command);
    if (!result.ok()) throw std::runtime_error(fmt::format("{}: {}", command[0], result.err));
  }
}

bool must_join(Host& host) {
  const char* look = "test -e \"$0\" && ! test -e \"$1/member/wal\" && echo joins";
  return run_on(host, {"sh", "-c", look, mark_of(host), data_of(host)}).out == "joins\n";
}

// The members that there are, by the first other host that answers; without one the deployment's
// own, at which the server will refuse to start.
std::vector<std::string> hosts_to_join(Host& host, const Deployment& deployment) {
  for (std::size_t i = 0; i < deployment.hosts.size(); ++i) {
    if (deployment.hosts[i] == host.name()) continue;
    const auto view = view_of(deployment.addresses[i], deployment);
    if (!view) continue;
    std::vector<std::string> hosts;
    for (const auto& member : *view)
      if (!member.host.empty()) hosts.push_back(member.host);
    return hosts;
  }
  return deployment.hosts;
}

}  // namespace

std::string etcd_peer_url(const std::string& address) {
  return fmt::format("http://{}:2380", address);
}

std::vector<std::string> etcd_start_flags(Host& host, const Deployment& deployment) {
  const bool joins = must_join(host);
  const auto hosts = joins ? hosts_to_join(host, deployment) : deployment.hosts;
  std::string cluster;
  for (std::size_t i = 0; i < deployment.hosts.size(); ++i)
    if (std::find(hosts.begin(), hosts.end(), deployment.hosts[i]) != hosts.end())
      cluster += fmt::format("{}{}={}", cluster.empty() ? "" : ",", deployment.hosts[i],
                             etcd_peer_url(deployment.addresses[i]));
  return {"--initial-cluster=" + cluster,
          std::string("--initial-cluster-state=") + (joins ? "existing" : "new")};
}

MemberFunctions etcd_members() {
  MemberFunctions members;
  members.view = [](Host& asked, const Deployment& deployment) {
    return view_of(asked.address(), deployment);
  };
  members.remove = &remove_member;
  members.add = &add_member;
  members.wipe = &wipe_host;
  return members;
}

}  // namespace tribunal
