// A run as one HTML file: it opens from file://, asks the network for nothing, and carries every
// operation as compressed columns that the page inflates. README of the parts: report.html is the
// frame, *.js what draws.
#pragma once

#include <ostream>

#include "harness/record/run_folder.h"

namespace tribunal {

void write_html(const RunFolder& folder, std::ostream& out);

}  // namespace tribunal
