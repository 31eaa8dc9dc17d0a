// The Markdown summary: verdict, policy table, receipts, witnesses, command.
#include "reports/markdown.h"

#include <fmt/format.h>

#include <algorithm>

#include "reports/escape.h"
#include "reports/headline.h"
#include "reports/run_record.h"
#include "reports/words.h"

namespace tribunal {
namespace {

constexpr std::size_t most_bytes = 64 * 1024;  // what a comment on a pull request may hold
constexpr std::size_t most_command = 8 * 1024;
constexpr std::size_t most_witnesses = 3, most_exhibits = 20, most_rows = 40;
constexpr std::size_t longest_cell = 300, longest_sentence = 2000;

std::string cell(std::string_view text) { return markdown_escaped(clipped(text, longest_cell)); }

std::string_view icon(Judgement judgement) {
  switch (judgement) {
    case Judgement::satisfied:
      return "✅";
    case Judgement::violated:
      return "❌";
    case Judgement::harness_error:
      return "🛠️";
    default:
      return "⚠️";
  }
}

std::string verdict_table(const RunRecord& record) {
  std::string text = "| Checker | Verdict | Reason | Operations |\n|---|---|---|---:|\n";
  for (std::size_t i = 0; i < std::min(record.verdicts.size(), most_rows); ++i) {
    const Verdict& verdict = record.verdicts[i];
    text +=
        fmt::format("| {} | {} {} | {} | {} |\n", cell(verdict.checker), icon(verdict.judgement),
                    name_of(verdict.judgement), cell(verdict.reason), grouped(verdict.operations));
  }
  return record.verdicts.empty() ? "" : text + "\n";
}

std::string run_line(const RunRecord& record) {
  const RunFacts& facts = record.facts;
  std::string text;
  if (!facts.database.empty()) {
    text +=
        fmt::format("**{} {}**, workload **{}**, {}, {} of traffic, seed {}\n\n",
                    cell(facts.database), cell(facts.database_version), cell(facts.workload),
                    counted(facts.hosts.size(), "host"), duration_text(facts.seconds), facts.seed);
  }
  text += "**Faults:** " +
          markdown_escaped(faults_line(count_faults(record.receipts, record.never_begun.size())));
  const auto faults = verdict_on_faults(record);
  if (faults && faults->judgement != Judgement::satisfied) {
    text += fmt::format(" ({}: {})", name_of(faults->judgement), cell(faults->reason));
  }
  return text + "\n\n";
}

std::string notes_of(const RunRecord& record) {
  std::string text;
  for (std::size_t i = 0; i < std::min(record.notes.size(), most_rows); ++i) {
    text += "> **Note:** " + cell(record.notes[i]) + "\n>\n";
  }
  return text.empty() ? text : text + "\n";
}

std::string witness(const RunRecord& record, const Verdict& verdict, const Evidence& evidence) {
  std::string text = fmt::format("### {}: {}{}\n\n", cell(verdict.checker), cell(evidence.anomaly),
                                 cell(on_key(evidence)));
  text += markdown_escaped(clipped(evidence.sentence, longest_sentence)) + "\n\n";
  if (const auto moment = moment_of(evidence)) {
    const std::string faults = faults_at(record, *moment);
    text += fmt::format("At {}{}.\n\n", seconds_text(*moment),
                        faults.empty() ? "" : ", " + cell(faults));
  }
  text +=
      "| | Operation | Outcome | Process | Node | From | To |\n|---:|---|---|---:|---|---:|---:|\n";
  for (std::size_t i = 0; i < std::min(evidence.exhibits.size(), most_exhibits); ++i) {
    const Exhibit& exhibit = evidence.exhibits[i];
    const std::string to =
        exhibit.completed_at == Operation::no_time
            ? "never"
            : fmt::format("{:.4f} s", static_cast<double>(exhibit.completed_at) / 1e9);
    text += fmt::format("| {} | {} | {} | {} | {} | {:.4f} s | {} |\n", i + 1, cell(exhibit.text),
                        cell(exhibit.outcome), exhibit.process, cell(exhibit.node),
                        static_cast<double>(exhibit.invoked_at) / 1e9, to);
  }
  text += "\n";
  for (std::size_t i = 0; i < std::min(evidence.arrows.size(), most_exhibits); ++i) {
    const Arrow& arrow = evidence.arrows[i];
    text += fmt::format("- {} → {}, {}: {}\n", arrow.from + 1, arrow.to + 1, cell(arrow.why),
                        cell(arrow.label));
  }
  return text + "\n";
}

// The command as a fenced block; a fence longer than any run of backticks in it cannot be closed by
// it.
std::string command_block(const std::string& command) {
  if (command.empty()) return {};
  std::size_t longest = 0, run = 0;
  for (const char c : command) longest = std::max(longest, run = c == '`' ? run + 1 : 0);
  const std::string fence(std::max<std::size_t>(3, longest + 1), '`');
  return fmt::format("To repeat this run:\n\n{}sh\n{}\n{}\n", fence,
                     repaired(clipped(command, most_command)), fence);
}

std::vector<std::string> witnesses_of(const RunRecord& record) {
  std::vector<std::string> texts;
  for (const auto& verdict : record.verdicts) {
    for (const auto& evidence : verdict.evidence) {
      if (texts.size() < most_witnesses) texts.push_back(witness(record, verdict, evidence));
    }
  }
  return texts;
}

}  // namespace

void write_markdown(const RunFolder& folder, std::ostream& out) {
  constexpr std::string_view cut =
      "*(This summary was cut here to fit; the HTML report has the rest.)*\n\n";
  const RunRecord record = read_record(folder);
  const Headline head = headline(record);
  const std::string command = command_block(record.facts.command);
  std::string text = fmt::format("## {} {}: {}\n\n", icon(record.judgement), head.word,
                                 markdown_escaped(clipped(head.body, longest_sentence)));
  std::vector<std::string> sections{notes_of(record), verdict_table(record), run_line(record)};
  for (auto& section : witnesses_of(record)) sections.push_back(std::move(section));
  for (const auto& section : sections) {
    if (text.size() + section.size() + cut.size() + command.size() > most_bytes) {
      text += cut;
      break;
    }
    text += section;
  }
  out << text << command;
}

}  // namespace tribunal
