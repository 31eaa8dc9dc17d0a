#include "clients/quorum/deploy.h"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <thread>

#include "clients/http/connection.h"
#include "clients/quorum/client.h"
#include "clients/quorum/promises.h"
#include "harness/cluster/command.h"
#include "harness/record/error.h"

namespace tribunal {
namespace {

namespace fs = std::filesystem;
using std::chrono::steady_clock;

constexpr const char* program = "quorum-server";
constexpr const char* build = "cmake --build BUILD_FOLDER --target quorum-server";

bool can_run(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored) && access(path.c_str(), X_OK) == 0;
}

std::string path_of(const std::string& binary) {
  std::error_code ignored;
  if (!binary.empty()) {
    const fs::path path = fs::absolute(binary, ignored);
    if (can_run(path)) return path;
    throw Error(Blame::environment, fmt::format("{} is no program that can be run", binary),
                fmt::format("give the path of a {}, or: {}", program, build));
  }
  const fs::path beside = fs::read_symlink("/proc/self/exe", ignored).parent_path() / program;
  if (can_run(beside)) return beside;
  if (auto found = find_program(program)) return *found;
  throw Error(Blame::environment,
              fmt::format("there is no {} beside this program, nor on PATH", program), build);
}

std::pair<std::string, std::string> find_quorum(const std::string& binary) {
  const std::string path = path_of(binary);
  const CommandResult result = run_command({path, "--version"}, Milliseconds(5000));
  const std::string label = std::string(program) + " ";
  if (!result.ok() || !result.out.starts_with(label)) {
    throw Error(Blame::environment,
                fmt::format("{} --version does not answer as quorum-server does", path), build);
  }
  return {path, result.out.substr(label.size(), result.out.find('\n') - label.size())};
}

void start_quorum(Host& host, const Deployment& deployment) {
  std::string nodes;
  for (const std::string& address : deployment.addresses)
    nodes += (nodes.empty() ? "" : ",") + quorum_endpoint(address);
  Daemon daemon;
  daemon.command = {deployment.binary, fmt::format("--index={}", host.index()), "--nodes=" + nodes,
                    "--data=" + (host.data() / "quorum").string(),
                    fmt::format("--call-deadline={}", deployment.call_timeout.count() * 6 / 10)};
  for (const auto& [name, value] : deployment.options)
    daemon.command.push_back(fmt::format("--{}={}", name, value));
  host.start(daemon);
}

// The body of an HTTP 200 that is a JSON object; null otherwise.
nlohmann::json ask(const std::string& address, const char* path, Milliseconds timeout) {
  HttpConnection connection(quorum_endpoint(address));
  const Exchange& exchange = connection.post(path, "{}", timeout);
  if (exchange.code != CURLE_OK || exchange.status != 200) return nullptr;
  auto answer = nlohmann::json::parse(exchange.body, nullptr, false);
  return answer.is_object() ? answer : nlohmann::json();
}

bool quorum_ready(Host& host, const Deployment&, Milliseconds deadline) {
  const auto until = steady_clock::now() + deadline;
  while (true) {
    const auto left = std::chrono::duration_cast<Milliseconds>(until - steady_clock::now());
    if (left.count() <= 0) return false;
    if (!ask(host.address(), "/status", std::min(left, Milliseconds(1000))).is_null()) return true;
    std::this_thread::sleep_for(std::min(left, Milliseconds(20)));
  }
}

// A sequencer leads, whatever it is called, and faults aim at leaders.
std::string quorum_role(Host& host, const Deployment&) {
  const auto answer = ask(host.address(), "/role", Milliseconds(400));
  if (answer.is_null() || !answer.contains("role")) return "";
  return answer.at("role") == "sequencer" ? "leader" : "follower";
}

// Equal texts, equal names (FNV-1a).
std::string short_name(const std::string& text) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const unsigned char byte : text) hash = (hash ^ byte) * 0x100000001b3U;
  return fmt::format("{:016x}", hash);
}

std::optional<Applied> quorum_applied(Host& host, const Deployment&) {
  const auto answer = ask(host.address(), "/applied", Milliseconds(1000));
  try {
    Applied applied;
    if (answer.contains("applied")) applied.updates = short_name(answer.at("applied").dump());
    applied.state = fmt::format("{:016x}", answer.at("digest").get<std::uint64_t>());
    applied.unmerged = answer.at("unmerged").get<std::uint64_t>();
    return applied;
  } catch (const nlohmann::json::exception&) {  // no answer, or none of ours
    return std::nullopt;
  }
}

std::vector<DatabaseOption> quorum_options() {
  const std::vector<std::string> on_off = {"on", "off"}, off_on = {"off", "on"};
  const std::vector<std::string> quorums = {"majority", "1", "2", "3", "4", "5"};
  return {
      {"level",
       {"linearizable", "sequential", "causal", "session", "eventual", "weak"},
       "what is promised"},
      {"n", {"all", "1", "2", "3", "4", "5"}, "replicas of a key (linearizable)"},
      {"r", quorums, "replicas that a read asks (linearizable)"},
      {"w", quorums, "replicas that must acknowledge a write (linearizable)"},
      {"write-back", on_off, "a read writes back what it found (linearizable)"},
      {"read-repair", on_off, "a read mends what it found behind (linearizable)"},
      {"hand-off", on_off, "what a replica missed is kept for it (linearizable)"},
      {"gossip", {"20", "5", "100", "500", "off"}, "milliseconds between rounds of anti-entropy"},
      {"conflicts",
       {"newest", "wall-clock", "siblings", "merge"},
       "of concurrent writes: the largest logical stamp wins, the latest clock wins, all are kept, "
       "or the largest value is shown"},
      {"skew",
       {"0", "50", "300", "1000"},
       "milliseconds by which each node's clock is ahead of the one before"},
      {"fsync", on_off, "a write is acknowledged when it is on the disk"},
      {"read-your-writes", on_off, "(session)"},
      {"monotonic-reads", on_off, "(session)"},
      {"monotonic-writes", on_off, "(session)"},
      {"writes-follow-reads", on_off, "(session)"},
      {"sessions",
       {"tokens", "sticky"},
       "sessions carry what they have seen, or stay at one node (causal, session)"},
      {"bug",
       {"none", "stale-read", "lost-update", "lost-on-crash", "dirty-read", "resurrected-delete",
        "reordered-write", "non-monotonic-session", "never-repaired", "duplicate-on-retry",
        "wall-clock-lww"},
       "a deliberate one"},
  };
}

}  // namespace

Database quorum() {
  Database database;
  database.name = "quorum";
  database.summary = "a small replicated store of our own, of known guilt";
  database.workloads = {"register", "read-write", "sessions",   "convergence", "staleness",
                        "set",      "counter",    "pn-counter", "list-append", "unique-ids"};
  database.options = quorum_options();
  database.find = &find_quorum;
  database.start = &start_quorum;
  database.ready = &quorum_ready;
  database.role = &quorum_role;
  database.connect = &connect_quorum;
  database.promises = &quorum_promises;
  database.applied = &quorum_applied;
  return database;
}

}  // namespace tribunal
