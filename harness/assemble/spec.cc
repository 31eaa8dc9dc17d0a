#include "harness/assemble/spec.h"

#include <fmt/format.h>

#include "harness/record/error.h"
#include "harness/record/words.h"

namespace tribunal {
namespace {

using std::string;

constexpr Milliseconds second{1000}, minute{60'000}, hour{3'600'000}, instant{0};

std::map<string, int> parse_weights(const string& text) {
  std::map<string, int> weights;
  for (const auto& [name, value] : parse_pairs(text)) {
    weights[name] = static_cast<int>(parse_count(value, 0, 1'000'000));
  }
  return weights;
}

string show_weights(const std::map<string, int>& weights) {
  std::map<string, string> pairs;
  for (const auto& [name, value] : weights) pairs[name] = std::to_string(value);
  return show_pairs(pairs);
}

void parse_data(Spec& spec, const string& text) {
  if (text != "disk" && text != "memory") throw std::invalid_argument("disk or memory");
  spec.data = text;
}

void parse_seed(Spec& spec, const string& text) {
  spec.seed = parse_count(text, 0, UINT64_MAX);
  spec.has_seed = true;
}

}  // namespace

// clang-format off
const std::vector<SpecField>& spec_fields() {
  static const std::vector<SpecField> fields = {
      {"database", "NAME", "the database under test", [](Spec& s, const string& t) { s.database = t; }, [](const Spec& s) { return s.database; }},
      {"binary", "FILE", "its server, if not the one on PATH", [](Spec& s, const string& t) { s.binary = t; }, [](const Spec& s) { return s.binary; }},
      {"nodes", "N", "nodes of the cluster; not said: as many as the database usually has", [](Spec& s, const string& t) { s.nodes = t.empty() ? 0 : parse_count(t, 1, 50); }, [](const Spec& s) { return s.nodes == 0 ? std::string() : std::to_string(s.nodes); }},
      {"workload", "NAME", "what is asked of it", [](Spec& s, const string& t) { s.workload = t; }, [](const Spec& s) { return s.workload; }},
      {"endpoints", "LIST", "host:port of each node of a deployment that runs already: it is spoken to, and no fault is done to it", [](Spec& s, const string& t) { s.endpoints = parse_list(t); }, [](const Spec& s) { return show_list(s.endpoints); }},
      {"access-file", "FILE", "user, password, tls, authority, certificate, key for --endpoints, in YAML; else TRIBUNAL_USER and TRIBUNAL_PASSWORD", [](Spec& s, const string& t) { s.access_file = t; }, [](const Spec& s) { return s.access_file.string(); }},
      {"faults", "LIST", "kinds of fault, or none, or all that a database must survive, or everything", [](Spec& s, const string& t) { s.faults = parse_list(t); s.has_faults = true; }, [](const Spec& s) { return show_list(s.faults); }},
      {"targets", "LIST", "only these targets of faults", [](Spec& s, const string& t) { s.targets = parse_list(t); }, [](const Spec& s) { return show_list(s.targets); }},
      {"shapes", "LIST", "only these shapes of partitions", [](Spec& s, const string& t) { s.shapes = parse_list(t); }, [](const Spec& s) { return show_list(s.shapes); }},
      {"fault-options", "PAIRS", "parameters of faults, the rest is drawn: delay.delay=100ms,loss.loss=5%", [](Spec& s, const string& t) { for (const auto& [name, value] : parse_pairs(t)) s.fault_options[name] = value; }, [](const Spec& s) { return show_pairs(s.fault_options); }},
      {"schedule", "WHAT", "when which fault: random, a ready-made script (`tribunal list scripts`), FILE.yaml, or the replay.json of a run", [](Spec& s, const string& t) { s.schedule = t; }, [](const Spec& s) { return s.schedule; }},
      {"overlap", "N", "faults at once, of a random schedule", [](Spec& s, const string& t) { s.overlap = parse_count(t, 1, 8); }, [](const Spec& s) { return std::to_string(s.overlap); }},
      {"mode", "MODE", "of a random schedule: safety (anything goes) or liveness (a majority is always whole)", [](Spec& s, const string& t) { s.mode = parse_one_of(t, {"safety", "liveness"}); }, [](const Spec& s) { return s.mode; }},
      {"time", "TIME", "how long the traffic lasts", [](Spec& s, const string& t) { s.time = parse_time(t, second, 24 * hour); }, [](const Spec& s) { return show_time(s.time); }},
      {"seed", "N", "fixes faults and calls; drawn if not given", parse_seed, [](const Spec& s) { return std::to_string(s.seed); }},
      {"concurrency", "N", "processes at once", [](Spec& s, const string& t) { s.concurrency = parse_count(t, 1, 2000); }, [](const Spec& s) { return std::to_string(s.concurrency); }},
      {"rate", "N", "calls a second, all processes together; 0: as fast as answers come", [](Spec& s, const string& t) { s.rate = parse_figure(t, 0, 1e7); }, [](const Spec& s) { return fmt::format("{}", s.rate); }},
      {"operations", "N", "at most so many calls; 0: no limit", [](Spec& s, const string& t) { s.operations = parse_count(t, 0, 1'000'000'000); }, [](const Spec& s) { return std::to_string(s.operations); }},
      {"processes-per-key", "N", "processes that share a key at a time; 0: the workload's own", [](Spec& s, const string& t) { s.processes_per_key = parse_count(t, 0, 2000); }, [](const Spec& s) { return std::to_string(s.processes_per_key); }},
      {"readers-per-key", "N", "of them, how many only read", [](Spec& s, const string& t) { s.readers_per_key = parse_count(t, 0, 2000); }, [](const Spec& s) { return std::to_string(s.readers_per_key); }},
      {"operations-per-key", "N", "calls on a key before a fresh one; 0: the workload's own", [](Spec& s, const string& t) { s.operations_per_key = parse_count(t, 0, 1'000'000'000); }, [](const Spec& s) { return std::to_string(s.operations_per_key); }},
      {"weights", "PAIRS", "odds of each call: read=5,write=3,cas=2", [](Spec& s, const string& t) { s.weights = parse_weights(t); }, [](const Spec& s) { return show_weights(s.weights); }},
      {"sessions", "HOW", "which node each call of a process goes to: sticky, round-robin, random, fail-over; own: as the workload has it", [](Spec& s, const string& t) { s.sessions = parse_one_of(t, {"own", "sticky", "round-robin", "random", "fail-over"}); }, [](const Spec& s) { return s.sessions; }},
      {"tokens", "WHETHER", "what a moving session has seen: carried to the next node, or dropped", [](Spec& s, const string& t) { s.tokens = parse_one_of(t, {"carried", "dropped"}); }, [](const Spec& s) { return s.tokens; }},
      {"checkers", "LIST", "what is claimed, if not what the database promises or the workload claims", [](Spec& s, const string& t) { s.checkers = parse_list(t); }, [](const Spec& s) { return show_list(s.checkers); }},
      {"option", "PAIRS", "options of the checkers: freshness=0.99,within=100ms", [](Spec& s, const string& t) { for (const auto& [name, value] : parse_pairs(t)) s.checker_options[name] = value; }, [](const Spec& s) { return show_pairs(s.checker_options); }},
      {"set", "PAIRS", "options of the database: reads=serializable", [](Spec& s, const string& t) { for (const auto& [name, value] : parse_pairs(t)) s.options[name] = value; }, [](const Spec& s) { return show_pairs(s.options); }},
      {"fault-every", "TIME", "from one fault's start to the next's", [](Spec& s, const string& t) { s.fault_every = parse_time(t, second, hour); }, [](const Spec& s) { return show_time(s.fault_every); }},
      {"fault-length", "TIME", "how long a fault lasts", [](Spec& s, const string& t) { s.fault_length = parse_time(t, Milliseconds(100), hour); }, [](const Spec& s) { return show_time(s.fault_length); }},
      {"settle", "TIME", "quiet between the last heal and the last look", [](Spec& s, const string& t) { s.settle = parse_time(t, instant, hour); }, [](const Spec& s) { return show_time(s.settle); }},
      {"agreement", "TIME", "how long a last look waits for all nodes to agree", [](Spec& s, const string& t) { s.agreement = parse_time(t, instant, hour); }, [](const Spec& s) { return show_time(s.agreement); }},
      {"timeout", "TIME", "deadline of a call", [](Spec& s, const string& t) { s.timeout = parse_time(t, Milliseconds(10), minute); }, [](const Spec& s) { return show_time(s.timeout); }},
      {"ready-timeout", "TIME", "how long the database may take to start or recover", [](Spec& s, const string& t) { s.ready_timeout = parse_time(t, second, hour); }, [](const Spec& s) { return show_time(s.ready_timeout); }},
      {"faults-exercised", "SHARE", "least share of planned faults that must meet the database", [](Spec& s, const string& t) { s.faults_exercised = parse_figure(t, 0, 1); }, [](const Spec& s) { return fmt::format("{}", s.faults_exercised); }},
      {"acknowledged", "N", "least acknowledged calls; 0: the workload's own", [](Spec& s, const string& t) { s.acknowledged = parse_count(t, 0, UINT64_MAX); }, [](const Spec& s) { return std::to_string(s.acknowledged); }},
      {"acknowledged-reads", "N", "least acknowledged reads", [](Spec& s, const string& t) { s.acknowledged_reads = parse_count(t, 0, UINT64_MAX); }, [](const Spec& s) { return std::to_string(s.acknowledged_reads); }},
      {"acknowledged-writes", "N", "least acknowledged calls that are no reads", [](Spec& s, const string& t) { s.acknowledged_writes = parse_count(t, 0, UINT64_MAX); }, [](const Spec& s) { return std::to_string(s.acknowledged_writes); }},
      {"check-time", "TIME", "what a checker may take", [](Spec& s, const string& t) { s.check_time = parse_time(t, Milliseconds(1), 24 * hour); }, [](const Spec& s) { return show_time(s.check_time); }},
      {"check-memory", "SIZE", "what a checker may hold", [](Spec& s, const string& t) { s.check_memory = parse_bytes(t); }, [](const Spec& s) { return show_bytes(s.check_memory); }},
      {"out", "FOLDER", "where run folders go", [](Spec& s, const string& t) { s.out = t; }, [](const Spec& s) { return s.out.string(); }},
      {"data", "WHERE", "the database's files: disk (in the run folder, removed at its end) or memory", parse_data, [](const Spec& s) { return s.data; }},
      {"disk", "MEANS", "how disks fail: fuse (every fault), loop (ext4 on loop devices; root; power-cut, disk-full, disk-read-only), or auto: fuse where it can be had", [](Spec& s, const string& t) { s.disk = parse_one_of(t, {"auto", "fuse", "loop"}); }, [](const Spec& s) { return s.disk; }},
  };
  return fields;
}
// clang-format on

void set_field(Spec& spec, const string& name, const string& text, const string& place) {
  string known;
  for (const auto& field : spec_fields()) {
    known += (known.empty() ? "" : ", ") + string(field.name);
    if (name != field.name) continue;
    try {
      return field.parse(spec, text);
    } catch (const std::invalid_argument& wanted) {
      throw Error(Blame::usage,
                  fmt::format("{}: {} cannot be '{}'", place, name, text.substr(0, 80)),
                  fmt::format("give {}", wanted.what()));
    }
  }
  throw Error(Blame::usage, fmt::format("{}: a spec has no '{}'", place, name.substr(0, 80)),
              "one of: " + known);
}

string to_yaml(const Spec& spec) {
  string text = "# A run of tribunal, as resolved. `tribunal run FILE` repeats it.\n";
  for (const auto& field : spec_fields()) {
    string quoted;
    for (const char c : field.show(spec)) quoted += c == '\'' ? string("''") : string(1, c);
    text += fmt::format("{}: '{}'\n", field.name, quoted);
  }
  return text;
}

string to_command(const Spec& spec) {
  string command = "tribunal run " + spec.database;
  const Spec plain;
  for (const auto& field : spec_fields()) {
    if (field.name == string("database")) continue;
    const auto value = field.show(spec);
    if (value == field.show(plain) && field.name != string("seed")) continue;
    const bool bare =
        value.find_first_not_of(
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=,./:") ==
        string::npos;
    string quoted;
    for (const char c : value) quoted += c == '\'' ? string("'\\''") : string(1, c);
    command +=
        fmt::format(" --{} ", field.name) + (bare && !value.empty() ? value : "'" + quoted + "'");
  }
  return command;
}

}  // namespace tribunal
