#include "harness/assemble/find_database.h"

#include <fmt/format.h>

#include "checkers/catalogue.h"
#include "clients/catalogue.h"
#include "clients/described/deploy.h"
#include "clients/described/yaml_reader.h"
#include "harness/parts/catalogue.h"
#include "harness/workloads/catalogue.h"

namespace tribunal {
namespace {

// What a description says in the words of other rooms, which those alone can know.
void check_words(const Description& description) {
  const std::string place = fmt::format(" ({})", description.file.string());
  for (const auto& name : description.workloads) find(workloads(), "workload" + place, name);
  for (const auto& promise : description.promises) {
    for (const auto& name : promise.checkers) find(checkers(), "checker" + place, name);
    for (const auto& name : promise.workloads) find(workloads(), "workload" + place, name);
  }
}

Description described(const std::string& file) {
  auto description = read_description(file);
  check_words(description);
  return description;
}

// One of the catalogue outlives everybody.
std::shared_ptr<const Database> of_the_catalogue(const std::string& name) {
  return {std::shared_ptr<const Database>(), &find(databases(), "database", name)};
}

}  // namespace

bool names_a_file(const std::string& database) {
  return database.ends_with(".yaml") || database.ends_with(".yml") ||
         database.find('/') != std::string::npos;
}

bool is_description(const std::string& file) {
  const auto root = YamlReader(file).load();
  return root.IsMap() && root["client"].IsDefined();
}

std::string built_in_client(const std::string& named) {
  return names_a_file(named) ? described(named).built_in : named;
}

std::shared_ptr<const Database> find_database(const std::string& named) {
  if (!names_a_file(named)) return of_the_catalogue(named);
  return std::make_shared<const Database>(described_database(described(named), databases()));
}

std::shared_ptr<const Database> find_database_to_run(const std::string& named) {
  if (!names_a_file(named)) return of_the_catalogue(named);
  const auto description = described(named);
  Database made = described_database(description, databases());
  made.workloads = workloads_of(description, databases());
  return std::make_shared<const Database>(std::move(made));
}

}  // namespace tribunal
