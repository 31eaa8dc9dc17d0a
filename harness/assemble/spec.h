// What a user asks for, said by flags or by a YAML file in the same words. A spec holds names and
// figures only; resolve and assemble turn them into parts.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "harness/cluster/host.h"

namespace tribunal {

struct Spec {
  std::string database;
  std::string binary;     // of the server; empty: found on PATH
  std::size_t nodes = 0;  // 0: as many as the database usually has
  std::string workload = "register";
  std::vector<std::string> faults = {"kill", "pause", "partition"};
  std::vector<std::string> targets, shapes;          // empty: all that a fault has
  std::map<std::string, std::string> fault_options;  // "delay.jitter"
  std::string schedule = "random";                   // or a script, or a file
  std::string mode = "safety";
  std::size_t overlap = 1;
  Milliseconds time{30'000};
  std::uint64_t seed = 0;
  bool has_seed = false;
  std::size_t concurrency = 10;
  double rate = 500;
  std::uint64_t operations = 0;
  std::size_t processes_per_key = 0, operations_per_key = 0;  // 0: the workload's own
  std::size_t readers_per_key = 0;
  std::string sessions = "own";        // how they move; own: as the workload has it
  std::string tokens = "carried";      // or dropped
  std::vector<std::string> checkers;   // empty: what the database promises, or the workload's own
  std::map<std::string, int> weights;  // empty: the workload's own
  std::map<std::string, std::string> options;  // of the database
  std::map<std::string, std::string> checker_options;
  Milliseconds fault_every{4'000}, fault_length{2'000}, settle{1'000}, agreement{10'000},
      timeout{1'000}, ready_timeout{30'000};
  double faults_exercised = 0.9;
  std::uint64_t acknowledged = 0, acknowledged_reads = 0,
                acknowledged_writes = 0;  // 0: the workload's own
  Milliseconds check_time{60'000};
  std::size_t check_memory = std::size_t{2} << 30;
  std::filesystem::path out = "runs";
  std::string data = "disk";
  std::string disk = "auto";
  std::vector<std::string> endpoints;  // of one that runs already; empty: it is deployed in a cell
  std::filesystem::path access_file;   // what lets a client in there; never read into a spec
  bool has_faults = false;             // somebody has said which
};

// One thing a spec says. The flag is --<name>, the line of YAML is `<name>: ...`.
struct SpecField {
  const char* name;
  const char* value;  // what to give, for help: "N", "TIME"
  const char* help;
  void (*parse)(Spec&, const std::string&);  // throws std::invalid_argument saying what it wants
  std::string (*show)(const Spec&);
};
const std::vector<SpecField>& spec_fields();

// Sets one field; `place` is "--nodes" or "spec.yaml:3". Throws Error(usage) naming it.
void set_field(Spec& spec, const std::string& name, const std::string& text,
               const std::string& place);

// Reads a YAML spec over `spec`. Throws Error(usage) with file and line: malformed YAML, unknown or
// repeated keys, a value of the wrong kind.
void read_yaml(Spec& spec, const std::filesystem::path& file);

// Every field, as YAML that read_yaml reads back to the same spec.
std::string to_yaml(const Spec& spec);

// The shortest command line that says the same.
std::string to_command(const Spec& spec);

}  // namespace tribunal
