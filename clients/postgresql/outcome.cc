#include "clients/postgresql/outcome.h"

#include <algorithm>
#include <string_view>

namespace tribunal {
namespace {

// The codes that begin so, and what they mean for a statement that may have committed.
struct SqlstateRow {
  std::string_view begins;
  Outcome outcome;
};
constexpr Outcome failed = Outcome::failed, unknown = Outcome::unknown;

// The first line that fits counts. What is failed has its reason here: an ERROR of the transaction
// itself rolls it back, for after its commit record is written there is none any more
// (RecordTransactionCommit), only warnings. All else is unknown.
// clang-format off
constexpr SqlstateRow sqlstates[] = {
    // "statement completion unknown", in a class whose others are all certain.
    {"40003", unknown},
    // Rolled back for the sake of others: 40001 serialization failure, 40P01 deadlock, and 40000,
    // our own word for a COMMIT that was answered by ROLLBACK.
    {"40", failed},
    // Values or state that the statement does not fit: 22 data, 23 constraints (23505: the key is
    // there), 25 state of the transaction (25006: a standby, 25P02: failed before), 42 no such
    // table. All are found as the statement is carried out, or, for constraints, before the commit
    // record.
    {"22", failed},
    {"23", failed},
    {"25", failed},
    {"42", failed},
    {"0A000", failed},  // not supported, such as serializable transactions on a standby
    // It waited for a row too long.
    {"55P03", failed},
    // Too long in all: the server's own statement_timeout is turned off before it commits
    // (finish_xact_command), and a cancelled wait for replicas is no error but a warning.
    {"57014", failed},
    // Among the others: 57P01 and 57P02, the server is shut down, perhaps as the commit waits for
    // replicas; 01000, our own for that warning; 53, out of something; 58 and XX, who knows.
    {"", unknown},
};
// clang-format on

}  // namespace

Outcome outcome_of_sqlstate(const std::string& code) {
  return std::find_if(std::begin(sqlstates), std::end(sqlstates),
                      [&](const SqlstateRow& row) { return code.starts_with(row.begins); })
      ->outcome;
}

}  // namespace tribunal
