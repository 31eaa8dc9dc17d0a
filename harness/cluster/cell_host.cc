#include "harness/cluster/cell_host.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/socket.h>

#include <cstring>
#include <filesystem>
#include <fstream>

#include "harness/cluster/host_furnish.h"
#include "harness/cluster/local_processes.h"
#include "harness/cluster/memory_file.h"
#include "harness/record/error.h"

namespace tribunal {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

// Nothing of the user's own environment reaches a database: an ETCD_NAME left in a shell would be a
// riddle.
std::vector<std::string> environment_with(std::map<std::string, std::string> more) {
  more.merge(std::map<std::string, std::string>{
      {"PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
      {"HOME", host_data_folder},
      {"LANG", "C.UTF-8"}});
  std::vector<std::string> variables;
  for (const auto& [name, value] : more) variables.push_back(name + "=" + value);
  return variables;
}

// That of its program; a script that a shell is given by its path stands for the program that it
// begins: "/bin/sh /data/postgres.sh" -> "postgres".
std::string log_name(const std::vector<std::string>& command) {
  const fs::path program = fs::path(command.at(0)).filename();
  const bool is_shell = program == "sh" || program == "bash";
  if (!is_shell || command.size() < 2 || !command[1].starts_with('/')) return program;
  return fs::path(command[1]).stem();
}

Descriptor open_or_throw(const fs::path& path, int flags) {
  Descriptor file(::open(path.c_str(), flags | O_CLOEXEC, 0644));
  if (!file)
    throw Error(Blame::environment,
                fmt::format("cannot open {}: {}", path.string(), std::strerror(errno)));
  return file;
}

}  // namespace

std::string Arrivals::expect(const std::string& from) {
  const std::scoped_lock lock(mutex_);
  std::string token = fmt::format("{} {}", from, ++last_);
  tokens_[token] = false;
  return token;
}

void Arrivals::note(const std::string& token) {
  const std::scoped_lock lock(mutex_);
  if (const auto found = tokens_.find(token); found != tokens_.end()) found->second = true;
  changed_.notify_all();
}

bool Arrivals::wait(const std::string& token, Milliseconds deadline) {
  std::unique_lock lock(mutex_);
  return changed_.wait_until(lock, std::chrono::steady_clock::now() + deadline,
                             [&] { return tokens_.at(token); });
}

bool Arrivals::collect(const std::string& token) {
  const std::scoped_lock lock(mutex_);
  const auto node = tokens_.extract(token);
  return !node.empty() && node.mapped();
}

CellHost::CellHost(CellHostPlan plan, std::shared_ptr<Arrivals> arrivals)
    : plan_(std::move(plan)), arrivals_(std::move(arrivals)) {
  fs::create_directories(plan_.logs);
  if (!plan_.data.empty()) fs::create_directories(plan_.data);
  link_.emplace(plan_.name, [to = arrivals_](const std::string& token) { to->note(token); });
}

CellHost::~CellHost() {
  tools_.clear();
  link_.reset();
  std::error_code ignored;
  if (!plan_.data.empty()) fs::remove_all(plan_.data, ignored);
}

void CellHost::begin(const std::string& names) {
  begun_ = link_->send({{"do", "set up"},
                        {"name", plan_.name},
                        {"address", plan_.address},
                        {"data", plan_.data.string()},
                        {"names", names}});
}

void CellHost::await_ready() { link_->answer(begun_); }

void CellHost::await_way_to(CellHost& to) {
  const auto until = std::chrono::steady_clock::now() + host_deadline;
  while (!probe(to, Milliseconds(10))) {
    if (std::chrono::steady_clock::now() > until)
      throw Error(Blame::environment,
                  fmt::format("no datagram from {} reached {} within {} s", name(), to.name(),
                              host_deadline.count() / 1000),
                  "tribunal doctor says what is missing");
    // The question for the neighbour's address was lost; the kernel would ask again after a second
    // only.
    link_->ask({{"do", "forget neighbour"}, {"address", to.address()}});
  }
}

fs::path CellHost::data() const { return host_data_folder; }

CommandResult CellHost::run(const std::vector<std::string>& command, Milliseconds deadline,
                            const std::string& input) {
  const Descriptor in = memory_file(input), out = memory_file(), err = memory_file();
  const json started = link_->ask({{"do", "start"},
                                   {"as", "command"},
                                   {"identity", "root"},
                                   {"command", command},
                                   {"environment", environment_with({})}},
                                  {in.number(), out.number(), err.number()});
  const int pid = started["pid"];
  CommandResult result;
  auto status = link_->ended(pid, deadline);
  result.timed_out = !status;
  if (!status) {
    link_->ask({{"do", "end command"}, {"pid", pid}});
    status = link_->ended(pid, host_deadline);
  }
  result.status = status.value_or(128 + SIGKILL);
  result.out = content_of(out);
  result.err = content_of(err);
  return result;
}

// A file that is there already is left alone. It is on the disk before the database begins, so that
// a power cut does not take what an operator wrote long ago.
void CellHost::write_files(const Daemon& daemon) {
  for (const auto& [path, content] : daemon.files) {
    const fs::path copy = plan_.logs / "configuration" / path;
    const std::string there = (data() / path).string();
    const std::string parent = (data() / path).parent_path().string();
    const auto written =
        run({"/bin/sh", "-c",
             "test -e \"$1\" && exit; umask 022; mkdir -p \"$2\" && cat > \"$1\" && "
             "sync \"$1\" \"$2\" \"$3\"",
             "sh", there, parent, data().string()},
            host_deadline, content);
    if (!written.ok())
      throw Error(Blame::environment,
                  fmt::format("cannot write {} on {}: {}", there, name(), written.err));
    if (fs::exists(copy)) continue;
    fs::create_directories(copy.parent_path());
    std::ofstream(copy) << content;
  }
}

int CellHost::start(const Daemon& daemon) {
  write_files(daemon);
  const Descriptor in = open_or_throw("/dev/null", O_RDONLY);
  const Descriptor log = open_or_throw(plan_.logs / (log_name(daemon.command) + ".log"),
                                       O_WRONLY | O_APPEND | O_CREAT);
  const json started = link_->ask({{"do", "start"},
                                   {"as", "daemon"},
                                   {"identity", daemon.as_ordinary_user ? "ordinary user" : "root"},
                                   {"command", daemon.command},
                                   {"environment", environment_with(daemon.environment)}},
                                  {in.number(), log.number(), log.number()});
  return started["pid"];
}

Tool& CellHost::tool(const std::string& verb) {
  const std::scoped_lock lock(mutex_);
  auto& tool = tools_[verb];
  if (tool) return *tool;
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    throw Error(Blame::environment,
                fmt::format("cannot make a socket pair: {}", std::strerror(errno)));
  Descriptor ours(ends[0]);
  const Descriptor theirs(ends[1]);
  const Descriptor log = open_or_throw(plan_.logs / fmt::format("tribunal-{}.log", verb),
                                       O_WRONLY | O_APPEND | O_CREAT);
  const json started = link_->ask({{"do", "start"},
                                   {"as", "tool"},
                                   {"identity", "root"},
                                   {"command", {"/proc/self/exe", verb}},
                                   {"environment", environment_with({})}},
                                  {theirs.number(), log.number(), log.number()});
  tool = std::make_unique<CellTool>(
      fmt::format("{} on {}", verb, name()), std::move(ours),
      [this, pid = started["pid"].get<int>()] {
        try {
          link_->ask({{"do", "end command"}, {"pid", pid}});
        } catch (const Error&) {  // the host has gone, and the tool with it
        }
      });
  return *tool;
}

void CellHost::signal_all(int signal) { link_->ask({{"do", "signal all"}, {"signal", signal}}); }

std::vector<Process> CellHost::processes() {
  const json answer = link_->ask({{"do", "list"}});
  std::vector<Process> processes;
  for (const auto& entry : answer["processes"])
    processes.push_back({entry[0], entry[1], entry[2].get<std::string>().at(0)});
  return processes;
}

std::vector<int> CellHost::local_processes() {
  std::vector<int> within;
  for (const auto& process : processes()) within.push_back(process.pid);
  return tribunal::local_processes(init(), within);
}

std::optional<int> CellHost::ended(int pid, Milliseconds deadline) {
  return link_->ended(pid, deadline);
}

bool CellHost::probe(Host& to, Milliseconds deadline) {
  const std::string token = arrivals_->expect(name());
  link_->ask({{"do", "send probe"}, {"address", to.address()}, {"token", token}});
  // A host reports what has arrived before it answers anything, so that a slow machine is not taken
  // for a lost packet.
  if (!arrivals_->wait(token, deadline)) to.processes();
  return arrivals_->collect(token);
}

}  // namespace tribunal
