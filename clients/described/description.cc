#include "clients/described/description.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "clients/described/template.h"
#include "clients/described/yaml_reader.h"
#include "harness/record/error.h"

namespace tribunal {
namespace {

using std::string;

class DescriptionReader {
 public:
  explicit DescriptionReader(const std::filesystem::path& file)
      : yaml_(file), root_(yaml_.load()), keys_(yaml_.map(root_, "a description", known())) {
    made_.file = std::filesystem::absolute(file);
  }

  Description read() {
    made_.name = yaml_.text(required("name", "name: mydb"), "name");
    if (made_.name.empty() || made_.name.find_first_not_of(
                                  "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                  "-_.") != string::npos)
      yaml_.object(keys_["name"], "a name has letters, digits, '-', '_' and '.'", "name: mydb");
    if (has("summary")) made_.summary = yaml_.text(keys_["summary"], "summary");
    read_options();
    read_server();
    read_numbers();
    read_start();
    read_client();
    read_promises();
    return made_;
  }

 private:
  static const std::vector<string>& known() {
    static const std::vector<string> all = {"name",      "summary", "server",   "nodes",   "port",
                                            "options",   "files",   "logs",     "before",  "start",
                                            "form",      "ready",   "role",     "chores",  "stop",
                                            "workloads", "client",  "promises", "members", "wipe"};
    return all;
  }

  bool has(const string& key) const { return keys_.contains(key); }

  const YAML::Node& required(const string& key, const string& example) {
    if (!has(key)) yaml_.object(root_, fmt::format("it has no '{}'", key), example);
    return keys_[key];
  }

  // A text whose blanks are known.
  string blanked(const YAML::Node& node, const string& what, const string& own = {}) const {
    string text = yaml_.text(node, what);
    check_blanks(node, text, own);
    return text;
  }

  // `own`: a blank of this text alone.
  void check_blanks(const YAML::Node& node, const string& text, const string& own) const {
    std::vector<string> options;
    if (!own.empty()) options.push_back(own);
    for (const auto& option : made_.options) options.push_back(option.name);
    if (const string mistake = mistake_in_template(text, options); !mistake.empty())
      yaml_.object(node, mistake, "docs/deployments.md has what may stand in {{ }}");
  }

  DescribedCommand command(const YAML::Node& node, const string& what,
                           const string& own = {}) const {
    if (node.IsScalar()) {
      const string line = blanked(node, what, own);
      if (line.empty()) yaml_.object(node, what + " is empty", "a command");
      return {{"/bin/sh", "-c", line}};
    }
    DescribedCommand made;
    if (!node.IsSequence() || node.size() == 0)
      yaml_.object(node, what + " is no command", "[program, argument], or a line for the shell");
    for (const auto& word : node) made.words.push_back(blanked(word, "a word of " + what, own));
    return made;
  }

  DescribedCommand command_if_there(const string& key) {
    return has(key) ? command(keys_[key], key) : DescribedCommand{};
  }

  // One command, or a list of commands: a list of lists, or of lines for the shell.
  std::vector<DescribedCommand> commands(const string& key) {
    if (!has(key)) return {};
    const YAML::Node& node = keys_[key];
    if (!node.IsSequence()) return {command(node, key)};
    std::vector<DescribedCommand> all;
    for (const auto& one : node) all.push_back(command(one, key));
    return all;
  }

  std::map<string, string> texts_by_name(const YAML::Node& node, const string& what) const {
    std::map<string, string> texts;
    for (const auto& [name, value] : yaml_.map(node, what, {}))
      texts[name] = blanked(value, fmt::format("'{}' of {}", name, what));
    return texts;
  }

  // A path below the data folder that does not lead out of it.
  void check_path(const YAML::Node& node, const string& path) const {
    const std::filesystem::path given(path);
    const bool leads_out = std::find(given.begin(), given.end(), "..") != given.end();
    if (path.empty() || given.is_absolute() || leads_out)
      yaml_.object(node, fmt::format("'{}' is not below the data folder of a node", path),
                   "a relative path, such as server.conf; {{data}} is in front of it");
  }

  void read_options() {
    if (!has("options")) return;
    for (const auto& [name, node] : yaml_.map(keys_["options"], "options", {})) {
      for (const auto& [taken, meaning] : blank_names())
        if (taken == name)
          yaml_.object(node, fmt::format("an option cannot be called '{}'", name),
                       fmt::format("{{{{{}}}}} has a meaning already", name));
      made_.options.push_back(option(name, node));
    }
  }

  DatabaseOption option(const string& name, const YAML::Node& node) const {
    DatabaseOption made{name, {}, {}, {}};
    if (node.IsScalar()) {
      made.standard = node.Scalar();
      return made;
    }
    auto parts = yaml_.map(node, "an option", {"values", "default", "summary"});
    if (parts.contains("values") == parts.contains("default"))
      yaml_.object(node, fmt::format("the option '{}' has either values or a default", name),
                   "values: [a, b] (the first is the default), or default: a");
    if (parts.contains("values")) made.values = yaml_.texts(parts["values"], "values");
    if (parts.contains("default")) made.standard = yaml_.text(parts["default"], "default");
    if (parts.contains("summary")) made.summary = yaml_.text(parts["summary"], "summary");
    return made;
  }

  void read_server() {
    if (!has("server")) return;
    auto parts = yaml_.map(keys_["server"], "server", {"binary", "version", "check", "install"});
    if (!parts.contains("binary"))
      yaml_.object(keys_["server"], "the server has no 'binary'", "binary: mydbd");
    made_.binary = yaml_.text(parts["binary"], "binary");
    if (parts.contains("version")) made_.version = command(parts["version"], "version");
    if (parts.contains("check")) made_.check = command(parts["check"], "check");
    if (parts.contains("install")) made_.install = yaml_.text(parts["install"], "install");
  }

  void read_numbers() {
    if (has("nodes")) {
      const YAML::Node& node = keys_["nodes"];
      if (node.IsScalar()) {
        made_.nodes.usual = yaml_.number(node, "nodes", 1, 50);
      } else {
        auto parts = yaml_.map(node, "nodes", {"usual", "least"});
        if (parts.contains("usual"))
          made_.nodes.usual = yaml_.number(parts["usual"], "usual", 1, 50);
        if (parts.contains("least"))
          made_.nodes.least = yaml_.number(parts["least"], "least", 1, made_.nodes.usual);
      }
    }
    if (has("port")) made_.port = fmt::to_string(yaml_.number(keys_["port"], "port", 1, 65535));
    if (has("stop")) made_.stop_signal = signal_of(keys_["stop"]);
  }

  void read_members() {
    if (!has("members")) {
      if (has("wipe"))
        yaml_.object(keys_["wipe"], "a node is wiped only where members come and go",
                     "members: {list: ..., add: ..., remove: ...} beside it, or no 'wipe'");
      return;
    }
    auto parts = yaml_.map(keys_["members"], "members", {"list", "add", "remove"});
    for (const char* name : {"list", "add", "remove"})
      if (!parts.contains(name))
        yaml_.object(keys_["members"], fmt::format("members have no '{}'", name),
                     "members: {list: COMMAND, add: COMMAND, remove: COMMAND}");
    made_.members.list = command(parts["list"], "list");
    made_.members.add = command(parts["add"], "add", "joining");
    made_.members.remove = command(parts["remove"], "remove", "member");
    made_.members.wipe = command_if_there("wipe");
  }

  int signal_of(const YAML::Node& node) const {
    static const std::map<string, int> signals = {{"TERM", 15}, {"INT", 2},   {"QUIT", 3},
                                                  {"HUP", 1},   {"USR1", 10}, {"USR2", 12}};
    const auto found = signals.find(yaml_.text(node, "stop"));
    if (found == signals.end())
      yaml_.object(node, fmt::format("'{}' is no signal that asks for an end", node.Scalar()),
                   "TERM, INT, QUIT, HUP, USR1 or USR2");
    return found->second;
  }

  void read_start() {
    if (has("files"))
      for (const auto& [path, node] : yaml_.map(keys_["files"], "files", {})) {
        check_path(node, path);
        made_.files[path] = blanked(node, "a file");
      }
    if (has("logs")) {
      made_.logs = yaml_.one_or_more(keys_["logs"], "logs");
      for (const auto& path : made_.logs) check_path(keys_["logs"], path);
    }
    made_.before = commands("before");
    made_.form = commands("form");
    made_.ready = command_if_there("ready");
    made_.role = command_if_there("role");
    if (has("chores"))
      for (const auto& [name, node] : yaml_.map(keys_["chores"], "chores", {}))
        made_.chores[name] = command(node, name);
    read_members();
    if (!has("start")) return;
    if (!has("server"))
      yaml_.object(keys_["start"], "it starts something and names no server",
                   "server: {binary: mydbd, install: apt-get install mydb}");
    const YAML::Node& start = keys_["start"];
    const bool several = start.IsSequence() && start.size() > 0 && start[0].IsMap();
    if (!several) return made_.daemons.push_back(daemon(start));
    for (const auto& one : start) made_.daemons.push_back(daemon(one));
  }

  DescribedDaemon daemon(const YAML::Node& node) const {
    DescribedDaemon made;
    if (!node.IsMap()) {
      made.command = command(node, "start");
      return made;
    }
    auto parts =
        yaml_.map(node, "a daemon", {"command", "environment", "as_ordinary_user", "nodes"});
    if (!parts.contains("command"))
      yaml_.object(node, "a daemon has no 'command'", "command: [\"{{binary}}\", ...]");
    made.command = command(parts["command"], "command");
    if (parts.contains("environment"))
      made.environment = texts_by_name(parts["environment"], "environment");
    if (parts.contains("as_ordinary_user"))
      made.as_ordinary_user = yaml_.yes_or_no(parts["as_ordinary_user"], "as_ordinary_user");
    if (parts.contains("nodes")) made.nodes = which_nodes(parts["nodes"]);
    return made;
  }

  WhichNodes which_nodes(const YAML::Node& node) const {
    const string which = yaml_.text(node, "nodes");
    if (which == "all") return WhichNodes::all;
    if (which == "first") return WhichNodes::first;
    if (which == "others") return WhichNodes::others;
    yaml_.object(node, fmt::format("nodes cannot be '{}'", which.substr(0, 80)),
                 "all, first or others");
  }

  void read_client() {
    const YAML::Node& client =
        required("client", "client: {adapter: [python3, \"{{folder}}/mydb.py\"]}");
    auto parts = yaml_.map(client, "client", {"adapter", "built-in"});
    if (parts.contains("adapter") == parts.contains("built-in"))
      yaml_.object(client, "a client is either an adapter or one that is built in",
                   "adapter: [python3, \"{{folder}}/mydb.py\"], or built-in: etcd");
    if (parts.contains("adapter")) {
      made_.adapter = command(parts["adapter"], "adapter");
      // A program alone needs no shell, which would not look for it beside the file.
      const string& line = made_.adapter.words.back();
      if (parts["adapter"].IsScalar() &&
          line.find_first_of(" \t\n$&|;<>()'\"`\\*?[]#~=") == string::npos)
        made_.adapter.words = {line};
    }
    for (const auto& word : made_.adapter.words)
      if (const string blank = blank_of_a_node(word); !blank.empty())
        yaml_.object(parts["adapter"],
                     fmt::format("an adapter is on no node: it has no {{{{{}}}}}", blank),
                     "its opening says its address, those of all nodes, and the options");
    if (parts.contains("built-in")) made_.built_in = yaml_.text(parts["built-in"], "built-in");
    if (has("workloads")) made_.workloads = yaml_.one_or_more(keys_["workloads"], "workloads");
  }

  void read_promises() {
    if (!has("promises")) return;
    if (!keys_["promises"].IsSequence())
      yaml_.object(keys_["promises"], "promises are no list",
                   "- {workloads: [set], when: {reads: any}, checkers: [set]}");
    for (const auto& node : keys_["promises"]) {
      auto parts = yaml_.map(node, "a promise", {"workloads", "when", "checkers"});
      if (!parts.contains("checkers"))
        yaml_.object(node, "a promise has no 'checkers'",
                     "`tribunal list checkers` prints them; `none` for no promise at all");
      DescribedPromise promise;
      promise.checkers = yaml_.one_or_more(parts["checkers"], "checkers");
      if (promise.checkers == std::vector<string>{"none"}) promise.checkers = {"progress"};
      if (parts.contains("workloads"))
        promise.workloads = yaml_.one_or_more(parts["workloads"], "workloads");
      if (parts.contains("when"))
        for (const auto& [name, value] : yaml_.map(parts["when"], "when", option_names()))
          promise.when[name] = yaml_.text(value, name);
      made_.promises.push_back(std::move(promise));
    }
  }

  std::vector<string> option_names() const {
    std::vector<string> names = {""};  // so that none are known where there are none
    for (const auto& option : made_.options) names.push_back(option.name);
    return names;
  }

  YamlReader yaml_;
  YAML::Node root_;
  YamlReader::Map keys_;
  Description made_;
};

}  // namespace

Description read_description(const std::filesystem::path& file) {
  return DescriptionReader(file).read();
}

}  // namespace tribunal
