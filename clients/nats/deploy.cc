#include "clients/nats/deploy.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <thread>

#include "clients/nats/client.h"
#include "clients/nats/options.h"
#include "clients/nats/streams.h"
#include "harness/cluster/command.h"
#include "harness/record/error.h"

namespace tribunal {
namespace {

using std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr const char* install_nats = "apt-get install nats-server";

std::string nats_path(const std::string& binary) {
  if (binary.empty()) {
    if (auto found = find_program("nats-server")) return *found;
    throw Error(Blame::environment, "NATS is not installed: there is no nats-server on PATH",
                install_nats);
  }
  std::error_code ignored;
  const std::filesystem::path path = std::filesystem::absolute(binary, ignored);
  if (std::filesystem::is_regular_file(path, ignored) && access(path.c_str(), X_OK) == 0)
    return path;
  throw Error(Blame::environment, fmt::format("{} is no program that can be run", binary),
              fmt::format("give the path of a nats-server, or: {}", install_nats));
}

// "nats-server: v2.9.10" -> "2.9.10"; empty if it says nothing of the kind.
std::string nats_version_in(const std::string& text) {
  const std::string label = "nats-server: v";
  if (!text.starts_with(label)) return {};
  return text.substr(label.size(), text.find_first_of(" \r\n", label.size()) - label.size());
}

// 2.9 was the first that reads from replicas, and that gives the next message of a subject.
bool is_late_enough(const std::string& version) {
  char* end = nullptr;
  const long major = std::strtol(version.c_str(), &end, 10);
  return major > 2 || (major == 2 && *end == '.' && std::strtol(end + 1, nullptr, 10) >= 9);
}

std::pair<std::string, std::string> find_nats(const std::string& binary) {
  const std::string path = nats_path(binary);
  const CommandResult result = run_command({path, "--version"}, 5000ms);
  const std::string version = nats_version_in(result.out);
  if (!result.ok() || version.empty())
    throw Error(Blame::environment,
                fmt::format("{} --version does not answer as nats-server does", path),
                install_nats);
  if (!is_late_enough(version))
    throw Error(Blame::environment,
                fmt::format("{} is NATS {}, and 2.9 is the first that will do", path, version),
                "install a later one and name it with --binary");
  return {path, version};
}

// Tries again until it succeeds or the time is over; returns whether it did.
template <class F>
bool tried_until(NatsDeadline until, const F& attempt) {
  while (true) {
    const auto now = steady_clock::now();
    if (now >= until) return false;
    try {
      attempt(std::min(until, now + NatsDeadline::duration(2s)));
      return true;
    } catch (const std::runtime_error&) {
    }
    std::this_thread::sleep_for(50ms);
  }
}

void start_nats(Host& host, const Deployment& deployment) {
  host.start(nats_daemon(host, deployment));
}

void form_nats(Cluster& cluster, const Deployment& deployment) {
  const bool made = tried_until(steady_clock::now() + 40s, [&](NatsDeadline soon) {
    make_nats_streams(cluster.host(0).address(), deployment, soon);
  });
  if (!made)
    throw Error(Blame::environment, "the servers of NATS did not make the streams within 40 s",
                "the logs of the run have what they say");
}

// A message that a quorum stores, and that is read back.
void ask_nats(Host& host, const Deployment& deployment, NatsDeadline until) {
  Deployment probe = deployment;
  probe.call_timeout = std::chrono::ceil<Milliseconds>(until - steady_clock::now());
  probe.options["reads"] = "quorum";
  connect_nats(host.address(), probe)->invoke(ReadSet{-1, {}});
}

// Where all servers have forgotten that there were streams, they are made again, as applications do
// when they start.
bool nats_ready(Host& host, const Deployment& deployment, Milliseconds deadline) {
  return tried_until(steady_clock::now() + deadline, [&](NatsDeadline soon) {
    try {
      ask_nats(host, deployment, soon);
    } catch (const std::runtime_error&) {
      if (is_nats_log_gone(host.address(), deployment, soon))
        make_nats_streams(host.address(), deployment, soon);
      throw;
    }
  });
}

std::string nats_role(Host& host, const Deployment& deployment) try {
  const std::string leader = nats_leader(host.address(), deployment, steady_clock::now() + 400ms);
  if (leader.empty()) return deployment.hosts.size() == 1 ? "leader" : "";
  return leader == host.name() ? "leader" : "follower";
} catch (const std::runtime_error&) {
  return "";
}

std::string move_nats_leader(Host& host, const Deployment& deployment) {
  const std::string before = nats_leader(host.address(), deployment, steady_clock::now() + 1s);
  step_nats_leader_down(host.address(), deployment, steady_clock::now() + 2s);
  std::string after;
  const bool moved = tried_until(steady_clock::now() + 10s, [&](NatsDeadline soon) {
    after = nats_leader(host.address(), deployment, soon);
    if (after.empty() || after == before) throw std::runtime_error("nobody else leads yet");
  });
  if (!moved) throw std::runtime_error("nobody else leads after 10 s");
  return fmt::format("{} -> {}", before, after);
}

}  // namespace

Database nats() {
  Database database;
  database.name = "nats";
  database.summary = "NATS 2.9: streams of JetStream, by the text protocol";
  database.workloads = {"register",    "read-write",  "set",     "sessions",
                        "convergence", "staleness",   "counter", "pn-counter",
                        "queue",       "list-append", "lock",    "unique-ids"};
  database.options = nats_options();
  database.find = &find_nats;
  database.start = &start_nats;
  database.ready = &nats_ready;
  database.role = &nats_role;
  database.connect = &connect_nats;
  database.promises = &nats_promises;
  database.nodes = &nats_nodes;
  database.form = &form_nats;
  database.chores = {{"move-leader", &move_nats_leader}};
  return database;
}

}  // namespace tribunal
