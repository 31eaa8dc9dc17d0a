// Fills the frame. Slots are filled in one pass, so that what fills one is never read as a
// template.
#include "reports/html/page.h"

#include <fmt/format.h>

#include <functional>
#include <map>

#include "reports/escape.h"
#include "reports/headline.h"
#include "reports/html/assets.h"
#include "reports/html/columns.h"
#include "reports/html/packed.h"
#include "reports/html/run_json.h"
#include "reports/html/tables.h"
#include "reports/run_record.h"

namespace tribunal {
namespace {

using Slots = std::map<std::string_view, std::function<void(std::ostream&)>>;

void fill(std::string_view page, const Slots& slots, std::ostream& out) {
  while (true) {
    const auto opening = page.find("{{");
    out << page.substr(0, opening);
    if (opening == std::string_view::npos) return;
    const auto closing = page.find("}}", opening);
    slots.at(page.substr(opening + 2, closing - opening - 2))(out);
    page.remove_prefix(closing + 2);
  }
}

void write_columns(const Columns& columns, std::ostream& out) {
  for (const auto& [name, bytes] : columns.columns) {
    out << "<script type=\"application/octet-stream\" id=\"column-" << name << "\">"
        << packed(bytes) << "</script>\n";
  }
}

// Scripts and styles run only with it: an injected element would be inert even if an escape failed.
// It depends on the data alone, so that a report of the same folder is the same file.
std::string nonce_for(std::string_view data) {
  std::uint64_t mixed = 0xcbf29ce484222325ULL;  // FNV-1a
  for (const unsigned char c : data) mixed = (mixed ^ c) * 0x100000001b3ULL;
  return fmt::format("{:016x}", mixed);
}

std::string title_of(const RunRecord& record, const Headline& head) {
  std::string title = head.word;
  if (!record.facts.workload.empty()) title += ": " + record.facts.workload;
  if (!record.facts.database.empty()) title += " on " + record.facts.database;
  return title;
}

}  // namespace

void write_html(const RunFolder& folder, std::ostream& out) {
  RunRecord record = read_record(folder);
  const History history = read_history_into(folder, record.notes);
  const Columns columns = columns_of(history);
  const Headline head = headline(record);
  const std::string json = run_json(record, history, columns);
  const std::string nonce = nonce_for(json);
  std::string judgement(name_of(record.judgement));
  if (const auto space = judgement.find(' '); space != std::string::npos) judgement[space] = '-';

  Slots slots;
  const auto text = [&](std::string_view name, std::string_view value) {
    slots[name] = [shown = markup_escaped(value)](std::ostream& to) { to << shown; };
  };
  const auto markup = [&](std::string_view name, std::string value) {
    slots[name] = [shown = std::move(value)](std::ostream& to) { to << shown; };
  };
  text("title", title_of(record, head));
  text("judgement", judgement);
  text("icon", icon_of(record.judgement));
  text("word", head.word);
  text("body", head.body);
  text("lede", clipped(head.lede, 2000));
  text("command", record.facts.command.empty() ? "(not recorded)" : record.facts.command);
  text("run", folder.path().filename().string());
  markup("nonce", nonce);
  markup("style", std::string(assets::style));
  markup("script", std::string(assets::script));
  markup("notes", notes_html(record));
  markup("claim", claim_html(record));
  markup("done", done_html(record, history));
  markup("verdicts", verdicts_html(record));
  markup("environment", environment_html(record, folder.path().filename().string()));
  slots["json"] = [&](std::ostream& to) { to << json; };
  slots["columns"] = [&](std::ostream& to) { write_columns(columns, to); };
  fill(assets::page, slots, out);
}

}  // namespace tribunal
