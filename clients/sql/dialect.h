// Where the SQL of two servers differs, and the tables that every workload stands in.
#pragma once

#include <string>
#include <vector>

#include "clients/sql/verdict.h"

namespace tribunal {

struct SqlDialect {
  // What follows an INSERT so that, where a row of that key is there already, `change` is made of
  // it: " ON CONFLICT (k) DO UPDATE SET v = 3".
  std::string (*or_else)(const std::string& key, const std::string& change);
  // A column of text with more text behind it: "elements || ' 3'".
  std::string (*appended)(const std::string& column, const std::string& text);
  std::string text;      // a column of text without a limit
  std::string identity;  // a key that the server counts up
  OutcomeOfCode outcome_of_code;
};

// One statement a table, without a semicolon.
std::vector<std::string> sql_schema(const SqlDialect& dialect);

}  // namespace tribunal
