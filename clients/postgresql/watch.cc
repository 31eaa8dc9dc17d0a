#include "clients/postgresql/watch.h"

#include "clients/postgresql/session.h"
#include "clients/sql/numbers.h"

namespace tribunal {
namespace {

constexpr const char* question =
    "SELECT pg_is_in_recovery()::int, "
    "coalesce(pg_last_wal_receive_lsn() - '0/0', 0)::bigint, "
    "coalesce(pg_last_wal_replay_lsn() - '0/0', 0)::bigint, "
    "(SELECT count(*) FROM pg_stat_wal_receiver WHERE status = 'streaming'), "
    "current_setting('primary_conninfo')";

}  // namespace

PostgresWatch::PostgresWatch(const std::string& address) {
  PostgresLogin login;
  login.address = address;
  login.user = postgres_operator;
  login.statement_timeout = std::chrono::milliseconds(10'000);
  session_ = postgres_session(login);
}

std::optional<PostgresView> PostgresWatch::look(std::chrono::milliseconds patience) {
  const Deadline until = std::chrono::steady_clock::now() + patience;
  try {
    session_->open(until);
    const SqlAnswer answer = session_->ask(question, until);
    if (answer.rows.size() != 1 || answer.rows[0].size() != 5) throw SqlNonsense("another shape");
    const auto& row = answer.rows[0];
    PostgresView view;
    view.in_recovery = row[0] == "1";
    view.received = static_cast<std::uint64_t>(number_in_text(row[1].value_or("")));
    view.replayed = static_cast<std::uint64_t>(number_in_text(row[2].value_or("")));
    view.streaming = row[3] != "0";
    view.follows = row[4].value_or("");
    return view;
  } catch (const SqlFailure&) {
    session_->close();
    return std::nullopt;
  }
}

bool PostgresWatch::tell(const std::vector<std::string>& statements,
                         std::chrono::milliseconds patience) {
  const Deadline until = std::chrono::steady_clock::now() + patience;
  try {
    session_->open(until);
    for (const auto& statement : statements) session_->ask(statement, until);
    return true;
  } catch (const SqlFailure&) {
    session_->close();
    return false;
  }
}

}  // namespace tribunal
