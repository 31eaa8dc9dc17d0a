#include "clients/etcd/chores.h"

#include <fmt/format.h>

#include <sstream>
#include <stdexcept>
#include <thread>

#include "clients/etcd/base64.h"
#include "clients/etcd/gateway.h"
#include "harness/cluster/command.h"

namespace tribunal {
namespace {

using nlohmann::json;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

constexpr Milliseconds soon = 1000ms, patience = 12s;

// Whether an old revision can no longer be read.
bool is_compacted(const std::string& address, std::uint64_t revision) {
  try {
    ask_etcd(address, "/v3/kv/range",
             json{{"key", "AA=="}, {"revision", std::to_string(revision)}}.dump(), soon);
    return false;
  } catch (const std::runtime_error& refused) {
    return std::string(refused.what()).find("has been compacted") != std::string::npos;
  }
}

std::string compact(Host& host, const Deployment&) {
  const std::string& address = host.address();
  const EtcdStatus before = etcd_status(address, soon);
  if (before.revision < 2 || is_compacted(address, before.revision - 1))
    throw std::runtime_error("nothing has been written since the last compaction");
  ask_etcd(address, "/v3/kv/compaction",
           json{{"revision", std::to_string(before.revision)}, {"physical", true}}.dump(),
           patience);
  if (!is_compacted(address, before.revision - 1))
    throw std::runtime_error("what was compacted can still be read");
  const EtcdStatus after = etcd_status(address, soon);
  return fmt::format("revision {} can be read no longer; {} -> {} bytes in use",
                     before.revision - 1, before.bytes_used, after.bytes_used);
}

std::string defragment(Host& host, const Deployment&) {
  const EtcdStatus before = etcd_status(host.address(), soon);
  ask_etcd(host.address(), "/v3/maintenance/defragment", "{}", patience);
  const EtcdStatus after = etcd_status(host.address(), 2 * soon);
  return fmt::format("its file {} -> {} bytes, {} in use", before.bytes, after.bytes,
                     after.bytes_used);
}

// Identity and address of each node that answers.
struct KnownNode {
  std::string host, address;
  EtcdStatus status;
};
std::vector<KnownNode> nodes_that_answer(const Deployment& deployment) {
  std::vector<KnownNode> nodes;
  for (std::size_t i = 0; i < deployment.hosts.size(); ++i) try {
      nodes.push_back({deployment.hosts[i], deployment.addresses[i],
                       etcd_status(deployment.addresses[i], soon)});
    } catch (const std::runtime_error&) {  // it is no candidate
    }
  return nodes;
}

const KnownNode* leader_among(const std::vector<KnownNode>& nodes) {
  for (const auto& node : nodes)
    if (node.status.self != 0 && node.status.leader == node.status.self) return &node;
  return nullptr;
}

// The host itself if it does not lead, else the next that answers.
const KnownNode* heir(const std::vector<KnownNode>& nodes, const KnownNode& leader,
                      const std::string& host) {
  const KnownNode* other = nullptr;
  for (const auto& node : nodes) {
    if (&node == &leader || node.status.leader != leader.status.self) continue;
    if (node.host == host) return &node;
    if (other == nullptr) other = &node;
  }
  return other;
}

std::string move_leader(Host& host, const Deployment& deployment) {
  const auto nodes = nodes_that_answer(deployment);
  const KnownNode* leader = leader_among(nodes);
  if (leader == nullptr) throw std::runtime_error("nobody leads");
  const KnownNode* to = heir(nodes, *leader, host.name());
  if (to == nullptr) throw std::runtime_error("there is nobody to take over");
  ask_etcd(leader->address, "/v3/maintenance/transfer-leadership",
           json{{"targetID", std::to_string(to->status.self)}}.dump(), 5s);
  const auto until = std::chrono::steady_clock::now() + 3s;
  while (true) {
    const EtcdStatus now = etcd_status(to->address, soon);
    if (now.leader == now.self)
      return fmt::format("{} -> {}, term {} -> {}", leader->host, to->host, leader->status.term,
                         now.term);
    if (std::chrono::steady_clock::now() > until)
      throw std::runtime_error(fmt::format("{} does not lead", to->host));
    std::this_thread::sleep_for(10ms);
  }
}

// The bytes of the snapshot and, behind them, their SHA-256.
std::string snapshot_in(const std::string& lines) {
  std::string all;
  std::istringstream text(lines);
  for (std::string line; std::getline(text, line);) {
    const json answer = json::parse(line, nullptr, false);
    if (!answer.is_object() || !answer.contains("result"))
      throw std::runtime_error("no snapshot came: " + line.substr(0, 200));
    const auto bytes = decode_base64(answer["result"].value("blob", ""));
    if (!bytes) throw std::runtime_error("the snapshot is no base64");
    all += *bytes;
  }
  return all;
}

std::string snapshot(Host& host, const Deployment&) {
  constexpr std::size_t sum_bytes = 32;
  std::string all =
      snapshot_in(ask_etcd_for_lines(host.address(), "/v3/maintenance/snapshot", patience));
  if (all.size() <= sum_bytes) throw std::runtime_error("the snapshot is empty");
  std::string wanted;
  for (const char byte : all.substr(all.size() - sum_bytes))
    wanted += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  all.resize(all.size() - sum_bytes);
  const CommandResult sum = run_command({"sha256sum"}, 10s, all);
  if (!sum.ok() || sum.out.substr(0, wanted.size()) != wanted)
    throw std::runtime_error("the snapshot is not what its checksum says");
  return fmt::format("{} bytes, SHA-256 {}... as it says", all.size(), wanted.substr(0, 12));
}

}  // namespace

std::vector<Chore> etcd_chores() {
  return {{"compact", &compact},
          {"defragment", &defragment},
          {"move-leader", &move_leader},
          {"snapshot", &snapshot}};
}

}  // namespace tribunal
