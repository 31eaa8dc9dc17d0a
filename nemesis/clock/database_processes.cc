#include "nemesis/clock/database_processes.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <sstream>
#include <stdexcept>

#include "harness/cluster/cell.h"

namespace tribunal {
namespace {

struct Kinship {
  char state = '?';
  pid_t session = 0;
};

std::optional<Kinship> kinship_of(pid_t process) {
  std::ifstream file(fmt::format("/proc/{}/stat", process));
  std::string text;
  std::getline(file, text, '\0');
  const auto close = text.rfind(')');  // its name is in parentheses and may hold anything
  if (close == std::string::npos) return {};
  std::istringstream rest(text.substr(close + 1));
  Kinship kinship;
  pid_t parent = 0, group = 0;
  rest >> kinship.state >> parent >> group >> kinship.session;
  return kinship;
}

std::string argument_of(pid_t process, int which) {
  std::ifstream file(fmt::format("/proc/{}/cmdline", process));
  std::string argument;
  for (int i = 0; i <= which; ++i) std::getline(file, argument, '\0');
  return file ? argument : std::string{};
}

// Tools are started by the name under which a program finds itself; each has a session of its own.
// A process that the host's init has only just begun still has the arguments of that.
bool is_tool(pid_t session) {
  return argument_of(session, 0) == "/proc/self/exe" && argument_of(session, 1) != cell_host_verb;
}

}  // namespace

void must_be_on_a_host() {
  if (argument_of(1, 1) != cell_host_verb)
    throw std::runtime_error("clocks are only moved on a host of a cell");
}

Beginnings::Beginnings() : file_(::open("/proc/loadavg", O_RDONLY | O_CLOEXEC)) {}

Beginnings::~Beginnings() {
  if (file_ >= 0) ::close(file_);
}

// The last word there is the number that was given last in this pid namespace.
bool Beginnings::any() {
  char text[128];
  const ssize_t length = ::pread(file_, text, sizeof text, 0);
  if (length <= 0) return true;
  const std::string_view all(text, static_cast<std::size_t>(length));
  const std::string_view last = all.substr(all.rfind(' ') + 1);
  if (last == last_) return false;
  last_ = last;
  return true;
}

std::vector<pid_t> numbered_processes() {
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir("/proc"), ::closedir);
  std::vector<pid_t> processes;
  if (!folder) return processes;
  while (const dirent* entry = ::readdir(folder.get())) {
    const std::string_view name = entry->d_name;
    pid_t process = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), process);
    if (error == std::errc{} && end == name.data() + name.size()) processes.push_back(process);
  }
  return processes;
}

bool is_of_database(pid_t process) {
  if (process == 1 || process == ::getpid()) return false;
  const auto kinship = kinship_of(process);
  return kinship && kinship->state != 'Z' && kinship->state != 'X' && !is_tool(kinship->session);
}

// A process that is ending has no memory any more before it is a zombie.
bool still_runs(pid_t process) {
  const auto kinship = kinship_of(process);
  if (!kinship || kinship->state == 'Z' || kinship->state == 'X') return false;
  std::ifstream memory(fmt::format("/proc/{}/auxv", process), std::ios::binary);
  return memory.get() != std::ifstream::traits_type::eof();
}

std::string command_of(pid_t process) {
  std::ifstream file(fmt::format("/proc/{}/comm", process));
  std::string name;
  std::getline(file, name);
  return name;
}

}  // namespace tribunal
