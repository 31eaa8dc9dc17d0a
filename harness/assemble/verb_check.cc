// `tribunal check` and `tribunal report`: judge and show what was recorded; no cluster needed.
#include <fmt/format.h>
#include <stdlib.h>

#include <iostream>

#include "harness/assemble/judge_folder.h"
#include "harness/assemble/verbs.h"
#include "harness/assemble/verdict_text.h"
#include "harness/assemble/words.h"
#include "harness/parts/catalogue.h"
#include "harness/record/history_file.h"
#include "reports/catalogue.h"

namespace tribunal {
namespace {

struct CheckFlags {
  std::string what, initial, time, memory, junit, summary;
  std::string model;
  std::vector<std::string> checkers, options;
  bool json = false;
};

JudgeRequest request_of(const CheckFlags& flags) {
  Spec limits;
  if (!flags.time.empty()) set_field(limits, "check-time", flags.time, "--check-time");
  if (!flags.memory.empty()) set_field(limits, "check-memory", flags.memory, "--check-memory");
  JudgeRequest request;
  request.checkers = flags.checkers;
  request.time = limits.check_time;
  request.memory = limits.check_memory;
  if (!flags.initial.empty() && flags.initial != "nil" && flags.initial != "null") {
    try {
      request.options.initial =
          Value::integer(static_cast<std::int64_t>(parse_count(flags.initial, 0, INT64_MAX >> 2)));
    } catch (const std::invalid_argument& wanted) {
      throw Error(Blame::usage,
                  fmt::format("--initial: '{}' is no value of a register", flags.initial),
                  fmt::format("give {}, or nil", wanted.what()));
    }
  }
  for (const auto& option : flags.options) {
    try {
      for (const auto& [name, value] : parse_pairs(option)) request.options.more[name] = value;
    } catch (const std::invalid_argument& wanted) {
      throw Error(Blame::usage, fmt::format("--option: '{}' is not fit", option),
                  fmt::format("give {}", wanted.what()));
    }
  }
  if (!flags.model.empty()) request.options.more["model"] = flags.model;
  return request;
}

// A folder of its own for the reports of a bare history, gone with this object.
class PassingFolder {
 public:
  PassingFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "tribunal-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) {
      throw Error(Blame::environment, "no folder can be made in " + pattern,
                  "set TMPDIR to one that can be written");
    }
    path_ = pattern;
    write_file(path_ / "history.jsonl", "");
  }
  ~PassingFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  PassingFolder(const PassingFolder&) = delete;
  RunFolder open() const { return RunFolder::open(path_); }

 private:
  std::filesystem::path path_;
};

void write_reports(const RunFolder& folder, const CheckFlags& flags) {
  if (!flags.junit.empty()) write_report(folder, "junit", flags.junit);
  if (!flags.summary.empty()) write_report(folder, "markdown", flags.summary);
}

int check_verb(const CheckFlags& flags) {
  const auto request = request_of(flags);
  std::vector<Verdict> verdicts;
  if (flags.what != "-" && std::filesystem::is_directory(flags.what)) {
    const auto folder = RunFolder::open(flags.what);
    verdicts = judge_folder(folder, request);
    if (flags.checkers.empty()) folder.write_verdicts(verdicts);
    write_reports(folder, flags);
  } else {
    verdicts = judge_file(flags.what, request);
    const PassingFolder passing;
    const auto folder = passing.open();
    folder.write_verdicts(verdicts);
    write_reports(folder, flags);
  }
  std::cout << (flags.json ? verdicts_json(verdicts) + "\n" : verdict_text(verdicts, ""))
            << std::flush;
  return exit_code(worst(verdicts));
}

int export_verb(const std::string& what, const std::string& format, const std::string& out) {
  const bool folder = what != "-" && std::filesystem::is_directory(what);
  const auto history =
      read_history(folder ? RunFolder::open(what).history() : std::filesystem::path(what));
  if (format != "edn" && format != "jsonl") {
    throw Error(Blame::usage, fmt::format("--format: a history cannot be written as '{}'", format),
                "one of: edn, jsonl");
  }
  const auto text = format == "edn" ? write_edn(history) : write_history(history);
  if (out.empty()) {
    std::cout << text << std::flush;
  } else {
    write_file(out, text);
  }
  return 0;
}

int report_verb(const std::string& what, const std::string& name, const std::string& out) {
  const auto folder = RunFolder::open(what);
  const auto& report = find(reports(), "report", name);
  const auto file = !out.empty()     ? std::filesystem::path(out)
                    : name == "html" ? folder.report()
                                     : folder.report().parent_path() /
                                           (name == "junit" ? "junit.xml" : "summary.md");
  write_report(folder, report.name, file);
  std::cout << std::filesystem::absolute(file).string() << std::endl;
  return 0;
}

}  // namespace

void add_check(CLI::App& app, int& exit) {
  auto* verb = app.add_subcommand("check", "judge a run folder or a history again");
  const auto flags = std::make_shared<CheckFlags>();
  verb->add_option("what", flags->what, "a run folder, a history.jsonl, or - for standard input")
      ->required();
  verb->add_option("--checker", flags->checkers,
                   "one of `tribunal list checkers`; may be given again")
      ->type_name("NAME");
  verb->add_option("--model", flags->model, "of the checker linearizable")->type_name("NAME");
  verb->add_option("--initial", flags->initial, "what a register holds at first [nil]")
      ->type_name("VALUE");
  verb->add_option("--option", flags->options, "an option of a checker")->type_name("NAME=VALUE");
  verb->add_option("--check-time", flags->time, "what the checkers may take [60s]")
      ->type_name("TIME");
  verb->add_option("--check-memory", flags->memory, "what a checker may hold [2GiB]")
      ->type_name("SIZE");
  verb->add_flag("--json", flags->json, "print the verdicts as JSON");
  verb->add_option("--junit", flags->junit, "also write the verdicts as JUnit XML")
      ->type_name("FILE");
  verb->add_option("--summary", flags->summary, "also write a Markdown summary")->type_name("FILE");
  verb->callback([flags, &exit] { exit = check_verb(*flags); });
}

void add_export(CLI::App& app, int& exit) {
  auto* verb =
      app.add_subcommand("export", "write a history in another notation, such as Jepsen's EDN");
  const auto what = std::make_shared<std::string>(), format = std::make_shared<std::string>("edn"),
             out = std::make_shared<std::string>();
  verb->add_option("what", *what, "a run folder, a history, or - for standard input")->required();
  verb->add_option("--format", *format, "edn or jsonl [edn]")->type_name("NAME");
  verb->add_option("--out", *out, "where to [standard output]")->type_name("FILE");
  verb->callback([what, format, out, &exit] { exit = export_verb(*what, *format, *out); });
}

void add_report(CLI::App& app, int& exit) {
  auto* verb = app.add_subcommand("report", "write a report of a run folder and print its path");
  const auto what = std::make_shared<std::string>(), name = std::make_shared<std::string>("html"),
             out = std::make_shared<std::string>();
  verb->add_option("what", *what, "a run folder")->required();
  verb->add_option("--format", *name, "one of `tribunal list reports` [html]")->type_name("NAME");
  verb->add_option("--out", *out, "where to [in the run folder]")->type_name("FILE");
  verb->callback([what, name, out, &exit] { exit = report_verb(*what, *name, *out); });
}

}  // namespace tribunal
