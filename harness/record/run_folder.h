// A run folder: self-contained, and all that judging and reporting need. Names of its files and how
// each is read and written; every write is to a temporary name in the same folder, then renamed.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "harness/record/receipt.h"
#include "harness/record/verdict.h"

namespace tribunal {

// environment.json: kernel, tool versions, database binaries and their digests; and how the run
// went.
struct RunFacts {
  std::string database, database_version, workload, claim, faults,
      command;  // command: repeats the run
  std::uint64_t seed = 0;
  std::vector<std::string> hosts;
  std::string started;      // local time, ISO 8601 with offset
  double seconds = 0;       // of traffic
  std::string interrupted;  // why it did not come to its proper end ("SIGINT"); empty: it did
  std::vector<std::pair<std::string, std::string>>
      environment;                 // "kernel": "Linux 6.1", "etcd sha256": ...
  std::vector<std::string> notes;  // what a reader must know: limits hit, what was not checked
};

class RunFolder {
 public:
  // Creates `parent`/<name>-<time>-<seed>, never an existing one, and points `parent`/latest at it.
  static RunFolder create(const std::filesystem::path& parent, const std::string& name);
  // An existing one; throws Error(usage) if there is no history in it.
  static RunFolder open(const std::filesystem::path& path);

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path spec() const { return path_ / "spec.yaml"; }
  std::filesystem::path history() const { return path_ / "history.jsonl"; }
  std::filesystem::path receipts() const { return path_ / "faults.jsonl"; }
  std::filesystem::path schedule() const { return path_ / "schedule.json"; }
  std::filesystem::path replay() const {
    return path_ / "replay.json";
  }  // the schedule as realised
  std::filesystem::path script() const { return path_ / "script.yaml"; }
  std::filesystem::path verdicts() const { return path_ / "verdicts.json"; }
  std::filesystem::path environment() const { return path_ / "environment.json"; }
  std::filesystem::path logs(const std::string& host) const { return path_ / "logs" / host; }
  std::filesystem::path report() const { return path_ / "report" / "index.html"; }

  void write_spec(const std::string& yaml) const;
  void write_schedule(const std::vector<PlannedFault>& schedule) const;
  void write_replay(const std::vector<PlannedFault>& realised) const;
  void append_receipt(const Receipt& receipt) const;  // one line, flushed
  void write_verdicts(const std::vector<Verdict>& verdicts) const;
  void write_facts(const RunFacts& facts) const;

  // Absent files read as empty; malformed ones throw Error(usage) with file and line.
  std::string read_spec() const;
  std::vector<PlannedFault> read_schedule() const;
  std::vector<Receipt> read_receipts() const;
  std::vector<Verdict> read_verdicts() const;
  RunFacts read_facts() const;

 private:
  explicit RunFolder(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

// The JSON of one verdict list, as verdicts.json holds it (with the overall judgement).
std::string verdicts_json(const std::vector<Verdict>& verdicts);

// A schedule.json or replay.json; throws Error(usage) with file and line.
std::vector<PlannedFault> read_schedule(const std::filesystem::path& file);

// Writes `text` to `path` by way of a temporary file and a rename; throws Error(environment) naming
// the path.
void write_file(const std::filesystem::path& path, std::string_view text);
std::string read_file(const std::filesystem::path& path);  // throws Error(usage) naming the path

}  // namespace tribunal
