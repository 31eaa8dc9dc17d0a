#include "tests/end_to_end/quorum_matrix.h"

#include <algorithm>
#include <sstream>
#include <stdexcept>

namespace tribunal {
namespace {

// part | level | bug | workload | course | must convict | may convict; * is run every day.
constexpr const char* table = R"(
*|linearizable|none                 |sessions   |      |
 |linearizable|none                 |convergence|      |
 |linearizable|none                 |counter    |      |
 |sequential  |none                 |sessions   |      |
 |sequential  |none                 |convergence|      |
 |sequential  |none                 |counter    |      |
 |causal      |none                 |sessions   |      |
 |causal      |none                 |sessions   |sticky|
 |causal      |none                 |convergence|      |
 |causal      |none                 |counter    |      |
*|session     |none                 |sessions   |      |
 |session     |none                 |sessions   |sticky|
 |session     |none                 |convergence|      |
 |session     |none                 |counter    |      |
 |eventual    |none                 |sessions   |      |
 |eventual    |none                 |convergence|      |
 |eventual    |none                 |counter    |      |
 |weak        |none                 |sessions   |      |
 |weak        |none                 |convergence|      |
 |weak        |none                 |counter    |      |
 |linearizable|stale-read           |sessions   |reads |LIN SEQ CC RYW MR PRAM|CCv MW WFR END
 |sequential  |stale-read           |sessions   |reads |SEQ MR PRAM|CC CCv RYW MW WFR
*|causal      |stale-read           |sessions   |reads |CC RYW MR PRAM|CCv MW WFR
 |session     |stale-read           |sessions   |reads |RYW MR PRAM|MW WFR
 |linearizable|lost-update          |sessions   |      |LIN SEQ CC RYW PRAM|CCv MW END
 |sequential  |lost-update          |sessions   |      |SEQ CC RYW PRAM|CCv MW END
 |causal      |lost-update          |sessions   |      |CC RYW PRAM|CCv MW END
 |session     |lost-update          |sessions   |      |RYW PRAM|MW END
 |linearizable|lost-update          |convergence|      |END|
 |sequential  |lost-update          |convergence|      |END|
 |causal      |lost-update          |convergence|      |END|
 |session     |lost-update          |convergence|      |END|
*|eventual    |lost-update          |convergence|      |END|
 |linearizable|lost-update          |counter    |      |COUNT END|
 |eventual    |lost-update          |counter    |      |END|
 |linearizable|lost-on-crash        |sessions   |killed|LIN SEQ|CC CCv RYW MR MW WFR PRAM END
 |linearizable|lost-on-crash        |convergence|killed|END|
 |sequential  |lost-on-crash        |convergence|killed|END|
 |causal      |lost-on-crash        |convergence|killed|END|
 |session     |lost-on-crash        |convergence|killed|END|
*|eventual    |lost-on-crash        |convergence|killed|END|
 |linearizable|dirty-read           |sessions   |      |LIN SEQ CC RYW MR MW WFR PRAM|CCv
*|sequential  |dirty-read           |sessions   |      |SEQ CC RYW MR MW WFR PRAM|CCv
 |causal      |dirty-read           |sessions   |      |CC RYW MR MW WFR PRAM|CCv
 |session     |dirty-read           |sessions   |      |RYW MR MW WFR PRAM|
 |linearizable|resurrected-delete   |convergence|      |END|
 |sequential  |resurrected-delete   |convergence|      |END|
 |causal      |resurrected-delete   |convergence|      |END|
 |session     |resurrected-delete   |convergence|      |END|
*|eventual    |resurrected-delete   |convergence|      |END|
 |linearizable|reordered-write      |sessions   |      |LIN SEQ CC RYW PRAM|CCv MR MW WFR END
*|sequential  |reordered-write      |sessions   |      |SEQ CC RYW PRAM|CCv MR MW WFR END
 |causal      |reordered-write      |sessions   |      |CC RYW PRAM|CCv MR MW WFR END
 |session     |reordered-write      |sessions   |      |RYW PRAM|MR MW WFR END
 |eventual    |reordered-write      |convergence|      |END|
 |linearizable|non-monotonic-session|sessions   |reads |LIN SEQ MR PRAM|CC CCv RYW MW WFR
 |sequential  |non-monotonic-session|sessions   |reads |SEQ MR PRAM|CC CCv RYW MW WFR
*|causal      |non-monotonic-session|sessions   |reads |CC MR PRAM|CCv MW WFR
 |session     |non-monotonic-session|sessions   |reads |MR PRAM|MW WFR
 |linearizable|never-repaired       |sessions   |      |
 |linearizable|never-repaired       |convergence|      |
 |sequential  |never-repaired       |convergence|      |END|
 |causal      |never-repaired       |convergence|      |END|
*|session     |never-repaired       |convergence|      |END|
 |eventual    |never-repaired       |convergence|      |END|
*|linearizable|duplicate-on-retry   |counter    |      |COUNT END|
 |sequential  |duplicate-on-retry   |counter    |      |END|
 |causal      |duplicate-on-retry   |counter    |      |END|
 |session     |duplicate-on-retry   |counter    |      |END|
 |eventual    |duplicate-on-retry   |counter    |      |END|
 |linearizable|wall-clock-lww       |sessions   |      |LIN SEQ CC RYW PRAM|CCv MW END
 |sequential  |wall-clock-lww       |sessions   |      |
*|causal      |wall-clock-lww       |sessions   |      |CC RYW PRAM|CCv MW END
 |session     |wall-clock-lww       |sessions   |      |RYW PRAM|MW END
 |eventual    |wall-clock-lww       |convergence|      |END|
)";

std::string trimmed(const std::string& text) {
  const auto from = text.find_first_not_of(' ');
  return from == std::string::npos ? "" : text.substr(from, text.find_last_not_of(' ') + 1 - from);
}

Checkers full_names(const std::string& short_names) {
  Checkers names;
  std::istringstream words(short_names);
  for (std::string word; words >> word;) {
    const auto& columns = matrix_columns();
    const auto column = std::find_if(columns.begin(), columns.end(),
                                     [&](const auto& one) { return one.second == word; });
    if (column == columns.end()) throw std::invalid_argument("no checker is called " + word);
    names.push_back(column->first);
  }
  return names;
}

MatrixRow row_from(const std::string& line) {
  std::vector<std::string> cells;
  std::istringstream stream(line);
  for (std::string cell; std::getline(stream, cell, '|');) cells.push_back(trimmed(cell));
  cells.resize(7);
  return {cells[0] == "*" ? MatrixRow::Part::daily : MatrixRow::Part::full,
          cells[1],
          cells[2],
          cells[3],
          cells[4],
          full_names(cells[5]),
          full_names(cells[6])};
}

// What suits a row, beside what all have. Sessions stay at their nodes where all are killed: with
// tokens they would wait for ever for what is gone.
Flags flags_of(const std::string& workload, const std::string& course) {
  Flags flags;
  // Many keys that are left soon, so that nothing is written after what went wrong.
  if (workload == "convergence")
    flags = {{"operations-per-key", "80"}, {"rate", "800"}, {"weights", "read=3,write=4,delete=3"}};
  // Few writes, so that a version lasts until a session comes back to it.
  if (course == "reads") flags["weights"] = "read=8,write=2";
  if (course == "killed" || course == "sticky") flags["sessions"] = "sticky";
  if (course == "killed") flags.insert({{"faults", "kill"}, {"targets", "all"}});
  return flags;
}

}  // namespace

std::string MatrixRow::name() const {
  std::string name = level + "_" + bug + "_" + workload + (course == "sticky" ? "_sticky" : "");
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

void PrintTo(const MatrixRow& row, std::ostream* out) { *out << row.name(); }

Checkers MatrixRow::judged() const {
  if (level == "weak") return {"progress"};
  if (workload == "counter" && level == "linearizable") return full_names("COUNT END");
  if (workload != "sessions" || level == "eventual") return full_names("END");
  const std::string of_session = "RYW MR MW WFR PRAM END";
  if (level == "session") return full_names(of_session);
  if (level == "causal") return full_names("CC CCv " + of_session);
  return full_names((level == "linearizable" ? "LIN SEQ CC CCv " : "SEQ CC CCv ") + of_session);
}

Flags MatrixRow::flags() const {
  Flags all = flags_of(workload, course);
  std::string checkers;
  for (const std::string& checker : judged()) checkers += (checkers.empty() ? "" : ",") + checker;
  const bool stays = all.contains("sessions") && (level == "causal" || level == "session");
  all.insert({{"set", "level=" + level + ",bug=" + bug + (stays ? ",sessions=sticky" : "")},
              {"workload", workload},
              {"checkers", checkers},
              {"time", "4s"},
              {"settle", "500ms"},
              {"agreement", "6s"}});
  return all;
}

const std::vector<MatrixRow>& matrix_rows() {
  static const std::vector<MatrixRow> rows = [] {
    std::vector<MatrixRow> all;
    std::istringstream lines(table);
    for (std::string line; std::getline(lines, line);)
      if (!line.empty()) all.push_back(row_from(line));
    return all;
  }();
  return rows;
}

const std::vector<std::pair<std::string, std::string>>& matrix_columns() {
  static const std::vector<std::pair<std::string, std::string>> columns = {
      {"linearizable-register", "LIN"}, {"sequential", "SEQ"},          {"causal", "CC"},
      {"causal-convergent", "CCv"},     {"read-your-writes", "RYW"},    {"monotonic-reads", "MR"},
      {"monotonic-writes", "MW"},       {"writes-follow-reads", "WFR"}, {"pram", "PRAM"},
      {"convergence", "END"},           {"counter", "COUNT"},           {"progress", "PROGRESS"}};
  return columns;
}

}  // namespace tribunal
