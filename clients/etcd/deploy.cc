#include "clients/etcd/deploy.h"

#include <fmt/format.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <charconv>
#include <filesystem>
#include <string_view>
#include <thread>

#include "clients/etcd/answer.h"
#include "clients/etcd/chores.h"
#include "clients/etcd/client.h"
#include "clients/etcd/members.h"
#include "clients/etcd/options.h"
#include "clients/http/connection.h"
#include "harness/cluster/command.h"
#include "harness/record/error.h"

namespace tribunal {
namespace {

using std::chrono::steady_clock;

constexpr const char* install = "apt-get install etcd-server";

std::string path_of(const std::string& binary) {
  if (binary.empty()) {
    if (auto found = find_program("etcd")) return *found;
    throw Error(Blame::environment, "etcd is not installed: there is no etcd on PATH", install);
  }
  std::error_code ignored;
  const std::filesystem::path path = std::filesystem::absolute(binary, ignored);
  if (std::filesystem::is_regular_file(path, ignored) && access(path.c_str(), X_OK) == 0)
    return path;
  throw Error(Blame::environment, fmt::format("{} is no program that can be run", binary),
              fmt::format("give the path of an etcd server, or: {}", install));
}

// "etcd Version: 3.4.23\nGit SHA: ..." -> "3.4.23"; empty if it says nothing of the kind.
std::string version_in(std::string_view text) {
  constexpr std::string_view label = "etcd Version: ";
  const std::size_t at = text.find(label);
  if (at == std::string_view::npos) return {};
  text.remove_prefix(at + label.size());
  return std::string(text.substr(0, text.find_first_of(" \r\n")));
}

// 3.4 was the first whose gateway answers under /v3.
bool has_gateway(const std::string& version) {
  int major = 0, minor = 0;
  const char* end = version.data() + version.size();
  const auto first = std::from_chars(version.data(), end, major);
  if (first.ec != std::errc{} || first.ptr == end || *first.ptr != '.') return false;
  if (std::from_chars(first.ptr + 1, end, minor).ec != std::errc{}) return false;
  return major == 3 && minor >= 4;
}

std::pair<std::string, std::string> find_etcd(const std::string& binary) {
  const std::string path = path_of(binary);
  const CommandResult result = run_command({path, "--version"}, Milliseconds(5000));
  const std::string version = version_in(result.out);
  if (!result.ok() || version.empty()) {
    throw Error(Blame::environment, fmt::format("{} --version does not answer as etcd does", path),
                install);
  }
  if (!has_gateway(version)) {
    throw Error(Blame::environment,
                fmt::format("{} is etcd {}, and the client needs the /v3 gateway of 3.4 or later",
                            path, version),
                "install a later one and name it with --binary");
  }
  return {path, version};
}

// Said in words, since to etcd 3.4 some processors are experimental.
std::string unsupported_arch() {
  utsname machine{};
  uname(&machine);
  return std::string_view(machine.machine) == "aarch64" ? "arm64" : "";
}

// etcd takes every flag from the environment too, and dies of one given both ways; a Host keeps the
// user's environment away from it.
void start_etcd(Host& host, const Deployment& deployment) {
  const std::string client = fmt::format("http://{}:2379", host.address());
  const std::string peer = etcd_peer_url(host.address());
  Daemon daemon;
  daemon.command = {
      deployment.binary,
      "--name=" + host.name(),
      "--data-dir=" + (host.data() / "etcd").string(),
      "--listen-client-urls=" + client + ",http://127.0.0.1:2379",
      "--advertise-client-urls=" + client,
      "--listen-peer-urls=" + peer,
      "--initial-advertise-peer-urls=" + peer,
      "--initial-cluster-token=tribunal",
      "--heartbeat-interval=" + etcd_option(deployment, "heartbeat-interval"),
      "--election-timeout=" + etcd_option(deployment, "election-timeout"),
      "--snapshot-count=" + etcd_option(deployment, "snapshot-count"),
      "--logger=zap",
      "--log-outputs=stderr",
  };
  for (auto& flag : etcd_start_flags(host, deployment)) daemon.command.push_back(std::move(flag));
  const std::string arch = unsupported_arch();
  if (!arch.empty()) daemon.environment["ETCD_UNSUPPORTED_ARCH"] = arch;
  host.start(daemon);
}

// A linearizable read, so that a quorum must have agreed on it; whatever the option reads says.
bool answers(const std::string& address, Milliseconds timeout) {
  Deployment probe;
  probe.call_timeout = timeout;
  try {
    connect_etcd(address, probe)->invoke(Read{});
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

bool etcd_ready(Host& host, const Deployment&, Milliseconds deadline) {
  const auto until = steady_clock::now() + deadline;
  while (true) {
    const auto left = std::chrono::duration_cast<Milliseconds>(until - steady_clock::now());
    if (left.count() <= 0) return false;
    if (answers(host.address(), std::min(left, Milliseconds(1000)))) return true;
    std::this_thread::sleep_for(std::min(left, Milliseconds(50)));
  }
}

std::string etcd_role(Host& host, const Deployment&) {
  HttpConnection connection(etcd_endpoint(host.address()));
  const Exchange& exchange = connection.post("/v3/maintenance/status", "{}", Milliseconds(500));
  if (exchange.code != CURLE_OK || exchange.status != 200) return "";
  const Answer answer = read_answer(exchange.body);
  if (answer.error) return "";
  try {
    return role_answer(answer.object);
  } catch (const Nonsense&) {
    return "";
  }
}

}  // namespace

Database etcd() {
  Database database;
  database.name = "etcd";
  database.summary = "etcd 3.4 or later, by the HTTP/JSON gateway of each member";
  database.workloads = {"register",  "read-write", "set",        "sessions",  "convergence",
                        "staleness", "counter",    "pn-counter", "queue",     "list-append",
                        "lock",      "unique-ids", "bank",       "long-fork", "causal-reverse",
                        "watch"};
  database.options = etcd_options();
  database.promises = &etcd_promises;
  database.find = &find_etcd;
  database.start = &start_etcd;
  database.ready = &etcd_ready;
  database.role = &etcd_role;
  database.connect = &connect_etcd;
  database.members = etcd_members();
  database.chores = etcd_chores();
  return database;
}

}  // namespace tribunal
