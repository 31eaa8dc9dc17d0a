// Runs the body of a test inside a cell of its own; its failures are the test's.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>

#include "harness/cluster/cell.h"

namespace tribunal {

class Folder {
 public:
  Folder() {
    std::string pattern = std::filesystem::temp_directory_path() / "tribunal-test-XXXXXX";
    path_ = ::mkdtemp(pattern.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline void in_cell(std::size_t hosts, const std::function<void(Cluster&, const Folder&)>& body,
                    LoopKeeper* loop_keeper = nullptr) {
  const Folder folder;
  const int code = inside_cell([&] {
    const auto cluster =
        build_cell({hosts, folder.path() / "logs", folder.path() / "data", loop_keeper});
    body(*cluster, folder);
    return ::testing::Test::HasFailure() ? 1 : 0;
  });
  EXPECT_EQ(code, 0);
}

}  // namespace tribunal
