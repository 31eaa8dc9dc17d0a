// Writes sample run folders with their reports into a folder, to be looked at: make_samples OUT
// [OPERATIONS].
#include <fmt/core.h>

#include <chrono>
#include <fstream>

#include "reports/catalogue.h"
#include "tests/reports/sample.h"

namespace tribunal {
namespace {

void write_reports(const RunFolder& folder, const std::string& name,
                   const std::filesystem::path& out) {
  const auto began = std::chrono::steady_clock::now();
  for (const auto& report : reports()) {
    const std::string ending = report.name == "junit"      ? "xml"
                               : report.name == "markdown" ? "md"
                                                           : "html";
    std::ofstream file(out / (name + "." + ending), std::ios::binary);
    report.write(folder, file);
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  fmt::print("{}: {:.2f} s, {} bytes of HTML\n", name, took.count(),
             std::filesystem::file_size(out / (name + ".html")));
}

}  // namespace
}  // namespace tribunal

int main(int count, char** arguments) {
  using namespace tribunal;
  if (count < 2) {
    fmt::print(stderr, "usage: {} OUT [OPERATIONS]\n", arguments[0]);
    return 64;
  }
  const std::filesystem::path out = arguments[1];
  std::filesystem::create_directories(out);
  Sample sample;
  if (count > 2) {
    sample.operations = std::stoull(arguments[2]);
    sample.calls_a_second = sample.operations / 60;
    sample.workers = 60;
    sample.faults = 6;
    sample.judgement = Judgement::violated;
    write_reports(make_sample(out / "runs", sample), "large", out);
    return 0;
  }
  write_reports(make_sample(out / "runs", sample), "satisfied", out);
  sample.judgement = Judgement::violated;
  write_reports(make_sample(out / "runs", sample), "violated", out);
  sample.operations = 900;
  sample.judgement = Judgement::vacuous;
  write_reports(make_sample(out / "runs", sample), "vacuous", out);
  write_reports(make_empty(out / "runs"), "empty", out);
  write_reports(
      make_hostile(out / "runs",
                   "</script><img src=x onerror=\"document.title='pwned'\">'`|\x01 \xff {{json}}"),
      "hostile", out);
  return 0;
}
