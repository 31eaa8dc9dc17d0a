// Static HTML; every text of the run passes markup_escaped.
#include "reports/html/tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "reports/escape.h"
#include "reports/html/curve.h"
#include "reports/words.h"

namespace tribunal {
namespace {

std::string class_of(Judgement judgement) {
  std::string name(name_of(judgement));
  std::replace(name.begin(), name.end(), ' ', '-');
  return name;
}

std::string row(std::string_view name, std::string_view value) {
  if (value.empty()) return {};
  return fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td></tr>\n", markup_escaped(name),
                     markup_escaped(value));
}

std::string table(std::string_view caption, const std::string& rows) {
  return fmt::format("<table class=\"facts\"><caption>{}</caption><tbody>\n{}</tbody></table>\n",
                     caption, rows);
}

std::string share(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return {};
  return fmt::format(" ({:.1f} %)", 100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

std::string outcomes(const History& history) {
  if (history.operations.empty()) return "none recorded";
  std::array<std::uint64_t, 3> counts{};
  for (const auto& operation : history.operations)
    ++counts.at(static_cast<std::size_t>(operation.outcome));
  const std::uint64_t all = history.operations.size();
  return fmt::format("{}: {} ok{}, {} failed{}, {} unknown{}", grouped(all), grouped(counts[0]),
                     share(counts[0], all), grouped(counts[1]), share(counts[1], all),
                     grouped(counts[2]), share(counts[2], all));
}

std::string latencies(const History& history) {
  std::vector<std::int64_t> times;
  for (const auto& operation : history.operations) {
    if (operation.ok() && operation.completed_at != Operation::no_time) {
      times.push_back(operation.completed_at - operation.invoked_at);
    }
  }
  if (times.empty()) return {};
  const auto quantile = [&](std::size_t of_thousand) {
    const auto at =
        times.begin() + static_cast<std::ptrdiff_t>((times.size() - 1) * of_thousand / 1000);
    std::nth_element(times.begin(), at, times.end());
    return duration_text(static_cast<double>(*at) / 1e9);
  };
  const std::string half = quantile(500), most = quantile(990), all = quantile(1000);
  return fmt::format("half within {}, 99 % within {}, slowest {} (answered ok)", half, most, all);
}

std::string figures(const Verdict& verdict) {
  if (verdict.figures.empty()) return "";
  std::string rows;
  for (const auto& [name, value] : verdict.figures) {
    rows += fmt::format("<dt>{}</dt><dd>{}</dd>", markup_escaped(name), markup_escaped(value));
  }
  return fmt::format("<details><summary>{}</summary><dl>{}</dl></details>",
                     counted(verdict.figures.size(), "figure"), rows);
}

}  // namespace

std::string_view icon_of(Judgement judgement) {
  switch (judgement) {
    case Judgement::satisfied:
      return "\xe2\x9c\x93";  // check mark
    case Judgement::violated:
      return "\xe2\x9c\x97";  // ballot x
    case Judgement::harness_error:
      return "!";
    case Judgement::vacuous:
      return "\xe2\x88\x85";  // empty set
    case Judgement::inconclusive:
      break;
  }
  return "?";
}

std::string badge_html(Judgement judgement) {
  return fmt::format("<span class=\"badge {}\"><span aria-hidden=\"true\">{}</span> {}</span>",
                     class_of(judgement), icon_of(judgement), name_of(judgement));
}

std::string notes_html(const RunRecord& record) {
  if (record.notes.empty()) return {};
  std::string items;
  for (const auto& note : record.notes)
    items += "<li>" + markup_escaped(clipped(note, 2000)) + "</li>\n";
  return "<aside class=\"notes\" aria-label=\"Notes\"><h2>Read this first</h2><ul>\n" + items +
         "</ul></aside>\n";
}

std::string claim_html(const RunRecord& record) {
  std::string checkers;
  for (const auto& verdict : record.verdicts)
    checkers += (checkers.empty() ? "" : ", ") + verdict.checker;
  const std::string rows = row("workload", record.facts.workload) +
                           row("claim", record.facts.claim) + row("judged by", checkers);
  return table("What was claimed", rows.empty() ? row("claim", "not recorded") : rows);
}

std::string done_html(const RunRecord& record, const History& history) {
  const RunFacts& facts = record.facts;
  std::string hosts;
  for (const auto& host : facts.hosts) hosts += (hosts.empty() ? "" : " ") + host;
  std::string rows = row("database", facts.database + " " + facts.database_version);
  if (!hosts.empty()) rows += row("hosts", fmt::format("{}: {}", facts.hosts.size(), hosts));
  if (facts.seconds > 0) rows += row("traffic", duration_text(facts.seconds));
  rows += row("operations", outcomes(history)) + row("answers", latencies(history));
  const std::string planned = facts.faults.empty() ? "" : facts.faults + " \xe2\x80\x93 ";
  rows += row("faults",
              planned + faults_line(count_faults(record.receipts, record.never_begun.size())));
  rows += row("started", facts.started) + row("seed", std::to_string(facts.seed));
  return table("What was done", rows);
}

std::string verdicts_html(const RunRecord& record) {
  std::string rows, curves;
  for (const auto& verdict : record.verdicts) {
    curves += curve_html(verdict);
    std::string judged = grouped(verdict.operations);
    if (verdict.keys > 0)
      judged += fmt::format("<br><small>{}</small>", counted(verdict.keys, "key"));
    rows += fmt::format(
        "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}{}</td><td>{}</td><td "
        "class=\"number\">{}</td>"
        "<td class=\"number\">{}</td></tr>\n",
        markup_escaped(verdict.checker), badge_html(verdict.judgement),
        markup_escaped(clipped(verdict.reason, 2000)), figures(verdict),
        markup_escaped(verdict.algorithm), judged,
        verdict.seconds > 0 ? duration_text(verdict.seconds) : "");
  }
  if (rows.empty()) rows = "<tr><td colspan=\"6\">No verdict: nothing was judged.</td></tr>\n";
  return "<table class=\"verdicts\"><caption>Verdicts</caption><thead><tr><th "
         "scope=\"col\">Checker</th>"
         "<th scope=\"col\">Judgement</th><th scope=\"col\">Reason</th><th "
         "scope=\"col\">Algorithm</th>"
         "<th scope=\"col\" class=\"number\">Judged</th><th scope=\"col\" "
         "class=\"number\">Took</th></tr></thead><tbody>\n" +
         rows + "</tbody></table>\n" + curves;
}

std::string environment_html(const RunRecord& record, const std::string& folder) {
  std::string rows = row("run folder", folder);
  for (const auto& [name, value] : record.facts.environment)
    rows += row(name, clipped(value, 2000));
  std::string text = table("Where it ran", rows);
  if (!record.spec.empty()) {
    text += "<details><summary>The spec, as resolved</summary><pre>" + markup_escaped(record.spec) +
            "</pre></details>\n";
  }
  return text;
}

}  // namespace tribunal
