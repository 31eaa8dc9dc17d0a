// The tribunal binary, run as a user runs it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace tribunal {

struct Ended {
  int status = 0;   // exit code, or 128 + signal
  std::string out;  // stdout and stderr together
};

// Runs it to its end with `input` on standard input; killed (and the test failed) after five
// minutes.
Ended tribunal(const std::vector<std::string>& arguments, const std::string& input = {});

// Starts it in the background with its output in `log`; returns its pid.
int begin_tribunal(const std::vector<std::string>& arguments, const std::filesystem::path& log);

// The one run folder below `runs`; fails the test if there is none.
std::filesystem::path run_folder(const std::filesystem::path& runs);

// Whether this machine can run etcd in a cell; the reason for a skip otherwise.
bool can_run_etcd(std::string& why);

}  // namespace tribunal
