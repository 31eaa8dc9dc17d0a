#include "harness/cluster/local_processes.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace tribunal {
namespace {

namespace fs = std::filesystem;

std::string namespace_of(const std::string& pid) {
  std::error_code gone;
  return fs::read_symlink(fmt::format("/proc/{}/ns/pid", pid), gone).string();
}

// Its number in the innermost namespace that it has one in; 0: it is gone.
int innermost_number(const std::string& pid) {
  std::ifstream status("/proc/" + pid + "/status");
  for (std::string line; std::getline(status, line);) {
    if (!line.starts_with("NSpid:")) continue;
    std::istringstream numbers(line.substr(6));
    int number = 0;
    while (numbers >> number) {
    }
    return number;
  }
  return 0;
}

}  // namespace

std::vector<int> local_processes(int init, const std::vector<int>& within) {
  const std::string wanted = namespace_of(std::to_string(init));
  std::vector<int> found;
  if (wanted.empty()) return found;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    int pid = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (error != std::errc{} || end != name.data() + name.size()) continue;
    if (namespace_of(name) != wanted) continue;
    const int number = innermost_number(name);
    if (std::find(within.begin(), within.end(), number) != within.end()) found.push_back(pid);
  }
  return found;
}

}  // namespace tribunal
