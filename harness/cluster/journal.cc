#include "harness/cluster/journal.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <sstream>

#include "harness/record/error.h"

namespace tribunal {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* ending = ".journal";

// Root of this machine, and not only of a user namespace of our own.
bool is_root_of_machine() {
  std::ifstream map("/proc/self/uid_map");
  unsigned inside = 1, outside = 1;
  return ::geteuid() == 0 && map >> inside >> outside && inside == 0 && outside == 0;
}

[[noreturn]] void refuse(const fs::path& path, const char* what) {
  throw Error(Blame::environment,
              fmt::format("cannot {} {}: {}", what, path.string(), std::strerror(errno)),
              "a fault that changes this machine outside of the cell is written down there first; "
              "name another folder in TRIBUNAL_STATE");
}

void sync_folder(const fs::path& folder) {
  const Descriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!descriptor || ::fsync(descriptor.number()) != 0) refuse(folder, "sync");
}

std::string own_name() {
  std::random_device chance;
  return fmt::format("{:08x}{:08x}", chance(), chance());
}

bool take_lock(const Descriptor& file) { return ::flock(file.number(), LOCK_EX | LOCK_NB) == 0; }

// What a journal says that stands, newest first. A line that was cut short is of something that
// was never made.
std::vector<Leftover> standing_in(const fs::path& path) {
  std::map<int, Leftover> standing;
  std::ifstream lines(path);
  for (std::string line; std::getline(lines, line);) {
    const json entry = json::parse(line, nullptr, false);
    if (!entry.is_object()) continue;
    if (entry.contains("undone")) standing.erase(entry.value("undone", 0));
    if (entry.contains("kind"))
      standing[entry.value("number", 0)] = {entry.value("kind", ""), entry.value("what", "")};
  }
  std::vector<Leftover> newest_first;
  for (auto entry = standing.rbegin(); entry != standing.rend(); ++entry)
    newest_first.push_back(entry->second);
  return newest_first;
}

Recovery recover_one(const Leftover& leftover) {
  using Outcome = Recovery::Outcome;
  const std::string name = leftover.kind + " " + leftover.what;
  try {
    return {undo_leftover(leftover) ? Outcome::undone : Outcome::was_gone, name};
  } catch (const std::runtime_error& trouble) {
    return {Outcome::failed, fmt::format("{}: {}", name, trouble.what())};
  }
}

std::vector<Recovery> recover_journal(const fs::path& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file && errno == ENOENT) return {};  // its run has just ended
  if (!file) return {{Recovery::Outcome::failed, path.string() + ": " + std::strerror(errno)}};
  if (!take_lock(file)) return {{Recovery::Outcome::still_runs, path.filename()}};
  std::vector<Recovery> done;
  for (const auto& leftover : standing_in(path)) done.push_back(recover_one(leftover));
  const bool failed = std::any_of(done.begin(), done.end(), [](const Recovery& one) {
    return one.outcome == Recovery::Outcome::failed;
  });
  if (!failed) ::unlink(path.c_str());
  return done;
}

}  // namespace

fs::path journal_folder() {
  const auto named = [](const char* variable) {
    const char* text = ::getenv(variable);
    return fs::path(text == nullptr ? "" : text);
  };
  if (const auto state = named("TRIBUNAL_STATE"); !state.empty()) return state / "journal";
  if (is_root_of_machine()) return "/var/lib/tribunal/journal";
  if (const auto state = named("XDG_STATE_HOME"); state.is_absolute())
    return state / "tribunal/journal";
  const auto home = named("HOME");
  return (home.is_absolute() ? home : fs::path("/tmp")) / ".local/state/tribunal/journal";
}

Journal::~Journal() {
  const std::scoped_lock lock(mutex_);
  std::map<int, Leftover> failed;
  for (auto entry = standing_.rbegin(); entry != standing_.rend(); ++entry)
    if (recover_one(entry->second).outcome == Recovery::Outcome::failed) failed.insert(*entry);
  standing_ = std::move(failed);
  close_if_empty();
}

// Under another name until it is locked, so that nobody takes it for that of a dead run.
void Journal::open() {
  std::error_code failed;
  fs::create_directories(folder_, failed);
  const std::string name = own_name();
  const fs::path hidden = folder_ / ("." + name);
  file_ =
      Descriptor(::open(hidden.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0644));
  if (!file_ || !take_lock(file_)) refuse(hidden, "make the journal");
  path_ = folder_ / (name + ending);
  if (::rename(hidden.c_str(), path_.c_str()) != 0) refuse(path_, "make the journal");
  sync_folder(folder_);
}

void Journal::append(const std::string& line) {
  const std::string text = line + "\n";
  if (::write(file_.number(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
      ::fsync(file_.number()) != 0)
    refuse(path_, "write to the journal");
}

void Journal::close_if_empty() {
  if (!file_ || !standing_.empty()) return;
  ::unlink(path_.c_str());
  file_ = Descriptor();
}

void Journal::write_down(const Leftover& leftover) {
  const std::scoped_lock lock(mutex_);
  if (!file_) open();
  const int number = ++last_;
  append(json{{"number", number}, {"kind", leftover.kind}, {"what", leftover.what}}.dump());
  standing_[number] = leftover;
}

void Journal::undo(const Leftover& leftover) {
  const std::scoped_lock lock(mutex_);
  undo_leftover(leftover);
  const auto entry = std::find_if(standing_.begin(), standing_.end(),
                                  [&](const auto& one) { return one.second == leftover; });
  if (entry == standing_.end()) return;
  append(json{{"undone", entry->first}}.dump());
  standing_.erase(entry);
  close_if_empty();
}

std::vector<Recovery> recover(const fs::path& folder) {
  std::vector<fs::path> journals;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(folder, failed))
    if (entry.path().extension() == ending) journals.push_back(entry.path());
  if (failed && failed != std::errc::no_such_file_or_directory)
    throw Error(Blame::environment,
                fmt::format("cannot read {}: {}", folder.string(), failed.message()));
  std::sort(journals.begin(), journals.end());
  std::vector<Recovery> all;
  for (const auto& path : journals)
    for (auto& one : recover_journal(path)) all.push_back(std::move(one));
  return all;
}

}  // namespace tribunal
