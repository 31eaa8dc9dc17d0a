// `tribunal adapter check`: whether an adapter does what docs/adapters.md says, against a server
// that runs or one that is started for it in a cell.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <ctime>
#include <fstream>

#include "clients/adapter/client.h"
#include "clients/adapter/conformance.h"
#include "clients/catalogue.h"
#include "clients/described/deploy.h"
#include "clients/endpoints/access.h"
#include "clients/endpoints/fresh_keys.h"
#include "harness/assemble/find_database.h"
#include "harness/assemble/guard.h"
#include "harness/assemble/verbs.h"
#include "harness/cluster/cell.h"
#include "harness/cluster/throw_away_folder.h"
#include "harness/parts/catalogue.h"
#include "harness/record/error.h"
#include "harness/record/words.h"

namespace tribunal {
namespace {

struct AdapterFlags {
  std::vector<std::string> command;
  std::string address, set, access_file;
};

// The first lines of it, since most adapters say the same again and again.
void show_standard_error(const std::filesystem::path& log) {
  constexpr int shown = 20;
  std::ifstream file(log);
  std::string line;
  for (int i = 0; i <= shown && std::getline(file, line); ++i) {
    if (i == 0) fmt::print(stderr, "\nIt wrote to standard error:\n");
    fmt::print(stderr, "  {}\n", i < shown ? adapter_words(line, {}) : "...");
  }
}

int report_checks(const std::vector<std::string>& command, const std::string& address,
                  const Deployment& deployment) {
  fmt::print("adapter {}, server {}\n", fmt::join(command, " "), address);
  const bool passed = check_adapter(command, address, deployment, fresh_keys_at(std::time(nullptr)),
                                    [](const ConformanceCheck& check) {
                                      fmt::print("  {:<6} {}: {}\n", check.passed ? "ok" : "WRONG",
                                                 check.what, check.seen);
                                      std::fflush(stdout);
                                    });
  fmt::print("{}\n", passed ? "\nIt does what docs/adapters.md says."
                            : "\nIt is not to be believed yet: docs/adapters.md says why.");
  show_standard_error(adapter_log(deployment));
  return passed ? 0 : 1;
}

Deployment deployment_of(const AdapterFlags& flags, const std::vector<DatabaseOption>& options) {
  Deployment deployment;
  for (const auto& option : options)
    deployment.options[option.name] =
        option.values.empty() ? option.standard : option.values.front();
  for (const auto& [name, value] : parse_pairs(flags.set)) deployment.options[name] = value;
  deployment.access = read_access(flags.access_file);
  return deployment;
}

void await_ready(const Database& database, Cluster& cluster, const Deployment& deployment) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  for (std::size_t i = 0; i < cluster.size(); ++i)
    while (!database.ready(cluster.host(i), deployment, Milliseconds(500))) {
      if (std::chrono::steady_clock::now() <= until) continue;
      show_standard_error(adapter_log(deployment));
      throw Error(Blame::environment,
                  fmt::format("{} on {} did not answer within 30 s of its start", database.name,
                              cluster.host(i).name()),
                  "`tribunal run` with the same file keeps what it said");
    }
}

int check_in_cell(const Description& description, Deployment deployment) {
  const Database database = described_database(description, databases());
  if (!database.start)
    throw Error(Blame::usage,
                fmt::format("{} does not say how {} is started", description.file.string(),
                            description.name),
                "--address HOST:PORT of one that runs");
  std::tie(deployment.binary, deployment.version) = database.find({});
  ask_adapter(adapter_command(description, deployment), Milliseconds(10'000));
  return inside_cell([&] {
    return guarded([&] {
      const ThrowAwayFolder folder;
      deployment.notes->set("logs", folder.path().string());
      CellOptions cell;
      cell.hosts = description.nodes.usual;
      cell.logs = folder.path() / "logs";
      const auto cluster = build_cell(cell);
      for (std::size_t i = 0; i < cluster->size(); ++i) {
        deployment.hosts.push_back(cluster->host(i).name());
        deployment.addresses.push_back(cluster->host(i).address());
      }
      for (std::size_t i = 0; i < cluster->size(); ++i)
        database.start(cluster->host(i), deployment);
      if (database.form) database.form(*cluster, deployment);
      await_ready(database, *cluster, deployment);
      const auto command = adapter_command(description, deployment);
      for (auto& address : deployment.addresses) address = endpoint_of(description, address);
      return report_checks(command, deployment.addresses[0], deployment);
    });
  });
}

int adapter_check(const AdapterFlags& flags) {
  const std::string& what = flags.command.front();
  if (names_a_file(what) && (what.ends_with(".yaml") || what.ends_with(".yml"))) {
    const auto description = read_description(what);
    if (description.adapter.words.empty())
      throw Error(Blame::usage, what + " names a built-in client, and no adapter",
                  "one whose `client` has an `adapter`");
    const auto deployment = deployment_of(flags, description.options);
    if (flags.address.empty()) return check_in_cell(description, deployment);
    const ThrowAwayFolder logs;
    deployment.notes->set("logs", logs.path().string());
    return report_checks(adapter_command(description, deployment),
                         endpoint_of(description, flags.address), deployment);
  }
  if (flags.address.empty())
    throw Error(Blame::usage, "it is not said which server the adapter is to be tried against",
                "--address HOST:PORT, or a description (docs/deployments.md) instead of a command");
  const auto deployment = deployment_of(flags, {});
  const ThrowAwayFolder logs;
  deployment.notes->set("logs", logs.path().string());
  return report_checks(flags.command, flags.address, deployment);
}

}  // namespace

void add_adapter(CLI::App& app, int& exit) {
  auto* verb = app.add_subcommand("adapter", "clients in any language: docs/adapters.md");
  verb->require_subcommand(1);
  auto* check = verb->add_subcommand("check", "try whether an adapter does what it should");
  const auto flags = std::make_shared<AdapterFlags>();
  check
      ->add_option(
          "command", flags->command,
          "the adapter, after -- where it has flags of its own; or a file that describes a "
          "database, which is then started in a cell")
      ->required();
  check->add_option("--address", flags->address, "of a server that runs")->type_name("HOST:PORT");
  check->add_option("--set", flags->set, "options for the adapter: reads=stale")
      ->type_name("PAIRS");
  check->add_option("--access-file", flags->access_file, "user, password, tls, ... in YAML")
      ->type_name("FILE");
  check->callback([flags, &exit] { exit = adapter_check(*flags); });
}

}  // namespace tribunal
