// The verdict in one sentence.
#include "reports/headline.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "reports/escape.h"
#include "reports/words.h"

namespace tribunal {
namespace {

constexpr std::size_t headline_clause = 120;  // bytes of a checker's own words that fit large type

std::string upper(std::string_view name) {
  std::string result(name);
  for (char& c : result) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return result;
}

// The first sentence of `text`, without its full stop; its later ones give the proof and stand
// below.
std::string first_sentence(std::string_view text) {
  const auto end = text.find(". ");
  if (end != std::string_view::npos) text = text.substr(0, end);
  while (!text.empty() && (text.back() == '.' || text.back() == '\n')) text.remove_suffix(1);
  return std::string(text);
}

const Verdict* worst_verdict(const RunRecord& record) {
  const Verdict* found = nullptr;
  for (const auto& verdict : record.verdicts) {
    if (!found || verdict.judgement > found->judgement) found = &verdict;
  }
  return found;
}

std::string violated(const RunRecord& record, const Verdict& verdict) {
  if (verdict.evidence.empty())
    return verdict.checker + ": " + clipped(first_sentence(verdict.reason), 2 * headline_clause);
  const Evidence& evidence = verdict.evidence.front();
  const std::string& said = evidence.sentence.empty() ? verdict.reason : evidence.sentence;
  std::string body =
      fmt::format("{}{}: {}", verdict.checker, clipped(on_key(evidence), 60),
                  said.size() <= headline_clause || evidence.anomaly.empty() ? first_sentence(said)
                                                                             : evidence.anomaly);
  if (const auto moment = moment_of(evidence)) {
    body += ", at " + seconds_text(*moment);
    const std::string faults = faults_at(record, *moment);
    if (!faults.empty()) body += ", " + clipped(faults, 2 * headline_clause);
  }
  if (verdict.violations > 1)
    body += fmt::format(" ({} violations in all)", grouped(verdict.violations));
  return body;
}

std::string satisfied(const RunRecord& record) {
  std::string names;
  std::uint64_t operations = 0;
  for (const auto& verdict : record.verdicts) {
    if (verdict.checker == "faults" || verdict.checker == "run")
      continue;  // on the run, not on the database
    names += (names.empty() ? "" : ", ") + verdict.checker;
    operations = std::max(operations, verdict.operations);
  }
  const FaultCounts faults = count_faults(record.receipts, record.never_begun.size());
  if (names.empty()) names = "what was judged";
  std::string body = fmt::format("{} held over {}", names, counted(operations, "operation"));
  if (faults.planned > 0) {
    body += fmt::format(", {} of {} exercised", faults.exercised, counted(faults.planned, "fault"));
  } else {
    body += ", with no fault";
  }
  return body;
}

}  // namespace

std::string on_key(const Evidence& evidence) {
  return evidence.key.empty() ? "" : " on key " + evidence.key;
}

std::optional<std::int64_t> moment_of(const Evidence& evidence) {
  std::optional<std::int64_t> latest;
  for (const auto& exhibit : evidence.exhibits) {
    if (exhibit.completed_at == Operation::no_time) continue;
    if (exhibit.ended == evidence.impossible_at && evidence.impossible_at != 0)
      return exhibit.completed_at;
    latest = std::max(latest.value_or(exhibit.completed_at), exhibit.completed_at);
  }
  return latest;
}

std::string faults_at(const RunRecord& record, std::int64_t moment) {
  constexpr std::int64_t near = 2'000'000'000;  // what a fault did often shows only when it is over
  std::string during, after;
  for (const auto& receipt : record.receipts) {
    if (!receipt.installed || *receipt.installed > moment) continue;
    if (!receipt.healed || *receipt.healed >= moment) {
      during += (during.empty() ? "during " : " and ") + described(receipt);
    } else if (moment - *receipt.healed <= near) {
      after = fmt::format("{} after {} had healed", seconds_text(moment - *receipt.healed),
                          described(receipt));
    }
  }
  return during.empty() ? after : during;
}

Headline headline(const RunRecord& record) {
  const Verdict* verdict = worst_verdict(record);
  Headline result;
  result.word = upper(name_of(record.judgement));
  if (verdict && !verdict->evidence.empty()) result.lede = verdict->evidence.front().sentence;
  if (!verdict) {
    result.body = "nothing was judged; see the notes";
  } else if (verdict->judgement == Judgement::violated) {
    result.body = violated(record, *verdict);
  } else if (verdict->judgement == Judgement::satisfied) {
    result.body = satisfied(record);
  } else {
    result.body =
        verdict->checker + ": " + clipped(first_sentence(verdict->reason), 2 * headline_clause);
  }
  return result;
}

}  // namespace tribunal
