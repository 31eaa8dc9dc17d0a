#include "clients/sql/verdict.h"

#include <algorithm>
#include <optional>

namespace tribunal {
namespace {

using By = SqlFailure::By;
constexpr auto any = std::nullopt;

struct VerdictRow {
  std::optional<By> by;
  std::optional<SqlEffect> effect;
  std::optional<Reach> reach;
  std::optional<Outcome> outcome;  // nothing: as the server's code says
};

// The first line that fits counts.
// clang-format off
const VerdictRow verdicts[] = {
    // A read has no effect however it ended.
    {any,            SqlEffect::reads, any,                Outcome::failed},
    // No statement was sent.
    {By::connecting, any,              any,                Outcome::failed},
    {By::refusal,    any,              any,                Outcome::failed},
    // Sent within a transaction that nobody asked to commit, and now nobody will.
    {any,            any,              Reach::uncommitted, Outcome::failed},
    // The answer is lost.
    {By::silence,    any,              any,                Outcome::unknown},
    {By::server,     any,              any,                any},
};
// clang-format on

template <class T>
bool fits_row(const std::optional<T>& wanted, const T& found) {
  return !wanted || *wanted == found;
}

}  // namespace

Outcome find_sql_outcome(const SqlFailure& failure, SqlEffect effect, Reach reach,
                         OutcomeOfCode outcome_of_code) {
  const auto& row =
      *std::find_if(std::begin(verdicts), std::end(verdicts), [&](const VerdictRow& candidate) {
        return fits_row(candidate.by, failure.by) && fits_row(candidate.effect, effect) &&
               fits_row(candidate.reach, reach);
      });
  return row.outcome ? *row.outcome : outcome_of_code(failure.code);
}

}  // namespace tribunal
