// A way to show a run to someone. Sees a run folder and nothing else.
#pragma once

#include <functional>
#include <ostream>
#include <string>

#include "harness/record/run_folder.h"

namespace tribunal {

struct Report {
  std::string name;  // "html", "junit", "markdown"
  std::string summary;
  std::function<void(const RunFolder&, std::ostream&)> write;
};

}  // namespace tribunal
