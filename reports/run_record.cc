// Reads a run folder for a report, forgivingly.
#include "reports/run_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "harness/record/error.h"
#include "harness/record/history_file.h"
#include "reports/words.h"

namespace tribunal {
namespace {

template <class Read>
auto read_or_note(Read read, std::string_view what, std::vector<std::string>& notes)
    -> decltype(read()) {
  try {
    return read();
  } catch (const std::exception& error) {
    notes.push_back(fmt::format("{} could not be read: {}", what, error.what()));
    return {};
  }
}

// A receipt is written again as its fault proceeds; the last one counts.
std::vector<Receipt> latest_of_each(std::vector<Receipt> receipts) {
  std::vector<Receipt> latest;
  std::set<int> seen;
  for (auto it = receipts.rbegin(); it != receipts.rend(); ++it) {
    if (seen.insert(it->planned.id).second) latest.push_back(std::move(*it));
  }
  std::sort(latest.begin(), latest.end(),
            [](const Receipt& a, const Receipt& b) { return a.planned.id < b.planned.id; });
  return latest;
}

}  // namespace

RunRecord read_record(const RunFolder& folder) {
  RunRecord record;
  std::vector<std::string> unread;
  record.facts = read_or_note([&] { return folder.read_facts(); }, "environment.json", unread);
  record.spec = read_or_note([&] { return folder.read_spec(); }, "spec.yaml", unread);
  record.verdicts = read_or_note([&] { return folder.read_verdicts(); }, "verdicts.json", unread);
  record.receipts =
      latest_of_each(read_or_note([&] { return folder.read_receipts(); }, "faults.jsonl", unread));
  const auto schedule =
      read_or_note([&] { return folder.read_schedule(); }, "schedule.json", unread);
  for (const auto& planned : schedule) {
    const bool begun =
        std::any_of(record.receipts.begin(), record.receipts.end(),
                    [&](const Receipt& receipt) { return receipt.planned.id == planned.id; });
    if (!begun) record.never_begun.push_back(planned);
  }
  if (!record.facts.interrupted.empty()) {
    record.notes.push_back(fmt::format("The run was interrupted ({}) and did not reach its end.",
                                       record.facts.interrupted));
  }
  record.notes.insert(record.notes.end(), record.facts.notes.begin(), record.facts.notes.end());
  record.notes.insert(record.notes.end(), unread.begin(), unread.end());
  if (record.verdicts.empty())
    record.notes.push_back("Nothing was judged: the run folder holds no verdict.");
  record.judgement = worst(record.verdicts);
  return record;
}

History read_history_into(const RunFolder& folder, std::vector<std::string>& notes) {
  History history =
      read_or_note([&] { return read_history(folder.history()); }, "The history", notes);
  if (history.truncated) {
    notes.push_back(
        "The history's last line has no end: the run was killed while it was written, and that "
        "line is left out.");
  }
  return history;
}

std::optional<Verdict> verdict_on_faults(const RunRecord& record) {
  for (const auto& verdict : record.verdicts) {
    if (verdict.checker == "faults") return verdict;
  }
  if (record.receipts.empty() && record.never_begun.empty()) return std::nullopt;
  std::string broken, idle;
  const auto add = [](std::string& text, const std::string& more) {
    text += (text.empty() ? "" : "; ") + more;
  };
  for (const auto& receipt : record.receipts) {
    const std::string name = described(receipt);
    if (!receipt.failure.empty()) {
      add(broken, name + ": " + receipt.failure);
    } else if (receipt.installed && !receipt.heal_verified) {
      add(broken, name + " was not seen to heal");
    } else if (!receipt.exercised) {
      add(idle, name + " was never exercised");
    }
  }
  for (const auto& planned : record.never_begun)
    add(idle, planned.name() + " was planned and never begun");
  Verdict verdict;
  verdict.checker = "faults";
  verdict.judgement = !broken.empty() ? Judgement::harness_error
                      : !idle.empty() ? Judgement::vacuous
                                      : Judgement::satisfied;
  verdict.reason = !broken.empty() ? broken : idle;
  return verdict;
}

}  // namespace tribunal
