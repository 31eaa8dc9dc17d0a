#include "harness/cluster/host_processes.h"

#include <signal.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>

namespace tribunal {
namespace {

namespace fs = std::filesystem;

struct Status {
  std::string command;
  char state = '?';
  int session = 0;
};

// The command is in parentheses and may hold anything, parentheses too: what follows it follows the
// last one.
std::optional<Status> read_status(const fs::path& file) {
  std::ifstream in(file);
  std::string text;
  std::getline(
      in, text,
      '\0');  // sets a flag where a plain iterator would throw: the process may just have gone
  const auto open = text.find('('), close = text.rfind(')');
  if (open == std::string::npos || close == std::string::npos) return {};
  Status status{text.substr(open + 1, close - open - 1), '?', 0};
  std::istringstream rest(text.substr(close + 1));
  int parent = 0, group = 0;
  rest >> status.state >> parent >> group >> status.session;
  return status;
}

bool has_ended(char state) { return state == 'Z' || state == 'X'; }

char state_of_threads(const fs::path& process, char leader) {
  if (leader != 'T' && leader != 'Z') return leader;
  std::error_code gone;
  for (const auto& task : fs::directory_iterator(process / "task", gone)) {
    const auto status = read_status(task.path() / "stat");
    if (status && status->state != 'T' && !has_ended(status->state)) return status->state;
  }
  return leader;
}

std::optional<int> number_of(const fs::path& entry) {
  const std::string name = entry.filename().string();
  int pid = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
  if (error != std::errc{} || end != name.data() + name.size()) return {};
  return pid;
}

}  // namespace

std::vector<HostProcess> list_processes(const std::set<int>& excepted) {
  std::vector<HostProcess> found;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    const auto pid = number_of(entry.path());
    if (!pid || *pid == 1) continue;
    const auto status = read_status(entry.path() / "stat");
    if (!status || excepted.contains(status->session)) continue;
    const char state = state_of_threads(entry.path(), status->state);
    found.push_back({{*pid, status->command, state}, status->session});
  }
  return found;
}

void signal_processes(int signal, const std::set<int>& excepted) {
  std::set<int> reached;
  constexpr int most_rounds = 20;
  for (int round = 0; round < most_rounds; ++round) {
    const std::size_t before = reached.size();
    for (const auto& [process, session] : list_processes(excepted))
      if (!has_ended(process.state) && reached.insert(process.pid).second)
        ::kill(process.pid, signal);
    if (reached.size() == before) return;
  }
}

}  // namespace tribunal
