#include "harness/run/direct_script.h"

#include <fmt/format.h>

#include <atomic>
#include <optional>
#include <thread>

#include "harness/run/log_watch.h"

namespace tribunal {
namespace {

using ScriptSteps = std::vector<ScriptStep>;

// How many faults the steps begin, with what is repeated always counted once.
std::size_t count_instances(const ScriptSteps& steps) {
  std::size_t count = 0;
  for (const auto& step : steps) {
    count += step.kind == ScriptStep::Kind::fault;
    for (const auto& branch : step.branches)
      count += count_instances(branch) * static_cast<std::size_t>(std::max(1, step.times));
  }
  return count;
}

class Director {
 public:
  Director(Script script, std::vector<FaultKind> kinds, std::vector<std::string> hosts,
           std::uint64_t seed, Stage stage)
      : script_(std::move(script)),
        kinds_(std::move(kinds)),
        hosts_(std::move(hosts)),
        seed_(seed),
        stage_(std::move(stage)),
        more_(count_instances(script_.steps)) {}

  void play(FaultRunner& runner, std::stop_token stop) {
    Names names;
    play(script_.steps, 0, Round::counted, names, runner, stop);
  }

 private:
  using Names = std::map<std::string, FaultRunner::Number>;
  enum class Round { counted, extra };  // extra: of what is repeated always, after the first

  // `first`: the number of the first fault among the steps. Numbers follow from the text alone, so
  // that the seed means the same in every run.
  void play(const ScriptSteps& steps, std::size_t first, Round round, Names& names,
            FaultRunner& runner, const std::stop_token& stop) {
    for (const auto& step : steps) {
      if (step.kind == ScriptStep::Kind::fault &&
          (round == Round::counted || has_time(step, runner)))
        play_fault(step, first, names, runner, stop);
      if (step.kind == ScriptStep::Kind::heal) heal(step, names, runner, stop);
      if (step.kind == ScriptStep::Kind::wait) wait(step.trigger, runner, stop);
      if (step.kind == ScriptStep::Kind::parallel) play_branches(step, first, round, runner, stop);
      if (step.kind == ScriptStep::Kind::repeat) repeat(step, first, round, runner, stop);
      first += count_instances({step});
    }
  }

  void play_fault(const ScriptStep& step, std::size_t instance, Names& names, FaultRunner& runner,
                  const std::stop_token& stop) {
    auto fault = draw_instance(step.fault, kinds_, hosts_, seed_, instance);
    fault.at = runner.now() - runner.origin();
    const auto number = runner.start(std::move(fault));
    if (step.fault.duration >= 0) return runner.await_undone(number, stop);
    names[step.name] = number;
    runner.await_injected(number, stop);
  }

  static void heal(const ScriptStep& step, Names& names, FaultRunner& runner,
                   const std::stop_token& stop) {
    const auto named = names.extract(step.name);
    if (named.empty()) return;  // the check has seen that there is one
    runner.let_go(named.mapped());
    runner.await_undone(named.mapped(), stop);
  }

  void play_branches(const ScriptStep& step, std::size_t first, Round round, FaultRunner& runner,
                     const std::stop_token& stop) {
    std::vector<std::jthread> branches;
    for (const auto& branch : step.branches) {
      branches.emplace_back([this, &branch, first, round, &runner, stop] {
        Names names;
        play(branch, first, round, names, runner, stop);
      });
      first += count_instances(branch);
    }
  }

  void repeat(const ScriptStep& step, std::size_t first, Round round, FaultRunner& runner,
              const std::stop_token& stop) {
    const auto& steps = step.branches.front();
    const auto each = count_instances(steps);
    const bool always = step.times == ScriptStep::always;
    for (int i = 0; always ? i == 0 || !runner.is_over() : i < step.times; ++i) {
      const bool extra = always && i > 0;
      Names names;
      play(steps, extra ? more_.fetch_add(each) : first + static_cast<std::size_t>(i) * each,
           extra ? Round::extra : round, names, runner, stop);
    }
  }

  // Whether the fault could last, and be met, before the traffic ends.
  bool has_time(const ScriptStep& step, const FaultRunner& runner) const {
    constexpr std::int64_t least = 1'500'000'000;
    const auto lasts = std::max(least, step.fault.duration);
    return !runner.is_over() && runner.now() - runner.origin() + lasts <= stage_.ends;
  }

  void wait(const Trigger& trigger, FaultRunner& runner, const std::stop_token& stop) {
    if (trigger.kind == Trigger::Kind::time_passed) {
      rest_until(runner.now() + trigger.time, runner, stop);
    } else if (trigger.kind == Trigger::Kind::time_of_run) {
      rest_until(runner.origin() + trigger.time, runner, stop);
    } else {
      const auto until = runner.now() + trigger.within;
      const auto met = watch(trigger);
      while (!met()) {
        if (runner.is_over()) return;
        if (runner.now() >= until)
          return runner.note("wait", fmt::format("'{}' did not come in time", trigger.text));
        constexpr std::int64_t look_every = 50'000'000;
        runner.wait_until(runner.now() + look_every, stop);
      }
      runner.note("wait", fmt::format("'{}' came", trigger.text));
    }
  }

  // Until then, or the end of the run, whichever is first.
  static void rest_until(std::int64_t time, FaultRunner& runner, const std::stop_token& stop) {
    constexpr std::int64_t step = 200'000'000;
    while (!runner.is_over() && runner.now() < time)
      runner.wait_until(std::min(time, runner.now() + step), stop);
  }

  std::function<bool()> watch(const Trigger& trigger) const {
    if (trigger.kind == Trigger::Kind::calls_in_flight)
      return [this, &trigger] { return stage_.in_flight(trigger.host) >= trigger.calls; };
    if (trigger.kind == Trigger::Kind::role_change)
      return [this, before = stage_.leaders()] {
        const auto now = stage_.leaders();
        return !now.empty() && now != before;
      };
    std::vector<std::filesystem::path> folders;
    for (const auto& host : hosts_)
      if (trigger.host.empty() || trigger.host == host) folders.push_back(stage_.logs(host));
    return [log = std::make_shared<LogWatch>(folders, trigger.pattern)] { return log->met(); };
  }

  const Script script_;
  const std::vector<FaultKind> kinds_;
  const std::vector<std::string> hosts_;
  const std::uint64_t seed_;
  const Stage stage_;
  std::atomic<std::size_t> more_;  // the next number of what is repeated always
};

}  // namespace

std::function<void(FaultRunner&, std::stop_token)> direct(Script script,
                                                          std::vector<FaultKind> kinds,
                                                          std::vector<std::string> hosts,
                                                          std::uint64_t seed, Stage stage) {
  const auto director = std::make_shared<Director>(std::move(script), std::move(kinds),
                                                   std::move(hosts), seed, std::move(stage));
  return [director](FaultRunner& runner, std::stop_token stop) {
    director->play(runner, std::move(stop));
  };
}

}  // namespace tribunal
