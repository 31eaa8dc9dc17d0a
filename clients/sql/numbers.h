// Numbers in answers of a SQL server, which has to have sent what it was asked for.
#pragma once

#include "clients/sql/session.h"
#include "harness/record/call.h"

namespace tribunal {

// An answer came, but not of the shape that was asked for.
struct SqlNonsense : SqlFailure {
  explicit SqlNonsense(const std::string& words) : SqlFailure(By::silence, "", words) {}
};

// All of these throw SqlNonsense.
Int number_in_text(const std::string& text);
// Rows of `columns` numbers, none of which is NULL.
std::vector<std::vector<Int>> number_rows(const SqlAnswer& answer, std::size_t columns);
std::vector<Int> number_column(const SqlAnswer& answer);
// Of at most one row of one column: nothing if there is no row or NULL in it.
std::optional<Int> optional_number(const SqlAnswer& answer);
// The same of text, "3 17 4": numbers with blanks between them.
std::vector<Int> numbers_in_list(const SqlAnswer& answer);

}  // namespace tribunal
