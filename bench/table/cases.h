// The cases that the table measures.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "harness/parts/checker.h"

namespace tribunal {

struct BenchCase {
  std::string name;
  std::string verdict;  // that it must get
  std::string aim;
  std::function<std::vector<History>()> histories;  // judged one after another
  // Checks one of them: "satisfied", "violated", ...
  std::function<std::string(const History&, const Budget&)> judge;
};

// Those of files only where TRIBUNAL_HISTORIES names the folder that holds them.
std::vector<BenchCase> bench_cases();

}  // namespace tribunal
