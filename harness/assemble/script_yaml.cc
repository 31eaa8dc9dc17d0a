#include "harness/assemble/script_yaml.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <regex>
#include <set>

#include "harness/record/error.h"
#include "harness/record/words.h"

namespace tribunal {
namespace {

using Step = ScriptStep;

constexpr Milliseconds longest_step{86'400'000};

class ScriptReader {
  std::string place(const YAML::Node& node) const {
    return fmt::format("{}:{}", file_, node.Mark().line + 1);
  }
  [[noreturn]] void fail(const YAML::Node& node, const std::string& what,
                         const std::string& fix) const {
    throw Error(Blame::usage, place(node) + ": " + what, fix);
  }

  std::string text(const YAML::Node& node) const {
    if (!node.IsScalar()) fail(node, "a single value is wanted here", "a name or a figure");
    return node.Scalar();
  }

  template <class Parse>
  auto parsed(const YAML::Node& node, const Parse& parse) const {
    const auto value = text(node);
    try {
      return parse(value);
    } catch (const std::invalid_argument& wanted) {
      fail(node, fmt::format("'{}' cannot be here", value.substr(0, 80)),
           fmt::format("give {}", wanted.what()));
    }
  }

  std::int64_t time(const YAML::Node& node) const {
    return parsed(node, [](const std::string& value) {
      return std::chrono::nanoseconds(parse_time(value, Milliseconds(1), longest_step)).count();
    });
  }

  void check_keys(const YAML::Node& map, const std::set<std::string>& known) const {
    std::set<std::string> seen;
    for (const auto& item : map) {
      const auto key = text(item.first);
      if (!known.contains(key))
        fail(item.first, fmt::format("'{}' has no place here", key.substr(0, 80)),
             fmt::format("one of: {}", fmt::join(known, ", ")));
      if (!seen.insert(key).second) fail(item.first, fmt::format("'{}' is there twice", key), "");
    }
  }

 public:
  ScriptReader(std::string file, const std::vector<FaultKind>& kinds)
      : file_(std::move(file)), kinds_(kinds) {}

  Script read(const YAML::Node& root) {
    if (!root.IsMap()) fail(root, "this is no map", "lines such as `steps:` with a list below");
    check_keys(root, {"name", "summary", "mode", "steps"});
    Script script;
    script.name = root["name"] ? text(root["name"]) : file_;
    if (root["summary"]) script.summary = text(root["summary"]);
    if (root["mode"])
      script.mode = parsed(root["mode"], [](const std::string& mode) {
        return parse_one_of(mode, {"safety", "liveness"}) == "safety" ? Mode::safety
                                                                      : Mode::liveness;
      });
    if (!root["steps"]) fail(root, "a script needs `steps:`", "a list of steps below it");
    script.steps = steps(root["steps"]);
    return script;
  }

 private:
  std::vector<Step> steps(const YAML::Node& list) {
    if (!list.IsSequence() || list.size() == 0)
      fail(list, "a list of steps is wanted here", "lines such as `- kill: leader`");
    std::vector<Step> all;
    for (const auto& item : list) all.push_back(step(item));
    return all;
  }

  Step step(const YAML::Node& node) {
    if (!node.IsMap()) fail(node, "a step is a map", "such as `- kill: leader` with `for: 2s`");
    Step read;
    if (node["wait"]) {
      read = wait(node);
    } else if (node["heal"]) {
      check_keys(node, {"heal"});
      read.kind = Step::Kind::heal;
      read.name = text(node["heal"]);
    } else if (node["parallel"]) {
      read = parallel(node);
    } else if (node["repeat"]) {
      read = repeat(node);
    } else {
      read = fault(node);
    }
    read.place = place(node);
    return read;
  }

  Step fault(const YAML::Node& node) const {
    const auto kind = std::find_if(kinds_.begin(), kinds_.end(), [&](const FaultKind& one) {
      return static_cast<bool>(node[one.name]);
    });
    if (kind == kinds_.end()) {
      const auto first = node.begin() == node.end() ? "nothing" : text(node.begin()->first);
      fail(node, fmt::format("'{}' is no step", first),
           "wait, heal, parallel, repeat, or a fault: `tribunal list faults` prints them");
    }
    check_keys(node, {kind->name, "for", "name", "with"});
    Step step;
    step.kind = Step::Kind::fault;
    step.fault.fault = kind->name;
    (kind->targets.empty() ? step.fault.shape : step.fault.target) =
        kind->targets.empty() && kind->shapes.empty() ? "" : text(node[kind->name]);
    if (static_cast<bool>(node["for"]) == static_cast<bool>(node["name"]))
      fail(node, fmt::format("how long does the {} last?", kind->name),
           "either `for: TIME`, or `name: NAME` and later a step `heal: NAME`");
    step.fault.duration = node["for"] ? time(node["for"]) : -1;
    if (node["name"]) step.name = text(node["name"]);
    if (const auto with = node["with"]) {
      if (!with.IsMap()) fail(with, "options are a map", "such as `with: {delay: 100ms}`");
      for (const auto& item : with) step.fault.options[text(item.first)] = text(item.second);
    }
    return step;
  }

  Step parallel(const YAML::Node& node) {
    check_keys(node, {"parallel"});
    const auto branches = node["parallel"];
    if (!branches.IsSequence() || branches.size() < 2)
      fail(branches, "parallel wants at least two lists of steps", "`- - kill: n1` for each");
    Step step;
    step.kind = Step::Kind::parallel;
    for (const auto& branch : branches) step.branches.push_back(steps(branch));
    return step;
  }

  Step repeat(const YAML::Node& node) {
    check_keys(node, {"repeat", "steps"});
    Step step;
    step.kind = Step::Kind::repeat;
    step.times = parsed(node["repeat"], [](const std::string& times) {
      if (times == "always") return Step::always;
      constexpr std::uint64_t most = 10'000;
      try {
        return static_cast<int>(parse_count(times, 1, most));
      } catch (const std::invalid_argument&) {
        throw std::invalid_argument("always, or a whole number from 1 to 10000");
      }
    });
    if (!node["steps"]) fail(node, "what is to be repeated?", "`steps:` with a list below it");
    step.branches.push_back(steps(node["steps"]));
    return step;
  }

  Step wait(const YAML::Node& node) const {
    check_keys(node, {"wait"});
    const auto what = node["wait"];
    Step step;
    step.kind = Step::Kind::wait;
    Trigger& trigger = step.trigger;
    if (what.IsScalar()) {
      trigger.time = time(what);
      trigger.text = text(what);
      return step;
    }
    if (!what.IsMap())
      fail(what, "wait for what?", "`wait: 2s`, or `wait: {until: ..., within: ...}`");
    check_keys(what, {"until", "within", "log", "on"});
    if (what["log"]) {
      log_line(what, trigger);
    } else if (what["until"]) {
      until(what["until"], trigger);
    } else {
      fail(what, "wait for what?", "`until:` or `log:`");
    }
    if (what["on"]) trigger.host = text(what["on"]);
    if (trigger.kind == Trigger::Kind::time_of_run) return step;
    if (!what["within"]) fail(what, "how long at the most?", "`within: TIME`");
    trigger.within = time(what["within"]);
    return step;
  }

  void log_line(const YAML::Node& what, Trigger& trigger) const {
    trigger.kind = Trigger::Kind::log_line;
    trigger.pattern = text(what["log"]);
    trigger.text = "log line " + trigger.pattern;
    try {
      const std::regex check(trigger.pattern);
    } catch (const std::regex_error& error) {
      fail(what["log"], fmt::format("this is no regular expression: {}", error.what()),
           "an ECMAScript regular expression");
    }
  }

  void until(const YAML::Node& node, Trigger& trigger) const {
    trigger.text = text(node);
    std::smatch parts;
    static const std::regex calls("([0-9]{1,9}) calls? in flight"), time_of_run("time (\\S+)");
    if (trigger.text == "leader changes") {
      trigger.kind = Trigger::Kind::role_change;
    } else if (std::regex_match(trigger.text, parts, calls)) {
      trigger.kind = Trigger::Kind::calls_in_flight;
      trigger.calls = std::stoll(parts[1]);
    } else if (std::regex_match(trigger.text, parts, time_of_run)) {
      trigger.kind = Trigger::Kind::time_of_run;
      trigger.time = parsed(node, [&](const std::string&) {
        return std::chrono::nanoseconds(parse_time(parts[1], Milliseconds(0), longest_step))
            .count();
      });
      trigger.within = trigger.time;
    } else {
      fail(node, fmt::format("'{}' is no trigger", trigger.text.substr(0, 80)),
           "leader changes, N calls in flight, time 20s, or `log: PATTERN`");
    }
  }

  const std::string file_;
  const std::vector<FaultKind>& kinds_;
};

}  // namespace

Script read_script(const std::string& text, const std::string& name,
                   const std::vector<FaultKind>& kinds) {
  YAML::Node root;
  try {
    root = YAML::Load(text);
  } catch (const YAML::Exception& trouble) {
    throw Error(Blame::usage,
                fmt::format("{}:{}: this is no YAML: {}", name, trouble.mark.line + 1, trouble.msg),
                "nemesis/scripts has examples");
  }
  return ScriptReader(name, kinds).read(root);
}

}  // namespace tribunal
