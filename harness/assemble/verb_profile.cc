// `tribunal profile`: which consistency models a history refutes, and which it does not.
#include <fmt/format.h>

#include <algorithm>
#include <iostream>

#include "harness/assemble/judge_folder.h"
#include "harness/assemble/profile.h"
#include "harness/assemble/verbs.h"
#include "harness/assemble/verdict_text.h"
#include "harness/record/error.h"

namespace tribunal {
namespace {

using Standing = ProfileRow::Standing;

struct ProfileFlags {
  std::string what, initial, time, memory, require;
  bool json = false, keyed = false;
};

ProfileOptions options_of(const ProfileFlags& flags, History& history) {
  Spec limits;
  if (!flags.time.empty()) set_field(limits, "check-time", flags.time, "--check-time");
  if (!flags.memory.empty()) set_field(limits, "check-memory", flags.memory, "--check-memory");
  ProfileOptions options;
  options.time = limits.check_time;
  options.memory = limits.check_memory;
  options.check.initial = initial_of(flags.initial, history.values);
  return options;
}

History history_of(const ProfileFlags& flags) {
  ReadOptions reading;
  if (flags.keyed) reading.keyed = ReadOptions::Keyed::yes;
  if (flags.what != "-" && std::filesystem::is_directory(flags.what))
    return read_history(RunFolder::open(flags.what).history(), reading);
  if (flags.what != "-" && !std::filesystem::exists(flags.what)) {
    throw Error(Blame::usage, "there is no " + flags.what,
                "name a run folder, a history, or - for standard input");
  }
  return read_history(flags.what, reading);
}

// Of the required model, or of the whole: everything decided, and something not refuted.
Judgement judgement_of(const Profile& whole, const std::string& required) {
  if (!required.empty()) {
    const auto row = std::find_if(whole.rows.begin(), whole.rows.end(), [&](const auto& one) {
      return one.model == required || one.checker == required;
    });
    if (row == whole.rows.end()) {
      std::string names;
      for (const auto& one : whole.rows) names += (names.empty() ? "" : ", ") + one.model;
      throw Error(Blame::usage,
                  fmt::format("--require: no model '{}' speaks about this history", required),
                  "one of: " + names);
    }
    return row->standing == Standing::not_refuted ? Judgement::satisfied
           : row->standing == Standing::refuted   ? Judgement::violated
                                                  : Judgement::inconclusive;
  }
  const auto any = [&](Standing standing) {
    return std::any_of(whole.rows.begin(), whole.rows.end(),
                       [&](const auto& row) { return row.standing == standing; });
  };
  if (any(Standing::undecided)) return Judgement::inconclusive;
  return any(Standing::not_refuted) || any(Standing::refuted) ? Judgement::satisfied
                                                              : Judgement::vacuous;
}

int profile_verb(const ProfileFlags& flags) {
  History history = history_of(flags);
  const auto profiles = profiles_of(history, options_of(flags, history));
  const auto judgement = judgement_of(profiles.front(), flags.require);
  if (flags.json) {
    std::cout << profile_json(profiles) << std::endl;
    return exit_code(judgement);
  }
  std::cout << profile_text(profiles);
  if (!flags.require.empty())
    std::cout << fmt::format("\n  required: {}: {}\n", flags.require, name_of(judgement));
  std::cout << std::flush;
  return exit_code(judgement);
}

}  // namespace

void add_profile(CLI::App& app, int& exit) {
  auto* verb = app.add_subcommand(
      "profile", "judge every model a history can speak about: what it refutes and what not");
  const auto flags = std::make_shared<ProfileFlags>();
  verb->add_option("what", flags->what, "a run folder, a history, or - for standard input")
      ->required();
  verb->add_option("--require", flags->require,
                   "exit 1 if this model is refuted, 2 if it is not decided")
      ->type_name("MODEL");
  verb->add_option("--initial", flags->initial, "what an object holds at first, such as 0 [nil]")
      ->type_name("VALUE");
  verb->add_flag("--keyed", flags->keyed, "values are tuples [key value]");
  verb->add_option("--check-time", flags->time, "what the whole profile may take [60s]")
      ->type_name("TIME");
  verb->add_option("--check-memory", flags->memory, "what a checker may hold [2GiB]")
      ->type_name("SIZE");
  verb->add_flag("--json", flags->json, "print the profile as JSON");
  verb->callback([flags, &exit] { exit = profile_verb(*flags); });
}

}  // namespace tribunal
