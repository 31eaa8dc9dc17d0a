// The verbs of the command line. Each adds itself to the parser; the callback of the one that was
// given sets `exit`.
#pragma once

#include <CLI/CLI.hpp>

namespace tribunal {

void add_run(CLI::App& app, int& exit);
void add_check(CLI::App& app, int& exit);
void add_profile(CLI::App& app, int& exit);
void add_export(CLI::App& app, int& exit);
void add_report(CLI::App& app, int& exit);
void add_list(CLI::App& app, int& exit);
void add_doctor(CLI::App& app, int& exit);
void add_adapter(CLI::App& app, int& exit);
void add_recover(CLI::App& app, int& exit);

}  // namespace tribunal
