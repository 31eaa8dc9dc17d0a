#include "harness/assemble/try_faults.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stop_token>
#include <thread>

#include "harness/assemble/resolve_schedule.h"
#include "harness/cluster/cell.h"
#include "harness/cluster/descriptor.h"
#include "harness/cluster/loop_keeper.h"
#include "harness/cluster/throw_away_folder.h"
#include "harness/record/error.h"
#include "harness/run/run.h"
#include "nemesis/catalogue.h"

namespace tribunal {
namespace {

constexpr std::size_t nodes = 3;
constexpr std::int64_t lasting = 1'000'000'000;

using Trials = std::vector<FaultTrial>;

std::vector<FaultKind> fitting(const Database& database) {
  std::vector<FaultKind> kinds;
  for (const auto& kind : faults())
    if (!kind.unfit || kind.unfit(database).empty()) kinds.push_back(kind);
  return kinds;
}

// What cannot even be prepared is told apart now; the others are tried together.
Trials try_to_prepare(const std::vector<FaultKind>& kinds, const std::filesystem::path& folder,
                      LoopKeeper* loop_keeper = nullptr) {
  const auto cluster = build_cell({nodes, folder / "logs", folder / "data", loop_keeper});
  Trials trials;
  for (const auto& kind : kinds) {
    FaultTrial trial{kind.name, true, {}, {}, {}};
    try {
      if (kind.prepare) kind.prepare(*cluster);
    } catch (const Error& error) {
      trial = {kind.name, false, {}, error.what(), error.fix()};
    } catch (const std::exception& error) {
      trial = {kind.name, false, {}, error.what(), {}};
    }
    trials.push_back(std::move(trial));
  }
  return trials;
}

ScriptStep step_of(const FaultKind& kind) {
  ScriptStep step;
  step.kind = ScriptStep::Kind::fault;
  step.fault.fault = kind.name;
  step.fault.duration = lasting;
  if (!kind.targets.empty()) step.fault.target = kind.targets.front();
  if (!kind.shapes.empty()) step.fault.shape = kind.shapes.front();
  return step;
}

// Those after which a database need not serve again come last, so that they spoil no other.
Script one_after_the_other(const Trials& trials, const std::vector<FaultKind>& kinds) {
  Script script{"doctor", "every fault once", Mode::safety, {}};
  for (const bool betraying : {false, true})
    for (std::size_t i = 0; i < kinds.size(); ++i)
      if (trials[i].works && (kinds[i].harm == Harm::betrays) == betraying)
        script.steps.push_back(step_of(kinds[i]));
  return script;
}

void run_script(const Database& database, const std::vector<FaultKind>& kinds, Script script,
                const RunFolder& folder, const std::filesystem::path& data) {
  Spec spec;
  spec.database = database.name;
  spec.faults = {};
  spec.has_seed = true;
  const Resolved resolved = resolve(spec);
  Traffic traffic = resolved.traffic;
  traffic.workers = 6;
  traffic.rate = 100;
  traffic.duration = 20 * lasting * static_cast<std::int64_t>(script.steps.size() + 1);
  RunPlan plan{resolved.database,
               resolved.workload,
               kinds,
               [&] {
                 return build_cell({nodes, folder.path() / "logs", data});
               },
               resolved.deployment,
               traffic,
               faults_of(script, kinds, host_names(nodes), 0),
               script,
               0,
               Milliseconds(30'000),
               Milliseconds(0),
               Milliseconds(0)};
  RunFacts facts;
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> nowhere(std::fopen("/dev/null", "w"),
                                                                &std::fclose);
  Progress progress(nowhere.get());
  std::stop_source done;  // when every fault has its receipt, nothing is left to wait for
  const std::jthread watch([&, wanted = script.steps.size()](std::stop_token over) {
    while (!over.stop_requested() && folder.read_receipts().size() < wanted)
      std::this_thread::sleep_for(Milliseconds(200));
    done.request_stop();
  });
  run(std::move(plan), folder, facts, progress, done.get_token(), [] { return std::string(); });
}

void note_receipt(const Receipt& receipt, Trials& trials) {
  for (auto& trial : trials) {
    if (trial.fault != receipt.planned.fault) continue;
    trial.means = receipt.means;
    trial.works = receipt.observed && receipt.heal_verified && receipt.failure.empty();
    trial.seen = trial.works ? receipt.observed_by : receipt.failure;
    const auto fix = receipt.failure.find("; apt-get");
    if (fix != std::string::npos) trial.fix = receipt.failure.substr(fix + 2);
  }
}

// What a cell found out, sent to the process outside it.
Trials from_a_cell(const std::function<Trials()>& find_out) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw Error(Blame::environment, "cannot make a pipe");
  const Descriptor read_end(ends[0]);
  Descriptor write_end(ends[1]);
  inside_cell([&] {
    nlohmann::json lines = nlohmann::json::array();
    for (const auto& [fault, works, means, seen, fix] : find_out())
      lines.push_back({fault, works, means, seen.substr(0, 300), fix});
    const std::string text = lines.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    return ::write(write_end.number(), text.data(), text.size()) > 0 ? 0 : 1;
  });
  write_end.close();
  std::string text(64 * 1024, '\0');
  const ssize_t got = ::read(read_end.number(), text.data(), text.size());
  Trials trials;
  if (got <= 0) return trials;
  for (const auto& line : nlohmann::json::parse(text.substr(0, static_cast<std::size_t>(got))))
    trials.push_back({line[0], line[1], line[2], line[3], line[4]});
  return trials;
}

}  // namespace

Trials try_faults(const Database& database) {
  const ThrowAwayFolder scratch;
  const auto kinds = fitting(database);
  return from_a_cell([&] {
    auto trials = try_to_prepare(kinds, scratch.path() / "prepare");
    const auto folder = RunFolder::create(scratch.path(), "doctor");
    run_script(database, kinds, one_after_the_other(trials, kinds), folder,
               scratch.path() / "data");
    for (const auto& receipt : folder.read_receipts()) note_receipt(receipt, trials);
    return trials;
  });
}

std::map<std::string, std::string> faults_not_to_be_had(const std::string& disk) {
  const ThrowAwayFolder scratch;
  std::optional<LoopKeeper> keeper;
  if (disk == "loop") keeper.emplace();
  std::map<std::string, std::string> reasons;
  for (const auto& trial : from_a_cell(
           [&] { return try_to_prepare(faults(), scratch.path(), keeper ? &*keeper : nullptr); }))
    if (!trial.works) reasons[trial.fault] = trial.seen;
  return reasons;
}

}  // namespace tribunal
