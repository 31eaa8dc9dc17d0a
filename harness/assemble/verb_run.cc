// `tribunal run`: resolve, enter a cell, do the job, judge, report.
#include <fmt/format.h>
#include <pthread.h>
#include <signal.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <atomic>
#include <ctime>
#include <optional>

#include "checkers/catalogue.h"
#include "clients/endpoints/running.h"
#include "harness/assemble/find_database.h"
#include "harness/assemble/guard.h"
#include "harness/assemble/judge_folder.h"
#include "harness/assemble/resolve.h"
#include "harness/assemble/verbs.h"
#include "harness/assemble/verdict_text.h"
#include "harness/cluster/cell.h"
#include "harness/cluster/command.h"
#include "harness/cluster/journal.h"
#include "harness/cluster/loop_keeper.h"
#include "harness/record/error.h"
#include "harness/run/run.h"
#include "nemesis/catalogue.h"

namespace tribunal {
namespace {

struct RunFlags {
  std::string what;                           // a database or a spec file
  std::map<std::string, std::string> fields;  // as given, by name
  std::string database, reads, level, junit, summary;
};

// Turns the first SIGINT or SIGTERM into a stop; a second one ends at once (the kernel cleans up
// after a cell).
class Interruption {
 public:
  Interruption() {
    sigemptyset(&signals_);
    for (int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals_, signal);
    pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
    thread_ = std::jthread([this](std::stop_token done) { listen(std::move(done)); });
  }
  std::stop_token stop() const { return stop_.get_token(); }
  int signal() const { return signal_; }
  std::string name() const {
    return signal_ == SIGINT ? "SIGINT" : signal_ == SIGTERM ? "SIGTERM" : "SIGHUP";
  }

 private:
  void listen(std::stop_token done) {
    while (!done.stop_requested()) {
      const timespec wait{0, 100'000'000};
      const int caught = sigtimedwait(&signals_, nullptr, &wait);
      if (caught <= 0) continue;
      if (signal_ != 0) _exit(128 + caught);
      signal_ = caught;
      fmt::print(stderr,
                 "\ninterrupted: healing and judging what there is (once more ends at once)\n");
      stop_.request_stop();
    }
  }
  sigset_t signals_;
  std::atomic<int> signal_{0};
  std::stop_source stop_;
  std::jthread thread_;
};

std::string local_time() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  localtime_r(&now, &parts);
  char text[40];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S%z", &parts);
  return text;
}

std::string digest(const std::string& file) {
  const auto result = run_command({"sha256sum", file}, Milliseconds(20'000));
  return result.ok() ? result.out.substr(0, 64) : "unknown";
}

RunFacts facts_of(const Spec& spec, const Resolved& resolved) {
  RunFacts facts;
  facts.database = resolved.database.name;
  facts.database_version = resolved.deployment.version;
  facts.workload = resolved.workload.name;
  facts.claim = claim_of(spec);
  facts.faults = spec.faults.empty() ? "none" : fmt::format("{}", fmt::join(spec.faults, ", "));
  facts.command = to_command(spec);
  facts.seed = spec.seed;
  for (std::size_t i = 1; i <= spec.nodes; ++i) facts.hosts.push_back("n" + std::to_string(i));
  facts.started = local_time();
  utsname machine{};
  uname(&machine);
  facts.environment = {
      {"kernel", fmt::format("{} {} {}", machine.sysname, machine.release, machine.machine)},
      {"cores", std::to_string(std::thread::hardware_concurrency())},
      {"backend", spec.endpoints.empty() ? "cell" : "endpoints"},
      {"tribunal", TRIBUNAL_VERSION},
  };
  if (!spec.endpoints.empty())
    facts.environment.emplace_back("endpoints", fmt::format("{}", fmt::join(spec.endpoints, ", ")));
  if (!resolved.deployment.binary.empty()) {
    facts.environment.emplace_back("server", resolved.deployment.binary);
    facts.environment.emplace_back("server sha256", digest(resolved.deployment.binary));
  }
  for (const auto& [name, value] : resolved.deployment.options)
    facts.environment.emplace_back(name, value);
  return facts;
}

RunPlan plan_of(const Spec& spec, const Resolved& resolved, const RunFolder& folder,
                LoopKeeper* loop_keeper) {
  RunPlan plan{resolved.database,   resolved.workload,  faults(),          {},
               resolved.deployment, resolved.traffic,   resolved.schedule, resolved.script,
               spec.seed,           spec.ready_timeout, spec.settle,       spec.agreement};
  if (!spec.endpoints.empty()) {
    plan.cluster = [endpoints = spec.endpoints] { return endpoints_cluster(endpoints); };
    return plan;
  }
  CellOptions cell;
  cell.hosts = spec.nodes;
  cell.logs = folder.path() / "logs";
  if (spec.data == "disk") cell.data = folder.path() / "data";
  cell.loop_keeper = loop_keeper;
  plan.cluster = [cell] { return build_cell(cell); };
  return plan;
}

void write_reports(const RunFolder& folder, const RunFlags& flags) {
  write_report(folder, "html", folder.report());
  if (!flags.junit.empty()) write_report(folder, "junit", flags.junit);
  if (!flags.summary.empty()) write_report(folder, "markdown", flags.summary);
}

// A pipeline reads its JUnit file also when the cluster could not even be brought up.
void report_failure(const RunFolder& folder, RunFacts& facts, const RunFlags& flags,
                    const Error& error) {
  facts.interrupted = error.what();
  folder.write_facts(facts);
  Verdict verdict;
  verdict.checker = "run";
  verdict.judgement = Judgement::harness_error;
  verdict.reason = error.what();
  folder.write_verdicts({verdict});
  write_reports(folder, flags);
}

int run_inside(const Spec& spec, const Resolved& resolved, const RunFlags& flags,
               LoopKeeper* loop_keeper) {
  Interruption interruption;
  Progress progress(stdout);
  const auto folder =
      RunFolder::create(spec.out, fmt::format("{}-{}", resolved.database.name, spec.workload));
  folder.write_spec(to_yaml(spec));
  if (names_a_file(spec.database))
    write_file(folder.path() / kept_description, read_file(spec.database));
  std::filesystem::create_directories(folder.logs(Cluster::clients_name));
  resolved.deployment.notes->set("logs", folder.logs(Cluster::clients_name));
  if (resolved.script) write_file(folder.script(), resolved.script_text);
  auto facts = facts_of(spec, resolved);
  progress.say(fmt::format("{} {}, {} nodes, workload {}, faults {}, {:.0f} s, seed {}",
                           facts.database, facts.database_version, spec.nodes, facts.workload,
                           facts.faults, static_cast<double>(spec.time.count()) / 1000, spec.seed));
  try {
    run(plan_of(spec, resolved, folder, loop_keeper), folder, facts, progress, interruption.stop(),
        [&interruption] { return interruption.name(); });
  } catch (const Error& error) {
    report_failure(folder, facts, flags, error);
    throw;
  }
  std::error_code kept;  // empty by now; what is not empty stays, for whoever looks into why
  std::filesystem::remove(folder.path() / "data", kept);
  JudgeRequest request;
  request.time = spec.check_time;
  request.memory = spec.check_memory;
  const auto verdicts = judge_folder(folder, request).verdicts;
  folder.write_verdicts(verdicts);
  write_reports(folder, flags);
  progress.say("\n" + verdict_text(verdicts, facts.claim));
  if (!spec.endpoints.empty())
    progress.say(
        "No fault was asked for: nothing of these endpoints is in reach but what their clients "
        "see.");
  progress.say(fmt::format("report  {}\nrepeat  {}",
                           std::filesystem::absolute(folder.report()).string(), facts.command));
  if (resolved.script)  // its triggers come at other times in every run
    progress.say(fmt::format("faults  --schedule {} plays these again, at the same times",
                             std::filesystem::absolute(folder.replay()).string()));
  return interruption.signal() != 0 ? 128 + interruption.signal() : exit_code(worst(verdicts));
}

// Removes what runs that died left outside of their cells: earlier ones now, and at the end this
// one, should its controller be killed.
class Sweep {
 public:
  Sweep() { sweep(); }
  ~Sweep() { sweep(); }
  Sweep(const Sweep&) = delete;

 private:
  static void sweep() {
    try {
      for (const auto& one : recover(journal_folder()))
        if (one.outcome == Recovery::Outcome::undone)
          fmt::print("removed what a run that died had left: {}\n", one.text);
    } catch (const std::exception&) {  // a run needs no journal; `tribunal recover` says what it is
    }
  }
};

// A spec's file names files as seen from where it is.
void read_spec(Spec& spec, const std::filesystem::path& file) {
  read_yaml(spec, file);
  const auto beside = file.parent_path() / spec.database;
  if (names_a_file(spec.database) && std::filesystem::exists(beside)) spec.database = beside;
}

int run_verb(const RunFlags& flags) {
  Spec spec;
  if (names_a_file(flags.what) && !is_description(flags.what)) {
    read_spec(spec, flags.what);
  } else {
    spec.database = flags.what;
  }
  if (!flags.database.empty()) spec.database = flags.database;
  for (const auto& [name, text] : flags.fields) {
    if (!text.empty()) set_field(spec, name, text, "--" + name);
  }
  if (!flags.reads.empty()) set_field(spec, "set", "reads=" + flags.reads, "--reads");
  if (!flags.level.empty()) set_field(spec, "set", "level=" + flags.level, "--level");
  const auto resolved = resolve(spec);
  if (!spec.endpoints.empty()) return run_inside(spec, resolved, flags, nullptr);
  const Sweep sweep;
  std::optional<LoopKeeper> keeper;
  if (spec.disk == "loop") keeper.emplace();
  return inside_cell([&] {
    return guarded([&] { return run_inside(spec, resolved, flags, keeper ? &*keeper : nullptr); });
  });
}

}  // namespace

void add_run(CLI::App& app, int& exit) {
  auto* verb =
      app.add_subcommand("run", "start a real cluster, work it, hurt it, record, judge and report");
  const auto flags = std::make_shared<RunFlags>();
  verb->add_option("what", flags->what,
                   "a database (`tribunal list databases`), a file that describes one, or a "
                   "spec.yaml");
  verb->add_option("--database", flags->database, "the same, beside a spec.yaml")
      ->type_name("NAME or FILE");
  for (const auto& field : spec_fields()) {
    if (field.name == std::string("database")) continue;
    const auto usual = field.name == std::string("seed") ? "" : field.show(Spec{});
    const bool says_something = !usual.empty() && usual != "none" && usual != "0";
    verb->add_option(fmt::format("--{}", field.name), flags->fields[field.name], field.help)
        ->type_name(says_something ? fmt::format("{} [{}]", field.value, usual) : field.value);
  }
  verb->add_option("--reads", flags->reads, "short for --set reads=...")->type_name("KIND");
  verb->add_option("--level", flags->level, "short for --set level=...")->type_name("LEVEL");
  verb->add_option("--junit", flags->junit, "also write the verdicts as JUnit XML")
      ->type_name("FILE");
  verb->add_option("--summary", flags->summary, "also write a Markdown summary")->type_name("FILE");
  verb->callback([flags, &exit] { exit = run_verb(*flags); });
}

}  // namespace tribunal
