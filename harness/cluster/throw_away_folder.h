// A folder for something that is only tried; gone at the end.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <string>

#include "harness/record/error.h"

namespace tribunal {

class ThrowAwayFolder {
 public:
  ThrowAwayFolder() {
    std::string pattern = std::filesystem::temp_directory_path() / "tribunal-check-XXXXXX";
    if (!::mkdtemp(pattern.data()))
      throw Error(Blame::environment, "cannot make a folder " + pattern,
                  "set TMPDIR to one that can be written");
    path_ = pattern;
  }
  ~ThrowAwayFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ThrowAwayFolder(const ThrowAwayFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace tribunal
