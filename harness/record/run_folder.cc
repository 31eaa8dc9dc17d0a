#include "harness/record/run_folder.h"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <system_error>

#include "harness/record/error.h"
#include "harness/record/run_json.h"

namespace tribunal {
namespace {

namespace fs = std::filesystem;

// An open file, closed at the end of its scope.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int number() const { return number_; }
  bool is_open() const { return number_ >= 0; }

 private:
  int number_;
};

[[noreturn]] void fail_to_write(const fs::path& path, int code) {
  throw Error(Blame::environment, fmt::format("cannot write {}: {}", path.string(), strerror(code)),
              "make the folder writable, with space left on its disk");
}

// 0, or the errno of the write that failed.
int write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return ::fsync(descriptor) == 0 || errno == EINVAL ? 0 : errno;
}

void make_folder(const fs::path& path) {
  std::error_code code;
  fs::create_directories(path, code);
  if (code) fail_to_write(path, code.value());
}

// By way of a second link and a rename, so that there is a `latest` at every moment.
void point_latest_at(const fs::path& folder) {
  const fs::path latest = folder.parent_path() / "latest";
  const fs::path fresh = folder.parent_path() / (".latest-" + folder.filename().string());
  std::error_code code;
  fs::remove(fresh, code);
  fs::create_directory_symlink(folder.filename(), fresh, code);
  if (!code) fs::rename(fresh, latest, code);
  if (!code) return;
  std::error_code ignored;
  fs::remove(fresh, ignored);
  throw Error(Blame::environment,
              fmt::format("cannot point the link {} at {}: {}", latest.string(), folder.string(),
                          code.message()),
              fmt::format("move {} away if it is no link", latest.string()));
}

// A run that was killed may leave a last line without an end; that line is no record.
bool parses(const std::string& line) { return Json::accept(line); }

}  // namespace

RunFolder RunFolder::create(const fs::path& parent, const std::string& name) {
  if (name.empty() || name.find('/') != std::string::npos || name == "." || name == "..") {
    throw Error(Blame::usage, fmt::format("'{}' cannot be part of the name of a folder", name),
                "use letters, digits and dashes");
  }
  make_folder(parent);
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  ::localtime_r(&now, &local);
  const std::string base = fmt::format("{}-{:%Y%m%dT%H%M%S}", name, local);
  constexpr int most = 10000;
  for (int suffix = 1; suffix < most; ++suffix) {
    const fs::path path = parent / (suffix == 1 ? base : fmt::format("{}-{}", base, suffix));
    if (::mkdir(path.c_str(), 0777) == 0) {
      point_latest_at(path);
      return RunFolder(path);
    }
    if (errno != EEXIST) fail_to_write(path, errno);
  }
  throw Error(Blame::environment,
              fmt::format("{} holds {} runs of this second", parent.string(), most));
}

RunFolder RunFolder::open(const fs::path& path) {
  RunFolder folder(path);
  std::error_code code;
  if (!fs::exists(folder.history(), code)) {
    throw Error(Blame::usage,
                fmt::format("{} is no run folder: it has no history.jsonl", path.string()),
                "give the folder that a run printed, or its parent's 'latest'");
  }
  return folder;
}

void RunFolder::write_spec(const std::string& yaml) const { write_file(spec(), yaml); }

namespace {

void write_faults(const fs::path& file, const std::vector<PlannedFault>& planned) {
  Json json = Json::array();
  for (const auto& fault : planned) json.push_back(to_json(fault));
  write_file(file, json_text(json, 2) + "\n");
}

}  // namespace

void RunFolder::write_schedule(const std::vector<PlannedFault>& planned) const {
  write_faults(schedule(), planned);
}

void RunFolder::write_replay(const std::vector<PlannedFault>& realised) const {
  write_faults(replay(), realised);
}

void RunFolder::append_receipt(const Receipt& receipt) const {
  const Descriptor file(
      ::open(receipts().c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666));
  if (!file.is_open()) fail_to_write(receipts(), errno);
  const int code = write_all(file.number(), json_text(to_json(receipt), -1) + "\n");
  if (code != 0) fail_to_write(receipts(), code);
}

void RunFolder::write_verdicts(const std::vector<Verdict>& list) const {
  write_file(verdicts(), verdicts_json(list));
}

void RunFolder::write_facts(const RunFacts& facts) const {
  write_file(environment(), json_text(to_json(facts), 2) + "\n");
}

std::string RunFolder::read_spec() const { return fs::exists(spec()) ? read_file(spec()) : ""; }

std::vector<PlannedFault> read_schedule(const fs::path& file) {
  std::vector<PlannedFault> planned;
  const JsonDocument document(file.string(), read_file(file));
  for (const auto& item : document.root().items()) planned.push_back(planned_fault_from(item));
  return planned;
}

std::vector<PlannedFault> RunFolder::read_schedule() const {
  return fs::exists(schedule()) ? tribunal::read_schedule(schedule()) : std::vector<PlannedFault>{};
}

std::vector<Receipt> RunFolder::read_receipts() const {
  std::vector<Receipt> list;
  if (!fs::exists(receipts())) return list;
  const std::string text = read_file(receipts());
  std::size_t line_number = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    std::string line = text.substr(begin, end - begin);
    if (end == text.size() && !parses(line)) break;
    const JsonDocument document(receipts().string(), std::move(line), ++line_number);
    list.push_back(receipt_from(document.root()));
    begin = end + 1;
  }
  std::stable_sort(list.begin(), list.end(), [](const Receipt& a, const Receipt& b) {
    return a.planned.id < b.planned.id;  // in the file they lie as they ended
  });
  return list;
}

std::vector<Verdict> RunFolder::read_verdicts() const {
  if (!fs::exists(verdicts())) return {};
  const JsonDocument document(verdicts().string(), read_file(verdicts()));
  return verdicts_from(document.root());
}

RunFacts RunFolder::read_facts() const {
  if (!fs::exists(environment())) return {};
  const JsonDocument document(environment().string(), read_file(environment()));
  return facts_from(document.root());
}

std::string verdicts_json(const std::vector<Verdict>& verdicts) {
  return json_text(to_json(verdicts), 2) + "\n";
}

void write_file(const fs::path& path, std::string_view text) {
  if (path.has_parent_path()) make_folder(path.parent_path());
  std::string temporary = path.string() + ".XXXXXX";
  const Descriptor file(::mkostemp(temporary.data(), O_CLOEXEC));
  if (!file.is_open()) fail_to_write(path, errno);
  int code = write_all(file.number(), text);
  if (code == 0 && ::fchmod(file.number(), 0644) != 0) code = errno;
  if (code == 0 && ::rename(temporary.c_str(), path.c_str()) != 0) code = errno;
  if (code == 0) return;
  ::unlink(temporary.c_str());
  fail_to_write(path, code);
}

std::string read_file(const fs::path& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::string text;
  ssize_t got = file.is_open() ? 1 : -1;
  while (got > 0) {
    const std::size_t before = text.size();
    text.resize(before + (std::size_t{1} << 16) + before / 2);
    do got = ::read(file.number(), text.data() + before, text.size() - before);
    while (got < 0 && errno == EINTR);
    text.resize(before + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  }
  if (got == 0) return text;
  throw Error(Blame::usage, fmt::format("cannot read {}: {}", path.string(), strerror(errno)),
              "check the path and who may read it");
}

}  // namespace tribunal
