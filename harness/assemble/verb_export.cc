// `tribunal export` and `tribunal report`: what was recorded in another notation, and shown.
#include <fmt/format.h>

#include <iostream>

#include "harness/assemble/judge_folder.h"
#include "harness/assemble/verbs.h"
#include "harness/parts/catalogue.h"
#include "harness/record/history_file.h"
#include "reports/catalogue.h"

namespace tribunal {
namespace {

struct Notation {
  std::string name;
  std::string (*write)(const History& history);
};

int export_verb(const std::string& what, const std::string& format, const std::string& out) {
  static const std::vector<Notation> notations = {{"edn", write_edn}, {"jsonl", write_history}};
  const auto& notation = find(notations, "notation of histories", format);
  const bool folder = what != "-" && std::filesystem::is_directory(what);
  const auto history =
      read_history(folder ? RunFolder::open(what).history() : std::filesystem::path(what));
  const auto text = notation.write(history);
  if (out.empty()) {
    std::cout << text << std::flush;
  } else {
    write_file(out, text);
  }
  return 0;
}

int report_verb(const std::string& what, const std::string& name, const std::string& out) {
  const auto folder = RunFolder::open(what);
  const auto& report = find(reports(), "report", name);
  const auto file = !out.empty()     ? std::filesystem::path(out)
                    : name == "html" ? folder.report()
                                     : folder.report().parent_path() /
                                           (name == "junit" ? "junit.xml" : "summary.md");
  write_report(folder, report.name, file);
  std::cout << std::filesystem::absolute(file).string() << std::endl;
  return 0;
}

}  // namespace

void add_export(CLI::App& app, int& exit) {
  auto* verb =
      app.add_subcommand("export", "write a history in another notation, such as Jepsen's EDN");
  const auto what = std::make_shared<std::string>(), format = std::make_shared<std::string>("edn"),
             out = std::make_shared<std::string>();
  verb->add_option("what", *what, "a run folder, a history, or - for standard input")->required();
  verb->add_option("--format", *format, "edn or jsonl [edn]")->type_name("NAME");
  verb->add_option("--out", *out, "where to [standard output]")->type_name("FILE");
  verb->callback([what, format, out, &exit] { exit = export_verb(*what, *format, *out); });
}

void add_report(CLI::App& app, int& exit) {
  auto* verb = app.add_subcommand("report", "write a report of a run folder and print its path");
  const auto what = std::make_shared<std::string>(), name = std::make_shared<std::string>("html"),
             out = std::make_shared<std::string>();
  verb->add_option("what", *what, "a run folder")->required();
  verb->add_option("--format", *name, "one of `tribunal list reports` [html]")->type_name("NAME");
  verb->add_option("--out", *out, "where to [in the run folder]")->type_name("FILE");
  verb->callback([what, name, out, &exit] { exit = report_verb(*what, *name, *out); });
}

}  // namespace tribunal
