// Looks for a line in what servers write to their logs from now on.
#pragma once

#include <filesystem>
#include <map>
#include <regex>
#include <string>
#include <vector>

namespace tribunal {

class LogWatch {
 public:
  // `folders`: of hosts; what their files hold by now is not looked at, nor are the logs of tools.
  LogWatch(std::vector<std::filesystem::path> folders, const std::string& pattern);

  // Whether a whole line that matches has been written since the last look.
  bool met();

 private:
  template <class See>
  void each_log(const See& see) const;

  const std::vector<std::filesystem::path> folders_;
  const std::regex pattern_;
  std::map<std::filesystem::path, std::uintmax_t> read_;  // bytes of each file
};

}  // namespace tribunal
