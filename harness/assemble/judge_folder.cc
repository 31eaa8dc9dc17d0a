#include "harness/assemble/judge_folder.h"

#include <fmt/format.h>

#include <sstream>

#include "checkers/catalogue.h"
#include "harness/assemble/resolve.h"
#include "harness/parts/catalogue.h"
#include "harness/record/history_file.h"
#include "harness/run/judge.h"
#include "harness/workloads/catalogue.h"
#include "reports/catalogue.h"

namespace tribunal {
namespace {

Budget budget_of(const JudgeRequest& request) {
  Budget budget;
  budget.deadline = std::chrono::steady_clock::now() + request.time;
  budget.bytes = request.memory;
  budget.stop = request.stop;
  return budget;
}

std::vector<Verdict> judge_with(const std::vector<std::string>& names, const History& history,
                                const JudgeRequest& request) {
  const auto budget = budget_of(request);
  std::vector<Verdict> verdicts;
  for (const auto& name : names) {
    verdicts.push_back(judge(find(checkers(), "checker", name), history, request.options, budget));
  }
  return verdicts;
}

}  // namespace

std::vector<Verdict> judge_folder(const RunFolder& folder, const JudgeRequest& request) {
  const auto history = read_history(folder.history());
  if (!request.checkers.empty()) return judge_with(request.checkers, history, request);
  if (!std::filesystem::exists(folder.spec())) {
    throw Error(Blame::usage,
                folder.path().string() + " has no spec.yaml that would name its checkers",
                "say --checker NAME; `tribunal list checkers` prints them");
  }
  Spec spec;
  read_yaml(spec, folder.spec());
  const auto& workload = find(workloads(), "workload", spec.workload);
  auto names = workload.checkers;
  names.push_back("progress");
  auto with_minimums = request;
  set_minimums(with_minimums.options, minimums_of(spec, workload));
  auto verdicts = judge_with(names, history, with_minimums);
  verdicts.push_back(
      judge_faults(folder.read_schedule(), folder.read_receipts(), spec.faults_exercised));
  auto facts = folder.read_facts();
  if (facts.started.empty()) facts.interrupted = "nothing says how it ended";
  verdicts.push_back(judge_course(facts, history));
  return verdicts;
}

std::vector<Verdict> judge_file(const std::filesystem::path& file, const JudgeRequest& request) {
  if (file != "-" && !std::filesystem::exists(file)) {
    throw Error(Blame::usage, "there is no " + file.string(),
                "name a run folder, a history.jsonl or - for standard input");
  }
  if (request.checkers.empty()) {
    throw Error(Blame::usage, "a bare history does not say what it claims",
                "say --checker NAME; `tribunal list checkers` prints them");
  }
  for (const auto& name : request.checkers)
    find(checkers(), "checker", name);  // before a long read
  auto verdicts = judge_with(request.checkers, read_history(file), request);
  return verdicts;
}

void write_report(const RunFolder& folder, const std::string& name,
                  const std::filesystem::path& file) {
  std::ostringstream text;
  find(reports(), "report", name).write(folder, text);
  if (file.has_parent_path()) std::filesystem::create_directories(file.parent_path());
  write_file(file, text.str());
}

}  // namespace tribunal
