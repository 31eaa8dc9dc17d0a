// JUnit XML: violated is a failure named by its anomaly, vacuous and inconclusive are failures too,
// a harness error is an error. Only satisfied passes.
#include "reports/junit.h"

#include <fmt/format.h>

#include <algorithm>

#include "reports/escape.h"
#include "reports/headline.h"
#include "reports/run_record.h"
#include "reports/words.h"

namespace tribunal {
namespace {

constexpr std::size_t longest_attribute = 1000;
constexpr std::size_t most_evidence = 3;

struct Case {
  std::string name;
  Judgement judgement = Judgement::inconclusive;
  double seconds = 0;
  std::string type;     // of the failure
  std::string message;  // one sentence
  std::string body;
};

std::string attribute(std::string_view name, std::string_view value) {
  std::string escaped;
  for (const char c : markup_escaped(clipped(value, longest_attribute))) {
    if (c == '\n') {
      escaped += "&#10;";  // a reader would make a space of it
    } else {
      escaped += c;
    }
  }
  return fmt::format(" {}=\"{}\"", name, escaped);
}

std::string witness(const RunRecord& record, const Evidence& evidence) {
  std::string text = evidence.anomaly + on_key(evidence) + "\n";
  for (const auto& exhibit : evidence.exhibits) {
    const std::string ended =
        exhibit.completed_at == Operation::no_time
            ? "?"
            : fmt::format("{:.6f}", static_cast<double>(exhibit.completed_at) / 1e9);
    text += fmt::format("  [{:.6f}, {}] process {} {}: {} ({})\n",
                        static_cast<double>(exhibit.invoked_at) / 1e9, ended, exhibit.process,
                        exhibit.node, exhibit.text, exhibit.outcome);
  }
  for (const auto& arrow : evidence.arrows) {
    if (arrow.from >= evidence.exhibits.size() || arrow.to >= evidence.exhibits.size()) continue;
    text += fmt::format("  {} before {} ({}: {})\n", evidence.exhibits[arrow.from].text,
                        evidence.exhibits[arrow.to].text, arrow.why, arrow.label);
  }
  text += "  " + evidence.sentence + "\n";
  if (const auto moment = moment_of(evidence)) {
    const std::string faults = faults_at(record, *moment);
    if (!faults.empty()) text += "  It happened " + faults + ".\n";
  }
  return text;
}

Case case_of(const RunRecord& record, const Verdict& verdict) {
  Case result{verdict.checker, verdict.judgement,
              verdict.seconds, std::string(name_of(verdict.judgement)),
              verdict.reason,  {}};
  if (verdict.judgement == Judgement::violated && !verdict.evidence.empty()) {
    result.type = verdict.evidence.front().anomaly;
    const auto shown = std::min(verdict.evidence.size(), most_evidence);
    for (std::size_t i = 0; i < shown; ++i)
      result.body += witness(record, verdict.evidence[i]) + "\n";
    if (verdict.violations > shown)
      result.body += fmt::format("{} violations in all.\n", verdict.violations);
  }
  for (const auto& [name, value] : verdict.figures)
    result.body += fmt::format("{}: {}\n", name, value);
  return result;
}

std::vector<Case> cases_of(const RunRecord& record) {
  std::vector<Case> cases;
  for (const auto& verdict : record.verdicts) cases.push_back(case_of(record, verdict));
  if (record.verdicts.empty()) {
    cases.push_back(
        {"verdict", Judgement::inconclusive, 0, "inconclusive", "nothing was judged", {}});
  }
  const bool judged =
      std::any_of(cases.begin(), cases.end(), [](const Case& c) { return c.name == "faults"; });
  if (const auto faults = verdict_on_faults(record); faults && !judged)
    cases.push_back(case_of(record, *faults));
  for (auto& shown : cases) {
    if (shown.name != "faults") continue;
    for (const auto& receipt : record.receipts) {
      shown.body += fmt::format("{}: {}\n", described(receipt), state_of(receipt));
    }
  }
  return cases;
}

void write_case(std::ostream& out, const std::string& class_name, const Case& shown) {
  out << "    <testcase" << attribute("classname", class_name) << attribute("name", shown.name)
      << attribute("time", fmt::format("{:.3f}", shown.seconds));
  if (shown.judgement == Judgement::satisfied) {
    out << "/>\n";
    return;
  }
  const std::string_view tag = shown.judgement == Judgement::harness_error ? "error" : "failure";
  out << ">\n      <" << tag
      << attribute("type", shown.judgement == Judgement::harness_error ? "harness" : shown.type)
      << attribute("message", shown.message) << ">" << markup_escaped(shown.body) << "</" << tag
      << ">\n    </testcase>\n";
}

std::uint64_t operations_of(const RunRecord& record) {
  std::uint64_t operations = 0;
  for (const auto& verdict : record.verdicts) operations = std::max(operations, verdict.operations);
  return operations;
}

std::string or_unknown(const std::string& text) { return text.empty() ? "unknown" : text; }

void write_properties(std::ostream& out, const RunRecord& record) {
  const FaultCounts faults = count_faults(record.receipts, record.never_begun.size());
  const auto property = [&](std::string_view name, const std::string& value) {
    out << "      <property" << attribute("name", name) << attribute("value", value) << "/>\n";
  };
  out << "    <properties>\n";
  property("seed", std::to_string(record.facts.seed));
  property("operations", std::to_string(operations_of(record)));
  property("faults.exercised", fmt::format("{}/{}", faults.exercised, faults.planned));
  property("database", or_unknown(record.facts.database) + " " + record.facts.database_version);
  property("verdict", headline(record).sentence());
  for (const auto& note : record.notes) property("note", note);
  out << "    </properties>\n";
}

}  // namespace

void write_junit(const RunFolder& folder, std::ostream& out) {
  const RunRecord record = read_record(folder);
  const auto cases = cases_of(record);
  const auto with = [&](auto condition) {
    return std::count_if(cases.begin(), cases.end(), condition);
  };
  const auto errors = with([](const Case& c) { return c.judgement == Judgement::harness_error; });
  const auto failures = with([](const Case& c) {
    return c.judgement != Judgement::satisfied && c.judgement != Judgement::harness_error;
  });
  const std::string counts =
      fmt::format(" tests=\"{}\" failures=\"{}\" errors=\"{}\" time=\"{:.3f}\"", cases.size(),
                  failures, errors, record.facts.seconds);
  const std::string faults = record.facts.faults.empty() ? "no faults" : record.facts.faults;
  const std::string suite = or_unknown(record.facts.workload) + " under " + faults;
  out << "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"tribunal\"" << counts
      << ">\n  <testsuite" << attribute("name", suite) << counts;
  // JUnit readers take a local time without an offset.
  if (record.facts.started.size() >= 19)
    out << attribute("timestamp", record.facts.started.substr(0, 19));
  out << ">\n";
  write_properties(out, record);
  const std::string class_name = fmt::format("tribunal.{}.{}", or_unknown(record.facts.database),
                                             or_unknown(record.facts.workload));
  for (const auto& shown : cases) write_case(out, class_name, shown);
  out << "    <system-out>" << markup_escaped("to repeat: " + record.facts.command)
      << "\n</system-out>\n";
  out << "  </testsuite>\n</testsuites>\n";
}

}  // namespace tribunal
