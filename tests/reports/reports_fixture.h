// A folder of its own for each test, and a report as text.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>
#include <string>

#include "harness/parts/catalogue.h"
#include "reports/catalogue.h"
#include "tests/reports/sample.h"

namespace tribunal {

inline const std::string hostile_text =
    "</script><img src=x onerror=\"alert(1)\">'`|&<b>\n\x01\xff ]]> {{json}} https://evil.example "
    "<!-- --> \xe2\x80\xae";

class Reports : public testing::Test {
 protected:
  Reports() {
    std::string name =
        (std::filesystem::temp_directory_path() / "tribunal-reports-XXXXXX").string();
    parent_ = ::mkdtemp(name.data());
  }
  ~Reports() override { std::filesystem::remove_all(parent_); }

  static std::string written(const std::string& report, const RunFolder& folder) {
    std::ostringstream out;
    find(reports(), "report", report).write(folder, out);
    return out.str();
  }

  std::filesystem::path parent_;
};

inline std::size_t count_of(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1))
    ++count;
  return count;
}

}  // namespace tribunal
