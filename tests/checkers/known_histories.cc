#include "tests/checkers/known_histories.h"

#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

namespace tribunal {
namespace {

namespace fs = std::filesystem;

// What the collection calls the model, as we call it.
const std::map<std::string, std::string> models = {
    {"cas-register", "cas-register"},
    {"multi-register", "multi-register"},
    {"mutex", "mutex"},
    {"kv (per-key string; not a Knossos model)", "key-value"},
    {"Register", "register"},
    {"CASRegister", "cas-register"},
};

std::vector<std::string> columns_of(const std::string& line) {
  std::vector<std::string> columns;
  std::istringstream text(line);
  for (std::string column; std::getline(text, column, '\t');) columns.push_back(column);
  return columns;
}

// "-i 0", "-i {:x,0,:y,0}": every key starts as 0 there.
std::string initial_of(const std::string& options) {
  if (options.find("-i ") == std::string::npos) return "";
  return options.find('{') == std::string::npos ? options.substr(options.find("-i ") + 3) : "0";
}

void add_indexed(std::vector<KnownHistory>& known, const fs::path& folder) {
  std::ifstream file(folder / "INDEX.tsv");
  for (std::string line; std::getline(file, line);) {
    const std::vector<std::string> columns = columns_of(line);
    const auto model = models.find(columns.at(2));
    if (model == models.end()) continue;
    known.push_back(
        {columns[0], model->second, initial_of(columns.at(3)), columns.at(5) == "true"});
  }
}

// The text between `before` and the next `after` in the line; empty if there is none.
std::string between(const std::string& line, const std::string& before, const std::string& after) {
  const std::size_t found = line.find(before);
  if (found == std::string::npos) return "";
  const std::size_t begin = found + before.size();
  return line.substr(begin, line.find(after, begin) - begin);
}

// Only Knossos's cases name a model: `:opts {:model "#knossos.model.Register{:value 0}", ...}`.
void add_tested(std::vector<KnownHistory>& known, const fs::path& folder) {
  std::ifstream file(folder / "from-tests" / "cases.edn");
  for (std::string line; std::getline(file, line);) {
    const auto model = models.find(between(line, "#knossos.model.", "{"));
    const std::string verdict = between(line, ":valid? ", ",");
    if (model == models.end() || verdict == ":unknown") continue;
    const std::string initial = between(line, "{:value ", "}");
    known.push_back({"from-tests/" + between(line, "{:file \"", "\""), model->second,
                     initial == "nil" ? "" : initial, verdict == "true"});
  }
}

}  // namespace

fs::path known_histories_folder() {
  const char* named = std::getenv("TRIBUNAL_HISTORIES");
  if (named != nullptr) return named;
  return fs::path(TRIBUNAL_SOURCE).parent_path() / "shared/histories";
}

std::vector<KnownHistory> known_histories() {
  std::vector<KnownHistory> known;
  const fs::path folder = known_histories_folder();
  if (!fs::exists(folder / "INDEX.tsv")) return known;
  add_indexed(known, folder);
  add_tested(known, folder);
  return known;
}

}  // namespace tribunal
