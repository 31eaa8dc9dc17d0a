// `tribunal list`: what there is.
#include <fmt/format.h>

#include <iostream>

#include "checkers/catalogue.h"
#include "checkers/linearizability/model_catalogue.h"
#include "clients/catalogue.h"
#include "harness/assemble/script_yaml.h"
#include "harness/assemble/verbs.h"
#include "harness/parts/catalogue.h"
#include "harness/workloads/catalogue.h"
#include "nemesis/catalogue.h"
#include "nemesis/scripts.h"
#include "reports/catalogue.h"

namespace tribunal {
namespace {

void line(const std::string& name, const std::string& text) {
  fmt::print("  {:<24} {}\n", name, text);
}

void list_databases() {
  fmt::print("databases\n");
  for (const auto& database : databases()) {
    line(database.name,
         fmt::format("{} (workloads: {})", database.summary, fmt::join(database.workloads, ", ")));
    for (const auto& option : database.options) {
      line("  --set " + option.name + "=",
           fmt::format(
               "{}{}", option.summary,
               option.values.empty() ? "" : fmt::format(" [{}]", fmt::join(option.values, ", "))));
    }
  }
}

void list_workloads() {
  fmt::print("workloads\n");
  for (const auto& workload : workloads()) {
    line(workload.name,
         fmt::format("{} (checkers: {})", workload.summary, fmt::join(workload.checkers, ", ")));
  }
}

void list_faults() {
  fmt::print("faults\n");
  for (const auto& kind : faults()) {
    line(kind.name, kind.summary);
    if (!kind.shapes.empty()) line("  --shapes", fmt::format("{}", fmt::join(kind.shapes, ", ")));
    if (!kind.targets.empty())
      line("  --targets", fmt::format("{}", fmt::join(kind.targets, ", ")));
    for (const auto& option : kind.options)
      line(fmt::format("  {}.{}", kind.name, option.name),
           fmt::format("{} [{}]", option.summary, fmt::join(option.values, ", ")));
  }
}

void list_scripts() {
  fmt::print("scripts of faults, for --schedule\n");
  for (const auto& ready : ready_scripts())
    line(ready.name, read_script(ready.text, ready.name, faults()).summary);
}

void list_checkers() {
  fmt::print("checkers\n");
  for (const auto& checker : checkers()) line(checker.name, checker.claim);
}

void list_models() {
  fmt::print("models of the checker linearizable, and the functions that each knows\n");
  for (const auto& model : model_kinds()) {
    line(model.name, fmt::format("{}", fmt::join(model.functions, ", ")));
  }
}

void list_reports() {
  fmt::print("reports\n");
  for (const auto& report : reports()) line(report.name, report.summary);
}

struct Listing {
  std::string name;
  void (*print)();
};

int list_verb(const std::vector<std::string>& wanted) {
  static const std::vector<Listing> listings = {
      {"databases", list_databases}, {"workloads", list_workloads}, {"faults", list_faults},
      {"scripts", list_scripts},     {"checkers", list_checkers},   {"models", list_models},
      {"reports", list_reports}};
  for (const auto& name : wanted) find(listings, "list", name);  // before any is printed
  for (const auto& name : wanted) find(listings, "list", name).print();
  if (!wanted.empty()) return 0;
  for (const auto& listing : listings) listing.print();
  return 0;
}

}  // namespace

void add_list(CLI::App& app, int& exit) {
  auto* verb = app.add_subcommand(
      "list",
      "print the databases, workloads, faults, scripts, checkers, models and reports there are");
  const auto wanted = std::make_shared<std::vector<std::string>>();
  verb->add_option("what", *wanted, "some of them");
  verb->callback([wanted, &exit] { exit = list_verb(*wanted); });
}

}  // namespace tribunal
