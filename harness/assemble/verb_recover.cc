// `tribunal recover`: undoes what runs that died left outside of their cells.
#include <fmt/format.h>

#include "harness/assemble/verbs.h"
#include "harness/cluster/journal.h"

namespace tribunal {
namespace {

const char* words_for(Recovery::Outcome outcome) {
  switch (outcome) {
    case Recovery::Outcome::undone:
      return "removed";
    case Recovery::Outcome::was_gone:
      return "was gone";
    case Recovery::Outcome::failed:
      return "STILL THERE";
    case Recovery::Outcome::still_runs:
      return "left alone, its run lives";
  }
  return "";
}

int recover_verb() {
  using Outcome = Recovery::Outcome;
  const auto folder = journal_folder();
  bool found = false, failed = false;
  for (const auto& one : recover(folder)) {
    fmt::print("{}: {}\n", words_for(one.outcome), one.text);
    found = found || one.outcome != Outcome::still_runs;
    failed = failed || one.outcome == Outcome::failed;
  }
  if (!found) fmt::print("nothing to recover\n");
  if (failed) fmt::print("the journals of what is still there stay in {}\n", folder.string());
  return failed ? 3 : 0;
}

}  // namespace

void add_recover(CLI::App& app, int& exit) {
  auto* verb = app.add_subcommand(
      "recover", "undo what runs that died left on this machine; safe at any time, and twice");
  verb->callback([&exit] { exit = recover_verb(); });
}

}  // namespace tribunal
