#include "harness/assemble/profile.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "checkers/catalogue.h"
#include "harness/assemble/lattice.h"
#include "harness/record/error.h"
#include "harness/record/figure.h"
#include "harness/run/judge.h"

namespace tribunal {
namespace {

using Standing = ProfileRow::Standing;

// A fault from its start to its stop, in the order of events.
struct Window {
  std::uint32_t from = 0, to = Operation::never;
  std::int64_t began = 0, ended = 0;
  std::string name;
};

std::vector<Window> windows_of(const History& history) {
  std::vector<Window> windows;
  std::map<std::pair<std::int32_t, std::string>, std::size_t> open;
  const std::int64_t end = history.operations.empty() ? 0 : history.operations.back().invoked_at;
  for (const FaultEvent& event : history.faults) {
    const std::pair<std::int32_t, std::string> id(event.fault, event.name);
    if (event.starts) {
      open[id] = windows.size();
      windows.push_back({event.index, Operation::never, event.time, end,
                         event.name + (event.detail.empty() ? "" : " " + event.detail)});
    } else if (event.stops && open.contains(id)) {
      windows[open[id]].to = event.index;
      windows[open[id]].ended = event.time;
      open.erase(id);
    }
  }
  return windows;
}

bool meets(const Operation& operation, const Window& window) {
  return operation.began < window.to && operation.ended > window.from;
}

// Leaves reads out of a history for as long as it lives.
class Part {
 public:
  template <class Keep>
  Part(History& history, const Keep& keep) : history_(history) {
    for (std::uint32_t i = 0; i < history.operations.size(); ++i) {
      Operation& operation = history.operations[i];
      const bool reads =
          operation.function == Function::read || operation.function == Function::cas;
      if (!reads || !operation.ok()) continue;
      if (keep(operation)) {
        kept_ += operation.function == Function::read;
        continue;
      }
      before_.emplace_back(i, operation);
      if (operation.function == Function::read) {
        operation.outcome = Outcome::failed;
      } else {
        operation.function = Function::write;
        operation.value = operation.to;
      }
    }
  }
  ~Part() {
    for (const auto& [place, operation] : before_) history_.operations[place] = operation;
  }
  Part(const Part&) = delete;
  Part& operator=(const Part&) = delete;
  std::uint64_t reads() const { return kept_; }

 private:
  History& history_;
  std::vector<std::pair<std::uint32_t, Operation>> before_;
  std::uint64_t kept_ = 0;
};

Standing standing_of(Judgement judgement) {
  switch (judgement) {
    case Judgement::satisfied:
      return Standing::not_refuted;
    case Judgement::violated:
      return Standing::refuted;
    case Judgement::vacuous:
      return Standing::not_applicable;
    default:
      return Standing::undecided;
  }
}

ProfileRow judged(const LatticeModel& model, const History& history, const CheckOptions& options,
                  const Budget& budget) {
  ProfileRow row;
  row.model = model.name;
  row.checker = model.checker;
  const auto& known = checkers();
  const auto checker = std::find_if(known.begin(), known.end(),
                                    [&](const Checker& one) { return one.name == model.checker; });
  if (checker == known.end()) {
    row.standing = Standing::not_applicable;
    row.why = "there is no checker for it";
    return row;
  }
  auto with_model = options;
  if (!model.model.empty()) with_model.more["model"] = model.model;
  try {
    row.verdict = judge(*checker, history, with_model, budget);
    row.standing = standing_of(row.verdict.judgement);
    row.why = row.verdict.reason;
  } catch (const Error& error) {
    row.standing = Standing::not_applicable;
    row.why = error.what();
  }
  return row;
}

// What a weaker model's refutation says of the stronger ones that time did not allow to be judged.
void spread_refutations(const std::vector<LatticeModel>& lattice, Profile& profile) {
  for (ProfileRow& row : profile.rows) {
    if (row.standing != Standing::undecided) continue;
    for (const ProfileRow& other : profile.rows) {
      if (other.standing != Standing::refuted || !implies(lattice, row.model, other.model))
        continue;
      row.standing = Standing::refuted;
      row.why = fmt::format("implies {}, which is refuted", other.model);
      break;
    }
  }
}

void find_borders(const std::vector<LatticeModel>& lattice, Profile& profile) {
  const auto beyond = [&](const ProfileRow& row, Standing standing, bool stronger) {
    return std::any_of(profile.rows.begin(), profile.rows.end(), [&](const ProfileRow& other) {
      return &other != &row && other.standing == standing &&
             (stronger ? implies(lattice, other.model, row.model)
                       : implies(lattice, row.model, other.model));
    });
  };
  for (const ProfileRow& row : profile.rows) {
    if (row.standing == Standing::not_refuted && !beyond(row, Standing::not_refuted, true))
      profile.strongest.push_back(row.model);
    if (row.standing == Standing::refuted && !beyond(row, Standing::refuted, false))
      profile.weakest.push_back(row.model);
  }
}

class Profiler {
 public:
  Profiler(History& history, const ProfileOptions& options)
      : history_(history),
        options_(options),
        lattice_(lattice_of(history)),
        deadline_(std::chrono::steady_clock::now() + options.time) {}

  // `parts` are still to come, this one included; they share what time is left.
  Profile part(const std::string& scope, std::uint64_t reads, std::size_t parts) {
    Profile profile;
    profile.scope = scope;
    profile.reads = reads;
    std::size_t left = lattice_.size() * parts;
    // Weakest first: they are the cheap ones, and refute the others.
    for (auto model = lattice_.rbegin(); model != lattice_.rend(); ++model) {
      profile.rows.push_back(judged(*model, history_, options_.check, budget(left--)));
    }
    std::reverse(profile.rows.begin(), profile.rows.end());
    spread_refutations(lattice_, profile);
    find_borders(lattice_, profile);
    return profile;
  }

  bool speaks() const { return !lattice_.empty(); }

 private:
  Budget budget(std::size_t shares) const {
    const auto now = std::chrono::steady_clock::now();
    const auto rest = std::max(std::chrono::steady_clock::duration::zero(), deadline_ - now);
    Budget budget;
    budget.deadline = now + rest / static_cast<std::int64_t>(std::max<std::size_t>(1, shares / 2));
    budget.bytes = options_.memory;
    budget.stop = options_.stop;
    return budget;
  }

  History& history_;
  const ProfileOptions& options_;
  std::vector<LatticeModel> lattice_;
  std::chrono::steady_clock::time_point deadline_;
};

std::string seconds(std::int64_t nanoseconds) {
  return fmt::format("{:.1f} s", static_cast<double>(nanoseconds) / 1e9);
}

}  // namespace

std::vector<Profile> profiles_of(History& history, const ProfileOptions& options) {
  Profiler profiler(history, options);
  if (!profiler.speaks()) {
    throw Error(Blame::usage, "no model speaks about the calls of this history together",
                "`tribunal check` with a checker of `tribunal list checkers`");
  }
  auto windows = windows_of(history);
  std::stable_sort(windows.begin(), windows.end(), [](const Window& a, const Window& b) {
    return a.ended - a.began > b.ended - b.began;
  });
  std::vector<Profile> profiles;
  std::size_t left = windows.empty() ? 1 : 2 + std::min(windows.size(), options.most_windows);
  {
    const Part all(history, [](const Operation&) { return true; });
    profiles.push_back(profiler.part("whole history", all.reads(), left--));
  }
  if (windows.empty()) return profiles;
  {
    const Part outside(history, [&](const Operation& operation) {
      return std::none_of(windows.begin(), windows.end(),
                          [&](const Window& window) { return meets(operation, window); });
    });
    profiles.push_back(profiler.part("outside fault windows", outside.reads(), left--));
  }
  windows.resize(std::min(windows.size(), options.most_windows));
  std::sort(windows.begin(), windows.end(),
            [](const Window& a, const Window& b) { return a.from < b.from; });
  for (const Window& window : windows) {
    const Part inside(history,
                      [&](const Operation& operation) { return meets(operation, window); });
    profiles.push_back(profiler.part(
        fmt::format("{}, {} to {}", window.name, seconds(window.began), seconds(window.ended)),
        inside.reads(), left--));
  }
  return profiles;
}

std::string_view name_of(Standing standing) {
  switch (standing) {
    case Standing::refuted:
      return "refuted";
    case Standing::not_refuted:
      return "not refuted";
    case Standing::undecided:
      return "undecided";
    default:
      return "not applicable";
  }
}

}  // namespace tribunal
