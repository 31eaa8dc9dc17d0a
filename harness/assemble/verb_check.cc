// `tribunal check`: judge what was recorded, here or by others; no cluster needed.
#include <fmt/format.h>

#include <iostream>

#include "harness/assemble/bare_report.h"
#include "harness/assemble/judge_folder.h"
#include "harness/assemble/verbs.h"
#include "harness/assemble/verdict_json.h"
#include "harness/assemble/verdict_text.h"
#include "harness/record/error.h"
#include "harness/record/words.h"

namespace tribunal {
namespace {

using Keyed = ReadOptions::Keyed;

struct CheckFlags {
  std::string what, initial, time, memory, junit, summary, html;
  std::string model;
  std::vector<std::string> checkers, options;
  bool json = false, keyed = false, unkeyed = false, self_test = false;
};

void take_options(const CheckFlags& flags, JudgeRequest& request) {
  for (const auto& option : flags.options) {
    try {
      for (const auto& [name, value] : parse_pairs(option)) request.options.more[name] = value;
    } catch (const std::invalid_argument& wanted) {
      throw Error(Blame::usage, fmt::format("--option: '{}' is not fit", option),
                  fmt::format("give {}", wanted.what()));
    }
  }
  if (!flags.model.empty()) request.options.more["model"] = flags.model;
}

JudgeRequest request_of(const CheckFlags& flags) {
  Spec limits;
  if (!flags.time.empty()) set_field(limits, "check-time", flags.time, "--check-time");
  if (!flags.memory.empty()) set_field(limits, "check-memory", flags.memory, "--check-memory");
  JudgeRequest request;
  request.checkers = flags.checkers;
  if (request.checkers.empty() && !flags.model.empty()) request.checkers = {"linearizable"};
  request.time = limits.check_time;
  request.memory = limits.check_memory;
  request.initial = flags.initial;
  request.reading.keyed = flags.keyed ? Keyed::yes : flags.unkeyed ? Keyed::no : Keyed::automatic;
  if (flags.self_test) request.self_test = SelfTest{};
  take_options(flags, request);
  return request;
}

// As a shell takes it.
std::string quoted(const std::string& word) {
  constexpr const char* plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=:,./@%";
  if (!word.empty() && word.find_first_not_of(plain) == word.npos) return word;
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

std::string command_of(const CheckFlags& flags) {
  std::string command = "tribunal check " + quoted(flags.what);
  const auto add = [&](const char* flag, const std::string& value) {
    if (!value.empty()) command += fmt::format(" {} {}", flag, quoted(value));
  };
  for (const auto& name : flags.checkers) add("--checker", name);
  add("--model", flags.model);
  add("--initial", flags.initial);
  for (const auto& option : flags.options) add("--option", option);
  if (flags.keyed) command += " --keyed";
  if (flags.unkeyed) command += " --unkeyed";
  return command;
}

void write_reports(const RunFolder& folder, const CheckFlags& flags) {
  if (!flags.html.empty()) write_report(folder, "html", flags.html);
  if (!flags.junit.empty()) write_report(folder, "junit", flags.junit);
  if (!flags.summary.empty()) write_report(folder, "markdown", flags.summary);
}

int check_verb(const CheckFlags& flags) {
  const auto request = request_of(flags);
  Judged judged;
  if (flags.what != "-" && std::filesystem::is_directory(flags.what)) {
    const auto folder = RunFolder::open(flags.what);
    judged = judge_folder(folder, request);
    if (request.checkers.empty()) folder.write_verdicts(judged.verdicts);
    write_reports(folder, flags);
  } else {
    judged = judge_file(flags.what, request);
    if (!flags.html.empty() || !flags.junit.empty() || !flags.summary.empty()) {
      const BareReport report(flags.what, judged, command_of(flags));
      write_reports(report.folder(), flags);
    }
  }
  std::cout << (flags.json ? verdict_lines(judged)
                           : history_text(judged.history, judged.seconds_of_reading) +
                                 verdict_text(judged.verdicts, ""))
            << std::flush;
  return exit_code(worst(judged.verdicts));
}

void add_reports(CLI::App& verb, CheckFlags& flags) {
  verb.add_flag("--json", flags.json, "print each verdict as a line of JSON");
  verb.add_option("--html", flags.html, "also write the HTML report")->type_name("FILE");
  verb.add_option("--junit", flags.junit, "also write the verdicts as JUnit XML")
      ->type_name("FILE");
  verb.add_option("--summary", flags.summary, "also write a Markdown summary")->type_name("FILE");
}

}  // namespace

void add_check(CLI::App& app, int& exit) {
  auto* verb = app.add_subcommand("check", "judge a run folder, or anybody's history");
  const auto flags = std::make_shared<CheckFlags>();
  verb->add_option("what", flags->what,
                   "a run folder, a history (JSON lines, Jepsen's EDN or log, elle-cli's JSON; "
                   "gzip and zstd too), or - for standard input")
      ->required();
  verb->add_option("--checker", flags->checkers,
                   "one of `tribunal list checkers`; may be given again")
      ->type_name("NAME");
  verb->add_option("--model", flags->model,
                   "what the checker linearizable expects; one of `tribunal list models`")
      ->type_name("NAME");
  verb->add_option("--initial", flags->initial, "what an object holds at first, such as 0 [nil]")
      ->type_name("VALUE");
  auto* keyed = verb->add_flag("--keyed", flags->keyed,
                               "values are tuples [key value], as jepsen.independent writes them");
  verb->add_flag("--unkeyed", flags->unkeyed, "they are not, though they look like it")
      ->excludes(keyed);
  verb->add_option("--option", flags->options, "an option of a checker")->type_name("NAME=VALUE");
  verb->add_option("--check-time", flags->time, "what the checkers may take [60s]")
      ->type_name("TIME");
  verb->add_option("--check-memory", flags->memory, "what a checker may hold [2GiB]")
      ->type_name("SIZE");
  verb->add_flag("--self-test", flags->self_test,
                 "plant anomalies into the history and say how many are found");
  add_reports(*verb, *flags);
  verb->callback([flags, &exit] { exit = check_verb(*flags); });
}

}  // namespace tribunal
