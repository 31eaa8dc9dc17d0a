#include "harness/run/log_watch.h"

#include <fstream>

namespace tribunal {

namespace fs = std::filesystem;

template <class See>
void LogWatch::each_log(const See& see) const {
  for (const auto& folder : folders_) {
    std::error_code gone;
    for (const auto& entry : fs::directory_iterator(folder, gone)) {
      const auto name = entry.path().filename().string();
      if (name.ends_with(".log") && !name.starts_with("tribunal-")) see(entry.path());
    }
  }
}

LogWatch::LogWatch(std::vector<fs::path> folders, const std::string& pattern)
    : folders_(std::move(folders)), pattern_(pattern) {
  each_log([&](const fs::path& file) {
    std::error_code gone;
    read_[file] = fs::file_size(file, gone);
  });
}

bool LogWatch::met() {
  bool found = false;
  each_log([&](const fs::path& file) {
    std::ifstream in(file);
    in.seekg(static_cast<std::streamoff>(read_[file]));
    for (std::string line; std::getline(in, line) && !in.eof();) {
      read_[file] += line.size() + 1;
      constexpr std::size_t longest = 4096;  // std::regex recurses on every character
      found = found || std::regex_search(line.substr(0, longest), pattern_);
    }
  });
  return found;
}

}  // namespace tribunal
