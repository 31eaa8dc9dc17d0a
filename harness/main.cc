// The command line: verbs and exit codes (0 satisfied, 1 violated, 2 inconclusive or vacuous, 3
// harness or environment, 64 usage, 128 + signal when interrupted).
#include <cstdio>
#include <cstring>

#include "harness/assemble/guard.h"
#include "harness/assemble/verbs.h"
#include "harness/cluster/cell.h"
#include "nemesis/tools.h"

namespace {

int parse_and_do(int argc, char** argv) {
  int exit = 64;
  CLI::App app("Tribunal: does a database keep its promises while it is being hurt?", "tribunal");
  app.require_subcommand(1);
  app.set_version_flag("--version", "tribunal " TRIBUNAL_VERSION);
  for (auto add : {tribunal::add_run, tribunal::add_check, tribunal::add_profile,
                   tribunal::add_export, tribunal::add_report, tribunal::add_list,
                   tribunal::add_doctor, tribunal::add_adapter, tribunal::add_recover}) {
    add(app, exit);
  }
  if (argc == 1) {
    std::fputs(app.help().c_str(), stderr);
    return 64;
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 64;
  }
  return exit;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1 && std::strcmp(argv[1], tribunal::cell_host_verb) == 0)
    return tribunal::cell_host_main(argc, argv);
  if (const auto code = tribunal::tool_main(argc, argv)) return *code;
  return tribunal::guarded([&] { return parse_and_do(argc, argv); });
}
