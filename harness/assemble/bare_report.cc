#include "harness/assemble/bare_report.h"

#include <fmt/format.h>
#include <stdlib.h>

#include <algorithm>

#include "checkers/catalogue.h"
#include "harness/parts/catalogue.h"
#include "harness/record/error.h"

namespace tribunal {
namespace {

// From the first to the last time that the history tells.
double seconds_of(const History& history) {
  std::int64_t first = Operation::no_time, last = 0;
  for (const auto& operation : history.operations) {
    first = std::min(first, operation.invoked_at);
    last = std::max(last, operation.invoked_at);
    if (operation.completed_at != Operation::no_time) last = std::max(last, operation.completed_at);
  }
  return last > first ? static_cast<double>(last - first) / 1e9 : 0;
}

std::string claims_of(const Judged& judged) {
  std::string claims;
  for (const auto& verdict : judged.verdicts) {
    const auto& claim = find(checkers(), "checker", verdict.checker).claim;
    claims += (claims.empty() ? "" : " ") + claim;
  }
  return claims;
}

std::int64_t time_of(std::uint32_t event) { return std::int64_t{event} * 1'000'000; }

void give_times(Judged& judged) {
  for (auto& operation : judged.history.operations) {
    operation.invoked_at = time_of(operation.began);
    const bool ended = operation.ended != Operation::never;
    operation.completed_at = ended ? time_of(operation.ended) : Operation::no_time;
  }
  for (auto& verdict : judged.verdicts) {
    for (auto& evidence : verdict.evidence) {
      for (auto& exhibit : evidence.exhibits) {
        exhibit.invoked_at = time_of(exhibit.began);
        const bool ended = exhibit.ended != Operation::never;
        exhibit.completed_at = ended ? time_of(exhibit.ended) : Operation::no_time;
      }
    }
  }
  for (auto& fault : judged.history.faults) fault.time = time_of(fault.index);
}

}  // namespace

BareReport::BareReport(const std::filesystem::path& file, Judged& judged,
                       const std::string& command) {
  std::string pattern = (std::filesystem::temp_directory_path() / "tribunal-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) {
    throw Error(Blame::environment, "no folder can be made in " + pattern,
                "set TMPDIR to one that can be written");
  }
  parent_ = pattern;
  path_ = parent_ / (file == "-" ? std::filesystem::path("history") : file.filename());
  try {
    write_all(file, judged, command);
  } catch (...) {
    std::error_code ignored;
    std::filesystem::remove_all(parent_, ignored);
    throw;
  }
}

BareReport::~BareReport() {
  std::error_code ignored;
  std::filesystem::remove_all(parent_, ignored);
}

void BareReport::write_all(const std::filesystem::path& file, Judged& judged,
                           const std::string& command) const {
  const double seconds = seconds_of(judged.history);
  const bool timeless = seconds == 0;
  if (timeless) give_times(judged);
  write_file(path_ / "history.jsonl", write_history(judged.history));
  const auto folder = RunFolder::open(path_);
  RunFacts facts;
  facts.database = file == "-" ? "standard input" : file.filename().string();
  facts.workload = "a bare history";
  facts.claim = claims_of(judged);
  facts.faults = "none";
  facts.command = command;
  facts.hosts.assign(judged.history.nodes.begin() + 1, judged.history.nodes.end());
  facts.seconds = seconds;
  facts.notes.push_back("A bare history was judged: how its run was set up is not known here.");
  if (timeless) {
    facts.notes.push_back(
        "The history tells no times: its order stands in for them, a millisecond for each record.");
  }
  if (judged.history.truncated) {
    facts.notes.push_back("The last line of the history has no end and is left out.");
  }
  folder.write_facts(facts);
  folder.write_verdicts(judged.verdicts);
}

}  // namespace tribunal
