#include "nemesis/clock/faketime_host.h"

#include <unistd.h>

#include <algorithm>
#include <sstream>

#include "nemesis/clock/clock_tool.h"
#include "nemesis/clock/clock_way.h"
#include "nemesis/tool_question.h"

namespace tribunal {
namespace {

constexpr Milliseconds patience_for_a_version(5000);
constexpr int not_found = 127;  // a program below /tmp or /run, which each host has of its own
constexpr const char* preload = "LD_PRELOAD";

bool fits_libfaketime(const std::string& program) {
  try {
    return way_of(facts_of_program(program)).way == ClockWay::faketime;
  } catch (const std::runtime_error&) {
    return false;  // whoever starts it will say that it is not there
  }
}

std::map<std::string, std::string> environment_for_a_start(Host& host) {
  return ask_tool(host, clock_verb, {{"do", "environment"}});
}

// Not in its data folder, should it begin to serve.
bool runs_as_well(Host& host, const std::string& program) {
  std::vector<std::string> truly{"/usr/bin/env", "--chdir=/"}, moved = truly;
  for (const auto& [name, value] : environment_for_a_start(host))
    moved.push_back(name + "=" + value);
  for (auto* command : {&truly, &moved}) command->insert(command->end(), {program, "--version"});
  const auto first = host.run(truly, patience_for_a_version);
  if (first.timed_out || first.status == not_found) return false;
  const auto second = host.run(moved, patience_for_a_version);
  return !second.timed_out && second.status == first.status &&
         second.err.find("libfaketime") == std::string::npos;
}

// An executable file, by its path or by a name that is found where a host looks; else empty.
std::string program_called(const std::string& word) {
  const auto runs = [](const std::string& path) {
    return std::filesystem::is_regular_file(path) && ::access(path.c_str(), X_OK) == 0;
  };
  if (word.starts_with('/')) return runs(word) ? word : "";
  for (const char* folder : {"/usr/local/sbin/", "/usr/local/bin/", "/usr/sbin/", "/usr/bin/"})
    if (!word.empty() && word.find('/') == std::string::npos && runs(folder + word))
      return folder + word;
  return {};
}

}  // namespace

std::vector<std::string> programs_in(const std::vector<std::string>& command) {
  std::vector<std::string> programs;
  for (std::string argument : command) {
    if (const auto whole = program_called(argument); !whole.empty()) {
      programs.push_back(whole);
      continue;
    }
    for (char& sign : argument)
      if (std::string_view("\"'`;&|()").find(sign) != std::string_view::npos) sign = ' ';
    std::istringstream words(argument);
    for (std::string word; words >> word;)
      if (const auto program = program_called(word); !program.empty()) programs.push_back(program);
  }
  return programs;
}

bool FaketimePrograms::contains(Host& host, const std::string& program) {
  const std::scoped_lock lock(mutex_);
  const auto known = found_.find(program);
  if (known != found_.end()) return known->second;
  return found_[program] = fits_libfaketime(program) && runs_as_well(host, program);
}

int FaketimeHost::start(const Daemon& daemon) {
  const auto programs = programs_in(daemon.command);
  const bool better = std::any_of(programs.begin(), programs.end(), [&](const auto& program) {
    return programs_.contains(host_, program);
  });
  if (!better || daemon.environment.contains(preload)) return host_.start(daemon);
  Daemon furnished = daemon;
  furnished.environment.merge(environment_for_a_start(host_));
  return host_.start(furnished);
}

}  // namespace tribunal
