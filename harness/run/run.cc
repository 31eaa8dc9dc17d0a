#include "harness/run/run.h"

#include <fmt/core.h>

#include <condition_variable>
#include <fstream>
#include <mutex>
#include <set>
#include <thread>

#include "harness/record/error.h"
#include "harness/run/agreement.h"
#include "harness/run/direct_script.h"
#include "harness/run/fault_runner.h"
#include "harness/run/hand_over.h"
#include "harness/run/workers.h"

namespace tribunal {
namespace {

constexpr Milliseconds look_every{200};  // between rounds of a last look
constexpr const char* not_ended = "it did not come to its end";

// The end of what a host's daemon said, for an error message.
std::string last_words(const std::filesystem::path& logs) {
  std::string text;
  if (!std::filesystem::exists(logs)) return text;
  for (const auto& entry : std::filesystem::directory_iterator(logs)) {
    std::ifstream file(entry.path());
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) {
      lines.push_back(line.substr(0, 300));
      if (lines.size() > 5) lines.erase(lines.begin());
    }
    for (const auto& line : lines) text += "\n    " + line;
  }
  return text;
}

class Run {
 public:
  Run(RunPlan plan, const RunFolder& folder, RunFacts& facts, Progress& progress,
      std::stop_token stop)
      : plan_(std::move(plan)),
        folder_(folder),
        facts_(facts),
        progress_(progress),
        stop_(std::move(stop)) {}

  void bring_up() {
    cluster_ = plan_.cluster();
    for (std::size_t i = 0; i < cluster_->size(); ++i) {
      plan_.deployment.hosts.push_back(cluster_->host(i).name());
      plan_.deployment.addresses.push_back(cluster_->host(i).address());
    }
    hand_over(plan_.database, plan_.deployment, *cluster_);
    prepare_faults();
    for (std::size_t i = 0; i < cluster_->size(); ++i) cluster_->start_database(cluster_->host(i));
    if (plan_.database.form) plan_.database.form(*cluster_, plan_.deployment);
    if (const auto silent = silent_host(); !silent.empty() && !stop_.stop_requested()) {
      throw Error(
          Blame::environment,
          fmt::format(
              "{} on {} did not answer a quorum read within {} s of its start; it said last:{}",
              plan_.database.name, silent, plan_.ready_timeout.count() / 1000,
              last_words(folder_.logs(silent))),
          fmt::format("its whole log is in {}; a longer --ready-timeout for a slow machine",
                      folder_.logs(silent).string()));
    }
    if (plan_.database.supervise)
      supervisor_ = std::jthread([this](std::stop_token stop) {
        plan_.database.supervise(*cluster_, plan_.deployment, std::move(stop));
      });
  }

  void work() {
    Recorder recorder(folder_.history());
    Activity activity(cluster_->size());
    Workers workers(workers_options(), recorder, activity);
    const auto now = [&recorder] { return recorder.now(); };
    FaultRunner faults(Ground{*cluster_, activity, now, {}, {}, {}}, recorder, folder_,
                       plan_.fault_kinds);
    const Watching watching{progress_};
    progress_.watch(activity, now, [&faults] { return faults.current(); });
    const auto origin = recorder.now();
    begin_faults(faults, activity, origin);
    std::stop_callback heal_at_once(stop_, [&faults] { faults.stop(); });
    const auto asked = workers.run("traffic", plan_.workload.traffic(plan_.traffic), stop_);
    faults.finish(plan_.traffic.duration > 0 ? plan_.traffic.duration : recorder.now() - origin);
    keep_schedule(faults);
    facts_.seconds = static_cast<double>(recorder.now() - origin) / 1e9;
    progress_.stop_watching();
    look_last(workers, recorder, asked);
    recorder.close();
  }

  void take_down() {
    supervisor_ = {};  // looks at the hosts
    cluster_.reset();
  }

  // Which node stayed silent after the heal; empty: none.
  const std::string& unanswered() const { return unanswered_; }

 private:
  // Tools are started and folders mounted while nothing runs yet.
  void prepare_faults() {
    std::set<std::string> kinds;
    for (const auto& planned : plan_.schedule) kinds.insert(planned.fault);
    for (const auto& kind : plan_.fault_kinds)
      if (kinds.contains(kind.name) && kind.prepare) kind.prepare(*cluster_);
  }

  void begin_faults(FaultRunner& faults, const Activity& activity, std::int64_t origin) {
    if (!plan_.script) return faults.begin(plan_.schedule, origin);
    Stage stage;
    stage.leaders = [this] {
      std::vector<std::string> leaders;
      for (std::size_t i = 0; i < cluster_->size(); ++i)
        if (cluster_->database_role(cluster_->host(i)) == "leader")
          leaders.push_back(cluster_->host(i).name());
      return leaders;
    };
    stage.in_flight = [this, &activity](const std::string& host) {
      std::int64_t calls = 0;
      for (std::size_t i = 0; i < cluster_->size(); ++i)
        if (host.empty() || cluster_->host(i).name() == host) calls += activity.host(i).in_flight;
      return calls;
    };
    if (plan_.traffic.duration > 0) stage.ends = plan_.traffic.duration;
    stage.logs = [this](const std::string& host) { return folder_.logs(host); };
    faults.begin(direct(*plan_.script, plan_.fault_kinds, cluster_->names(), plan_.seed, stage),
                 origin);
  }

  // What a script planned is known only when it has been played.
  void keep_schedule(const FaultRunner& faults) const {
    folder_.write_replay(faults.realised());
    if (!plan_.script) return;
    std::vector<PlannedFault> planned;
    for (const auto& receipt : faults.receipts()) planned.push_back(receipt.planned);
    folder_.write_schedule(planned);
  }

  // The progress line looks at what work() holds, so it ends before that does.
  struct Watching {
    Progress& progress;
    ~Watching() { progress.stop_watching(); }
  };

  // After all faults are healed: every node answers again, a moment of quiet, one look at
  // everything.
  void look_last(Workers& workers, Recorder& recorder, const std::vector<std::uint64_t>& asked) {
    if (stop_.stop_requested()) return;
    if (const auto silent = silent_host(); !silent.empty()) {
      if (stop_.stop_requested()) return;
      unanswered_ =
          fmt::format("{} did not answer a quorum read within {} s after every fault was healed",
                      silent, plan_.ready_timeout.count() / 1000);
    }
    progress_.say("  every fault is healed; a last look at every key");
    rest(plan_.settle);
    recorder.fault("last-look", -1, "");
    if (!plan_.workload.last_look) return;
    look_until_agreed(workers, asked);
    if (plan_.database.applied) record_applied(recorder);
  }

  void look_until_agreed(Workers& workers, const std::vector<std::uint64_t>& asked) {
    const auto until = std::chrono::steady_clock::now() + plan_.agreement;
    while (!stop_.stop_requested()) {
      answers_.begin_round();
      workers.run("last look", plan_.workload.last_look(plan_.traffic, asked), stop_);
      if (plan_.workload.look_until == LookUntil::once || answers_.agreed_twice()) return;
      if (std::chrono::steady_clock::now() >= until) return;
      rest(look_every);
    }
  }

  void record_applied(Recorder& recorder) {
    for (std::size_t i = 0; i < cluster_->size() && !stop_.stop_requested(); ++i) {
      Host& host = cluster_->host(i);
      const auto applied = plan_.database.applied(host, plan_.deployment);
      if (!applied) continue;
      recorder.fault("applied", -1,
                     fmt::format("{} updates={} state={} unmerged={}", host.name(),
                                 applied->updates, applied->state, applied->unmerged));
    }
  }

  void rest(Milliseconds time) {
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock(mutex);
    wake.wait_for(lock, stop_, time, [] { return false; });
  }

  // The first host that does not answer within the ready timeout; all together have that time.
  std::string silent_host() {
    const auto deadline = std::chrono::steady_clock::now() + plan_.ready_timeout;
    for (std::size_t i = 0; i < cluster_->size(); ++i) {
      auto& host = cluster_->host(i);
      bool ready = false;
      do {
        ready = cluster_->database_ready(host, Milliseconds(500));
      } while (!ready && !stop_.stop_requested() && std::chrono::steady_clock::now() < deadline);
      if (!ready) return host.name();
    }
    return {};
  }

  WorkersOptions workers_options() {
    WorkersOptions options;
    options.workers = plan_.traffic.workers;
    options.seed = plan_.seed;
    options.nodes = plan_.deployment.hosts;
    options.movement = plan_.traffic.movement;
    options.tokens = plan_.traffic.tokens;
    options.call_timeout = plan_.deployment.call_timeout;
    options.answered = [this](std::size_t node, const Call& call) { answers_.add(node, call); };
    options.connect = [this](std::size_t node) {
      return plan_.database.connect(plan_.deployment.addresses.at(node), plan_.deployment);
    };
    return options;
  }

  RunPlan plan_;
  const RunFolder& folder_;
  RunFacts& facts_;
  Progress& progress_;
  std::stop_token stop_;
  std::string unanswered_;
  Agreement answers_;
  std::unique_ptr<Cluster> cluster_;
  std::jthread supervisor_;
};

}  // namespace

void run(RunPlan plan, const RunFolder& folder, RunFacts& facts, Progress& progress,
         std::stop_token stop, const std::function<std::string()>& interruption) {
  facts.interrupted = not_ended;
  folder.write_schedule(plan.schedule);
  folder.write_facts(facts);
  Run job(std::move(plan), folder, facts, progress, stop);
  job.bring_up();
  job.work();
  job.take_down();
  facts.interrupted = stop.stop_requested() ? interruption() : job.unanswered();
  folder.write_facts(facts);
}

}  // namespace tribunal
