// Tests of a SQL server need it and a cell, and are skipped where one is missing.
#pragma once

#include <string>

#include "harness/cluster/cell.h"
#include "harness/parts/database.h"
#include "harness/record/error.h"

namespace tribunal {

// Why there can be no server of that database in a cell here; empty: there can.
inline std::string why_no_server(const Database& database) {
  try {
    database.find("");
  } catch (const Error& missing) {
    return missing.what();
  }
  static const auto checks = check_cell();
  for (const CellCheck& check : checks)
    if (!check.works) return check.what + ": " + check.why;
  return {};
}

}  // namespace tribunal
