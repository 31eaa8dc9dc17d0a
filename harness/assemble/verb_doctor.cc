// `tribunal doctor`: what of Tribunal works on this machine, each thing tried for real.
#include <fmt/format.h>

#include <cstdio>
#include <memory>

#include "clients/catalogue.h"
#include "harness/assemble/try_faults.h"
#include "harness/assemble/verbs.h"
#include "harness/cluster/cell.h"
#include "harness/record/error.h"
#include "nemesis/clock/faketime_library.h"

namespace tribunal {
namespace {

bool report_check(const std::string& what, bool works, const std::string& why,
                  const std::string& fix) {
  fmt::print("  {:<8} {:<22} {}\n", works ? "works" : "MISSING", what, why);
  if (!works && !fix.empty()) fmt::print("           fix: {}\n", fix);
  return works;
}

// Every fault of disks is there without it.
void report_loop_disks() {
  const CellCheck check = check_loop_disks();
  fmt::print("  {:<8} {:<22} {}\n", check.works ? "works" : "absent", "--disk loop", check.why);
  if (!check.works) fmt::print("           fix: {}\n", check.fix);
}

// Of the databases that are here, the one that the most kinds of fault fit. Nobody needs them all.
const Database* report_databases(bool& all) {
  fmt::print("databases\n");
  const Database* found = nullptr;
  for (const auto& database : databases()) {
    try {
      const auto [binary, version] = database.find({});
      report_check(database.name, true, fmt::format("{} at {}", version, binary), {});
      if (found == nullptr) found = &database;
    } catch (const Error& missing) {
      fmt::print("  absent   {:<22} {}\n           fix: {}\n", database.name, missing.what(),
                 missing.fix());
    }
  }
  all = all && found != nullptr;
  return found;
}

// As much as a table has room for; a failure is said in full.
std::string shortened(const std::string& text) {
  constexpr std::size_t most = 110;
  return text.size() <= most ? text : text.substr(0, most) + " ...";
}

// Nothing is missing without it but faults of clocks on a few servers.
void report_faketime() {
  const std::string path = faketime_path();
  fmt::print("  {:<8} {:<22} {}\n", path.empty() ? "absent" : "there", "libfaketime",
             path.empty() ? "clocks of servers that wait until a wall time, as MariaDB, cannot be "
                            "moved; others can"
                          : path + ", for servers that wait until a wall time, as MariaDB");
  if (path.empty()) fmt::print("           fix: {}\n", faketime_install);
}

bool report_faults(const Database& database) {
  fmt::print("faults, each tried once on a cluster of {} in a scratch cell (about a minute)\n",
             database.name);
  std::fflush(stdout);
  report_faketime();
  bool all = true;
  for (const auto& trial : try_faults(database)) {
    const auto means = trial.means.empty() ? "" : fmt::format("by {}: ", trial.means);
    all = report_check(trial.fault, trial.works,
                       trial.works ? shortened(means + trial.seen) : trial.seen, trial.fix) &&
          all;
  }
  return all;
}

int doctor_verb(bool with_faults) {
  bool all = true;
  fmt::print("cell backend\n");
  for (const auto& check : check_cell())
    all = report_check(check.what, check.works, check.why, check.fix) && all;
  const bool cells = all;
  if (cells) report_loop_disks();
  const Database* database = report_databases(all);
  if (with_faults && cells && database != nullptr) all = report_faults(*database) && all;
  fmt::print("{}\n",
             all ? "everything works" : "something is missing; each line above says how to get it");
  return all ? 0 : 3;
}

}  // namespace

void add_doctor(CLI::App& app, int& exit) {
  auto* verb = app.add_subcommand(
      "doctor", "try what a run needs of this machine and say how to get what is missing");
  const auto quick = std::make_shared<bool>(false);
  verb->add_flag("--quick", *quick, "without trying every fault, which takes about a minute");
  verb->callback([quick, &exit] { exit = doctor_verb(!*quick); });
}

}  // namespace tribunal
