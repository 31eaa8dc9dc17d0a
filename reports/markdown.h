// A run as a Markdown summary for a CI page or a comment: at most 64 KB, whatever the run was.
#pragma once

#include <ostream>

#include "harness/record/run_folder.h"

namespace tribunal {

void write_markdown(const RunFolder& folder, std::ostream& out);

}  // namespace tribunal
