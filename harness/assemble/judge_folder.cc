#include "harness/assemble/judge_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "checkers/catalogue.h"
#include "harness/assemble/find_database.h"
#include "harness/assemble/resolve.h"
#include "harness/parts/catalogue.h"
#include "harness/record/error.h"
#include "harness/record/form_reader.h"
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

Value read_initial(const std::string& text, Values& values) {
  static const std::string flag = "--initial";
  const Line line{flag, 1, text};
  FormReader forms(values, FormReader::Notation::edn);
  forms.start(line);
  if (!forms.next()) line.fail(text.data(), "there is no value", {});
  const Value value = forms.read();
  if (!forms.next()) return value;
  const char* const end = text.data() + text.size();
  line.fail(forms.here(), fmt::format("'{}' follows the value", quote({forms.here(), end})), {});
}

}  // namespace

Value initial_of(const std::string& text, Values& values) {
  if (text.empty() || text == "null") return Value::nil();
  try {
    return read_initial(text, values);
  } catch (const Error& error) {
    throw Error(Blame::usage, error.what(), "give one value, such as 0, '\"a\"', '[1 2]' or nil");
  }
}

namespace {

// What can be said to be wrong before a long read is said before it.
void check_request(const JudgeRequest& request) {
  Values passing;
  initial_of(request.initial, passing);
  for (const auto& name : request.checkers) find(checkers(), "checker", name);
}

Judged read(const std::filesystem::path& file, const JudgeRequest& request) {
  const auto begun = std::chrono::steady_clock::now();
  Judged judged;
  judged.history = read_history(file, request.reading);
  judged.seconds_of_reading =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  return judged;
}

void judge_with(const std::vector<std::string>& names, const JudgeRequest& request,
                Judged& judged) {
  const auto budget = budget_of(request);
  auto options = request.options;
  options.initial = initial_of(request.initial, judged.history.values);
  for (const auto& name : names) {
    const auto& checker = find(checkers(), "checker", name);
    judged.verdicts.push_back(judge(checker, judged.history, options, budget));
    if (!request.self_test) continue;
    add_detection(judged.verdicts.back(), checker, judged.history, options, budget,
                  *request.self_test);
  }
}

// A run that only shows that calls are answered shows nothing about consistency.
Verdict nothing_claimed(const Spec& spec) {
  Verdict verdict;
  verdict.checker = "claims";
  verdict.judgement = Judgement::vacuous;
  verdict.reason = fmt::format(
      "{} promises nothing under these options, so nothing was judged but progress: name a claim "
      "by --checkers",
      find_database(spec.database)->name);
  return verdict;
}

}  // namespace

Judged judge_folder(const RunFolder& folder, const JudgeRequest& request) {
  check_request(request);
  auto judged = read(folder.history(), request);
  if (!request.checkers.empty()) {
    judge_with(request.checkers, request, judged);
    return judged;
  }
  if (!std::filesystem::exists(folder.spec())) {
    throw Error(Blame::usage,
                folder.path().string() + " has no spec.yaml that would name its checkers",
                "say --checker NAME; `tribunal list checkers` prints them");
  }
  Spec spec;
  read_yaml(spec, folder.spec());
  // The description as it was then.
  if (const auto kept = folder.path() / kept_description; std::filesystem::exists(kept))
    spec.database = kept;
  const auto& workload = find(workloads(), "workload", spec.workload);
  auto names = checkers_of(spec);
  const bool claims = !spec.checkers.empty() || names != std::vector<std::string>{"progress"};
  if (std::find(names.begin(), names.end(), "progress") == names.end()) names.push_back("progress");
  auto whole = request;
  whole.options.more.insert(spec.checker_options.begin(), spec.checker_options.end());
  set_minimums(whole.options, minimums_of(spec, workload));
  judge_with(names, whole, judged);
  if (!claims) judged.verdicts.push_back(nothing_claimed(spec));
  judged.verdicts.push_back(
      judge_faults(folder.read_schedule(), folder.read_receipts(), spec.faults_exercised));
  auto facts = folder.read_facts();
  if (facts.started.empty()) facts.interrupted = "nothing says how it ended";
  judged.verdicts.push_back(judge_course(facts, judged.history));
  return judged;
}

Judged judge_file(const std::filesystem::path& file, const JudgeRequest& request) {
  if (file != "-" && !std::filesystem::exists(file)) {
    throw Error(Blame::usage, "there is no " + file.string(),
                "name a run folder, a history, or - for standard input");
  }
  if (request.checkers.empty()) {
    throw Error(Blame::usage, "a bare history does not say what it claims",
                "say --checker NAME or --model NAME; `tribunal list checkers models` prints them");
  }
  check_request(request);
  auto judged = read(file, request);
  judge_with(request.checkers, request, judged);
  return judged;
}

void write_report(const RunFolder& folder, const std::string& name,
                  const std::filesystem::path& file) {
  std::ostringstream text;
  find(reports(), "report", name).write(folder, text);
  if (file.has_parent_path()) std::filesystem::create_directories(file.parent_path());
  write_file(file, text.str());
}

}  // namespace tribunal
