#include "clients/described/deploy.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <memory>
#include <thread>

#include "clients/adapter/client.h"
#include "clients/adapter/ready.h"
#include "clients/described/members.h"
#include "clients/described/template.h"
#include "harness/cluster/command.h"
#include "harness/parts/catalogue.h"
#include "harness/record/error.h"

namespace tribunal {
namespace {

using std::string;
using std::chrono::steady_clock;

constexpr Milliseconds command_deadline{30'000}, chore_deadline{15'000}, role_deadline{500},
    member_list_deadline{1'000};
// A tool may take longer to begin on a busy machine than whoever asks wants to wait.
constexpr Milliseconds least_ready_patience{2'000};

string first_line(const string& text) { return text.substr(0, text.find_first_of("\r\n")); }

string trimmed(const string& text) {
  const auto begin = text.find_first_not_of(" \t\r\n");
  if (begin == string::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") + 1 - begin);
}

// For whom a text is filled in.
struct Place {
  const Deployment& deployment;
  std::size_t index = 0;
  string data = {};  // of the node; empty: it is on no node
};

Place on(Host& host, const Deployment& deployment) {
  return {deployment, host.index(), host.data().string()};
}

// A database that was read from a file: what its functions share.
class Described {
 public:
  explicit Described(Description description) : it_(std::move(description)) {}

  std::pair<string, string> find(const string& binary) const {
    const string wanted = binary.empty() ? it_.binary : binary;
    const auto found = wanted.empty() ? std::optional(string()) : find_program(wanted);
    if (!found) lacking(fmt::format("there is no program '{}' on PATH", wanted));
    const string path = found->empty() ? string() : std::filesystem::absolute(*found).string();
    Deployment here;
    here.binary = path;
    if (!it_.adapter.words.empty()) {
      const auto adapter = adapter_command(it_, here);
      if (!find_program(adapter[0]))
        throw Error(
            Blame::environment,
            fmt::format("the adapter of {} is not there: {} cannot be run", it_.name, adapter[0]),
            fmt::format("see `client` in {}; is it executable?", it_.file.string()));
    }
    if (!it_.check.words.empty()) {
      const auto checked = run_command(filled(it_.check, {here}), command_deadline);
      if (!checked.ok())
        lacking(fmt::format("its check failed: {}", first_line(checked.err + checked.out)));
    }
    if (it_.version.words.empty()) return {path, ""};
    const auto said = run_command(filled(it_.version, {here}), command_deadline);
    return {path, adapter_words(first_line(said.out + said.err), {})};
  }

  void start(Host& host, const Deployment& deployment) const {
    lead_logs(host);
    auto files = it_.files;
    for (auto& [path, content] : files) {
      content = fill(content, on(host, deployment));
      write(host, path, content);
    }
    for (const auto& command : it_.before) {
      const auto done = host.run(filled(command, on(host, deployment)), command_deadline);
      if (!done.ok()) failed_on(host, "before", command, done);
    }
    for (const auto& daemon : it_.daemons) {
      if (daemon.nodes == WhichNodes::first && host.index() != 0) continue;
      if (daemon.nodes == WhichNodes::others && host.index() == 0) continue;
      Daemon made;
      made.command = filled(daemon.command, on(host, deployment));
      made.command[0] = find_program(made.command[0]).value_or(made.command[0]);
      for (const auto& [name, value] : daemon.environment)
        made.environment[name] = fill(value, on(host, deployment));
      made.as_ordinary_user = daemon.as_ordinary_user;
      made.files = std::move(files);
      files.clear();
      host.start(made);
    }
  }

  // Once on n1, tried again until its time is over: what was just started may not answer yet.
  void form(Cluster& cluster, const Deployment& deployment) const {
    const auto until = steady_clock::now() + command_deadline;
    for (const auto& command : it_.form) {
      while (true) {
        const auto done =
            cluster.host(0).run(filled(command, on(cluster.host(0), deployment)), command_deadline);
        if (done.ok()) break;
        if (steady_clock::now() > until) failed_on(cluster.host(0), "form", command, done);
        std::this_thread::sleep_for(Milliseconds(200));
      }
    }
  }

  bool ready_by_command(Host& host, const Deployment& deployment, Milliseconds deadline) const {
    const auto until = steady_clock::now() + deadline;
    while (true) {
      const auto left = std::chrono::ceil<Milliseconds>(until - steady_clock::now());
      if (left.count() <= 0) return false;
      const auto patience = std::max(left, least_ready_patience);
      if (host.run(filled(it_.ready, on(host, deployment)), patience).ok()) return true;
      std::this_thread::sleep_for(std::min(left, Milliseconds(50)));
    }
  }

  string role(Host& host, const Deployment& deployment) const {
    if (it_.role.words.empty()) return {};
    const auto said = host.run(filled(it_.role, on(host, deployment)), role_deadline);
    const string word = said.ok() ? trimmed(said.out) : string();
    if (word == "leader" || word == "primary" || word == "master") return "leader";
    return word == "follower" || word == "replica" || word == "secondary" ? "follower" : "";
  }

  std::vector<string> promises(const std::map<string, string>& options,
                               const string& workload) const {
    for (const auto& promise : it_.promises) {
      const auto& of = promise.workloads;
      if (!of.empty() && std::find(of.begin(), of.end(), workload) == of.end()) continue;
      const bool fits =
          std::all_of(promise.when.begin(), promise.when.end(), [&](const auto& wanted) {
            const auto chosen = options.find(wanted.first);
            return chosen != options.end() && chosen->second == wanted.second;
          });
      if (fits) return promise.checkers;
    }
    return {};
  }

  string chore(const DescribedCommand& command, Host& host, const Deployment& deployment) const {
    const auto done = host.run(filled(command, on(host, deployment)), chore_deadline);
    if (!done.ok()) throw refusal("it was refused", done);
    return adapter_words(trimmed(done.out), {});
  }

  std::optional<MemberView> members(Host& asked, const Deployment& deployment) const {
    const auto said =
        asked.run(filled(it_.members.list, on(asked, deployment)), member_list_deadline);
    if (!said.ok()) return {};
    return members_said(said.out, deployment);
  }

  void add_member(Host& asked, Host& joining, const Deployment& deployment) const {
    change_members(asked, it_.members.add, {"joining", joining.address()}, deployment);
  }

  void remove_member(Host& asked, const Member& member, const Deployment& deployment) const {
    change_members(asked, it_.members.remove, {"member", member.id}, deployment);
  }

  // Noted first, so that what is started in between, by whomever, does not found a cluster of its
  // own.
  void wipe(Host& host, const Deployment& deployment) const {
    deployment.notes->set(wiped(host.name()), "yes");
    const auto& own = it_.members.wipe;
    const auto done = host.run(own.words.empty() ? std::vector<string>{"find", host.data().string(),
                                                                       "-mindepth", "1", "-delete"}
                                                 : filled(own, on(host, deployment)),
                               chore_deadline);
    if (!done.ok()) throw refusal("the wipe", done);
  }

  string endpoint(const string& address) const { return endpoint_of(it_, address); }

  // As clients are to see it.
  Deployment with_endpoints(Deployment deployment) const {
    for (auto& address : deployment.addresses) address = endpoint(address);
    return deployment;
  }

  const Description& description() const { return it_; }

 private:
  static string wiped(const string& host) { return "wiped " + host; }

  static std::runtime_error refusal(const string& what, const CommandResult& done) {
    return std::runtime_error(adapter_words(
        fmt::format("{}: {}", what,
                    done.timed_out
                        ? "out of time"
                        : fmt::format("exit code {}: {}", done.status, done.err + done.out)),
        {}));
  }

  void change_members(Host& asked, const DescribedCommand& command,
                      const std::pair<string, string>& whom, const Deployment& deployment) const {
    const auto place = on(asked, deployment);
    auto known = blanks(place);
    known.insert(whom);
    auto words = command.words;
    for (auto& word : words) word = filled_in(word, known, deployment, place.index);
    const auto done = asked.run(words, chore_deadline);
    if (!done.ok()) throw refusal(whom.first, done);
  }

  [[noreturn]] void lacking(const string& what) const {
    throw Error(Blame::environment, fmt::format("{} is not installed: {}", it_.name, what),
                it_.install);
  }

  [[noreturn]] void failed_on(Host& host, const char* which, const DescribedCommand& command,
                              const CommandResult& done) const {
    throw Error(Blame::environment,
                fmt::format("{}: the command '{}' of '{}' failed on {} ({}): {}", it_.file.string(),
                            command.words.back(), which, host.name(),
                            done.timed_out ? string("out of time")
                                           : fmt::format("exit code {}", done.status),
                            adapter_words(done.err + done.out, {})));
  }

  Blanks blanks(const Place& place) const {
    const auto& [deployment, index, data] = place;
    Blanks blanks = {{"nodes", fmt::to_string(deployment.hosts.size())},
                     {"index", fmt::to_string(index + 1)},
                     {"port", it_.port},
                     {"binary", deployment.binary},
                     {"data", data},
                     {"folder", it_.file.parent_path().string()}};
    for (const auto& [name, value] : deployment.options) blanks[name] = value;
    for (const auto& address : deployment.addresses)
      blanks["addresses"] += (blanks["addresses"].empty() ? "" : ",") + address;
    if (deployment.hosts.size() <= index) return blanks;
    blanks["name"] = deployment.hosts[index];
    blanks["address"] = deployment.addresses[index];
    blanks["first"] = deployment.addresses[0];
    blanks["joins"] = deployment.notes->get(wiped(blanks["name"])) == "yes" ? "yes" : "no";
    return blanks;
  }

  string fill(const string& text, const Place& place) const {
    return filled_in(text, blanks(place), place.deployment, place.index);
  }

  std::vector<string> filled(const DescribedCommand& command, const Place& place) const {
    auto words = command.words;
    for (auto& word : words) word = fill(word, place);
    return words;
  }

  // Before its first start only, as Daemon::files are, of which the commands `before` are to have
  // the use.
  static void write(Host& host, const string& path, const string& content) {
    const string there = (host.data() / path).string();
    const auto written = host.run(
        {"/bin/sh", "-c",
         "test -e \"$1\" && exit; umask 022; mkdir -p \"$(dirname \"$1\")\" && cat > \"$1\"", "sh",
         there},
        command_deadline, content);
    if (!written.ok())
      throw Error(Blame::environment,
                  fmt::format("cannot write {} on {}: {}", there, host.name(), written.err));
  }

  // What the server writes to a file of its own goes where its stderr goes, and so is kept.
  void lead_logs(Host& host) const {
    for (const auto& log : it_.logs)
      host.run({"/bin/sh", "-c",
                "mkdir -p \"$(dirname \"$1\")\" && { test -e \"$1\" || ln -s /proc/self/fd/2 "
                "\"$1\"; }",
                "sh", (host.data() / log).string()},
               command_deadline);
  }

  const Description it_;
};

const Database& client_of(const Description& description, const std::vector<Database>& built_in) {
  return find(built_in, "built-in client (" + description.file.string() + ")",
              description.built_in);
}

// Options of the database whose client it is, which that client will ask for.
void take_options(Database& made, const Database& client) {
  for (const auto& option : client.options) {
    const bool own = std::any_of(made.options.begin(), made.options.end(),
                                 [&](const auto& one) { return one.name == option.name; });
    if (!own) made.options.push_back(option);
  }
}

}  // namespace

string endpoint_of(const Description& description, const string& address) {
  const bool whole = description.port.empty() || address.find(':') != string::npos;
  return whole ? address : address + ":" + description.port;
}

std::vector<string> adapter_command(const Description& description, const Deployment& deployment) {
  Blanks blanks = {{"folder", description.file.parent_path().string()},
                   {"binary", deployment.binary},
                   {"port", description.port}};
  for (const auto& [name, value] : deployment.options) blanks[name] = value;
  auto words = description.adapter.words;
  for (auto& word : words) word = filled_in(word, blanks, deployment, 0);
  // A program beside the description, wherever the harness was called.
  const std::filesystem::path program(words[0]);
  if (program.is_relative() && words[0].find('/') != string::npos)
    words[0] = (description.file.parent_path() / program).lexically_normal();
  return words;
}

Database described_database(const Description& description, const std::vector<Database>& built_in) {
  const auto it = std::make_shared<const Described>(description);
  Database made;
  made.name = description.name;
  made.summary = description.summary;
  made.workloads = description.workloads;
  made.options = description.options;
  made.stop_signal = description.stop_signal;
  made.find = [it](const string& binary) { return it->find(binary); };
  made.nodes = [it](const auto&) { return it->description().nodes; };
  if (!description.daemons.empty())
    made.start = [it](Host& host, const Deployment& where) { it->start(host, where); };
  if (!description.form.empty())
    made.form = [it](Cluster& cluster, const Deployment& where) { it->form(cluster, where); };
  made.role = [it](Host& host, const Deployment& where) { return it->role(host, where); };
  if (!description.promises.empty())
    made.promises = [it](const auto& options, const string& workload) {
      return it->promises(options, workload);
    };
  for (const auto& [name, command] : description.chores)
    made.chores.push_back({name, [it, command = command](Host& host, const Deployment& where) {
                             return it->chore(command, host, where);
                           }});
  if (!description.members.list.words.empty()) {
    made.members.view = [it](Host& asked, const Deployment& where) {
      return it->members(asked, where);
    };
    made.members.add = [it](Host& asked, Host& joining, const Deployment& where) {
      it->add_member(asked, joining, where);
    };
    made.members.remove = [it](Host& asked, const Member& member, const Deployment& where) {
      it->remove_member(asked, member, where);
    };
    made.members.wipe = [it](Host& host, const Deployment& where) { it->wipe(host, where); };
  }
  if (description.built_in.empty()) {
    made.connect = [it](const string& address, const Deployment& where) {
      return connect_adapter(adapter_command(it->description(), where), it->endpoint(address),
                             it->with_endpoints(where));
    };
  } else {
    const Database& client = client_of(description, built_in);
    take_options(made, client);
    made.connect = [it, connect = client.connect](const string& address, const Deployment& where) {
      return connect(it->endpoint(address), it->with_endpoints(where));
    };
  }
  if (description.ready.words.empty())
    made.ready = [asker = std::make_shared<ReadinessAsker>(made.connect)](
                     Host& host, const Deployment& where, Milliseconds deadline) {
      return asker->answers(host.address(), where, deadline);
    };
  else
    made.ready = [it](Host& host, const Deployment& where, Milliseconds deadline) {
      return it->ready_by_command(host, where, deadline);
    };
  return made;
}

std::vector<string> workloads_of(const Description& description,
                                 const std::vector<Database>& built_in) {
  if (!description.workloads.empty()) return description.workloads;
  if (!description.built_in.empty()) return client_of(description, built_in).workloads;
  constexpr Milliseconds hello_deadline{10'000};
  Deployment none;
  for (const auto& option : description.options)
    none.options[option.name] = option.values.empty() ? option.standard : option.values.front();
  return workloads_of_calls(ask_adapter(adapter_command(description, none), hello_deadline).calls);
}

}  // namespace tribunal
