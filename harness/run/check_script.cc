#include "harness/run/check_script.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "harness/parts/catalogue.h"
#include "harness/run/fault_options.h"

namespace tribunal {
namespace {

using Steps = std::vector<ScriptStep>;
using Hosts = std::vector<std::string>;

[[noreturn]] void refuse(const ScriptStep& step, const std::string& what, const std::string& fix) {
  throw Error(Blame::usage, step.place + ": " + what, fix);
}

class ScriptCheck {
 public:
  ScriptCheck(const Script& script, const std::vector<FaultKind>& kinds, const Hosts& hosts)
      : script_(script), kinds_(kinds), hosts_(hosts) {}

  // A fault that is in force, or may be in a branch beside this one.
  struct Open {
    const ScriptStep* step;
    const FaultKind* kind;
  };
  using Faults = std::vector<Open>;

  // `open`: what is in force before; after it, what these steps left. `beside`: what other branches
  // may have in force at any time meanwhile.
  void check(const Steps& steps, Faults& open, const Faults& beside) {
    for (const auto& step : steps) {
      switch (step.kind) {
        case ScriptStep::Kind::fault:
          check_fault_step(step, open, beside);
          break;
        case ScriptStep::Kind::heal:
          check_heal(step, open);
          break;
        case ScriptStep::Kind::parallel:
          check_parallel(step, open, beside);
          break;
        case ScriptStep::Kind::repeat:
          check_repeat(step, open, beside);
          break;
        case ScriptStep::Kind::wait:
          check_wait(step);
          break;
      }
    }
  }

 private:
  const FaultKind& kind_of(const ScriptStep& step) const {
    try {
      return find(kinds_, "fault", step.fault.fault);
    } catch (const Error& error) {
      refuse(step, error.what(), error.fix());
    }
  }

  void check_fault_step(const ScriptStep& step, Faults& open, const Faults& beside) {
    const FaultKind& kind = kind_of(step);
    check_target(step, kind);
    try {
      check_fault(kind, draw_instance(step.fault, kinds_, hosts_, 0, 0));
    } catch (const Error& error) {
      refuse(step, error.what(), error.fix());
    }
    for (const Faults* others : std::initializer_list<const Faults*>{&open, &beside})
      for (const auto& other : *others) check_together(step, kind, other);
    check_quorum(step, kind, open, beside);
    if (step.fault.duration >= 0) return;
    for (const auto& other : open)
      if (other.step->name == step.name)
        refuse(step, fmt::format("'{}' is already the name of a fault in force", step.name),
               "another name");
    open.push_back({&step, &kind});
  }

  void check_target(const ScriptStep& step, const FaultKind& kind) const {
    const PlannedFault& fault = step.fault;
    if (hosts_.size() < kind.least_hosts)
      refuse(step,
             fmt::format("the fault '{}' needs at least {} nodes, and there are {}", kind.name,
                         kind.least_hosts, hosts_.size()),
             fmt::format("--nodes {} or more", kind.least_hosts));
    const auto among = [](const Hosts& all, const std::string& one) {
      return std::find(all.begin(), all.end(), one) != all.end();
    };
    if (!kind.shapes.empty() && !among(kind.shapes, fault.shape))
      refuse(step, fmt::format("'{}' is no shape of the fault '{}'", fault.shape, kind.name),
             fmt::format("one of: {}", fmt::join(kind.shapes, ", ")));
    if (kind.targets.empty()) return;
    const auto named = hosts_named(fault.target, hosts_);
    const bool special = fault.target == "primaries" || fault.target == "minority-third";
    if (named.empty() && !special && !among(kind.targets, fault.target))
      refuse(step, fmt::format("'{}' is no target of the fault '{}'", fault.target, kind.name),
             fmt::format("one of: {}, primaries, minority-third, or hosts by name such as {}",
                         fmt::join(kind.targets, ", "), hosts_.front()));
    if (named.empty() && reach(step, kind) == 0)
      refuse(step, fmt::format("the {} of {} nodes is nobody", fault.target, hosts_.size()),
             "more --nodes, or another target");
  }

  // How many hosts it hits at the most.
  std::size_t reach(const ScriptStep& step, const FaultKind& kind) const {
    const std::size_t all = hosts_.size();
    const std::string& what = kind.targets.empty() ? step.fault.shape : step.fault.target;
    const auto named = hosts_named(what, hosts_);
    if (!named.empty()) return named.size();
    if (what == "one" || what == "leader") return 1;
    if (what == "minority") return all - (all / 2 + 1);
    if (what == "minority-third") return (all - 1) / 3;
    if (what == "halves" || (what == "majority" && kind.targets.empty())) return all / 2;
    if (what == "majority") return all / 2 + 1;
    return all;
  }

  // Aimed faults of one resource find hosts that the other has left, unless both name the same.
  void check_together(const ScriptStep& step, const FaultKind& kind, const Open& other) const {
    if (kind.resource.empty() || kind.resource != other.kind->resource) return;
    const bool aimed = !kind.targets.empty() && !other.kind->targets.empty();
    const auto mine = hosts_named(step.fault.target, hosts_),
               theirs = hosts_named(other.step->fault.target, hosts_);
    const bool apart = !mine.empty() && !theirs.empty() &&
                       std::none_of(mine.begin(), mine.end(), [&](const auto& name) {
                         return std::find(theirs.begin(), theirs.end(), name) != theirs.end();
                       });
    if (apart && aimed) return;
    const bool room = mine.empty() || theirs.empty();
    if (aimed && room && reach(step, kind) + reach(*other.step, *other.kind) <= hosts_.size())
      return;
    refuse(
        step,
        fmt::format("'{}' would be in force together with '{}' of {}, and both are about the {} "
                    "of the same nodes",
                    step.fault.name(), other.step->fault.name(), other.step->place, kind.resource),
        "heal the one before the other begins, or aim them at different nodes");
  }

  void check_quorum(const ScriptStep& step, const FaultKind& kind, const Faults& open,
                    const Faults& beside) const {
    if (script_.mode != Mode::liveness || kind.harm == Harm::disturbs) return;
    std::size_t stopped = reach(step, kind);
    for (const Faults* others : std::initializer_list<const Faults*>{&open, &beside})
      for (const auto& other : *others)
        if (other.kind->harm != Harm::disturbs) stopped += reach(*other.step, *other.kind);
    if (hosts_.size() - std::min(hosts_.size(), stopped) > hosts_.size() / 2) return;
    refuse(step,
           fmt::format("'{}' may leave {} of {} nodes, and the mode liveness keeps a majority",
                       step.fault.name(), hosts_.size() - std::min(hosts_.size(), stopped),
                       hosts_.size()),
           "mode: safety, more --nodes, or a smaller target");
  }

  static void check_heal(const ScriptStep& step, Faults& open) {
    const auto found = std::find_if(
        open.begin(), open.end(), [&](const Open& other) { return other.step->name == step.name; });
    if (found == open.end())
      refuse(step, fmt::format("no fault called '{}' is in force here", step.name),
             "the name of one that began before, in the same branch or before it, and is not yet "
             "healed");
    open.erase(found);
  }

  static void collect(const Steps& steps, const std::vector<FaultKind>& kinds, Faults& all) {
    for (const auto& step : steps) {
      if (step.kind == ScriptStep::Kind::fault)
        for (const auto& kind : kinds)
          if (kind.name == step.fault.fault) all.push_back({&step, &kind});
      for (const auto& branch : step.branches) collect(branch, kinds, all);
    }
  }

  // A branch may heal what it began itself; what began before the branches is healed after them,
  // and is in force beside each.
  void check_parallel(const ScriptStep& step, const Faults& open, const Faults& beside) {
    for (std::size_t i = 0; i < step.branches.size(); ++i) {
      Faults others = beside, own;
      others.insert(others.end(), open.begin(), open.end());
      for (std::size_t j = 0; j < step.branches.size(); ++j)
        if (j != i) collect(step.branches[j], kinds_, others);
      check(step.branches[i], own, others);
      require_healed(own);
    }
  }

  void check_repeat(const ScriptStep& step, const Faults& open, const Faults& beside) {
    Faults others = beside, own;
    others.insert(others.end(), open.begin(), open.end());
    check(step.branches.front(), own, others);
    require_healed(own);
    if (step.times == ScriptStep::always && longest(Script{{}, {}, {}, step.branches.front()}) == 0)
      refuse(step, "what is repeated always takes no time", "a wait in it");
  }

  void check_wait(const ScriptStep& step) const {
    const auto& host = step.trigger.host;
    if (!host.empty() && std::find(hosts_.begin(), hosts_.end(), host) == hosts_.end())
      refuse(step, fmt::format("there is no node '{}'", host),
             fmt::format("one of: {}", fmt::join(hosts_, ", ")));
  }

 public:
  static void require_healed(const Faults& open) {
    if (open.empty()) return;
    refuse(*open.front().step,
           fmt::format("'{}' ({}) is never healed", open.front().step->name,
                       open.front().step->fault.name()),
           fmt::format("a step `heal: {}` in the same branch, or `for: TIME` instead of the name",
                       open.front().step->name));
  }

 private:
  const Script& script_;
  const std::vector<FaultKind>& kinds_;
  const Hosts& hosts_;
};

}  // namespace

void check_script(const Script& script, const std::vector<FaultKind>& kinds, const Hosts& hosts,
                  std::int64_t time) {
  ScriptCheck check(script, kinds, hosts);
  ScriptCheck::Faults open;
  check.check(script.steps, open, {});
  ScriptCheck::require_healed(open);
  if (faults_of(script, kinds, hosts, 0).empty())
    throw Error(Blame::usage, fmt::format("the script '{}' has no fault", script.name),
                "a step such as `kill: leader` with `for: 2s`");
  const auto seconds = [](std::int64_t ns) { return static_cast<double>(ns) / 1e9; };
  if (longest(script) > time)
    throw Error(Blame::usage,
                fmt::format("the script '{}' may take {:.1f} s, and the traffic lasts {:.1f} s",
                            script.name, seconds(longest(script)), seconds(time)),
                fmt::format("--time {:.0f}s or more", seconds(longest(script)) + 5));
}

}  // namespace tribunal
