#include "clients/postgresql/session.h"

#include <fmt/format.h>
#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <cstring>
#include <string_view>

namespace tribunal {
namespace {

using By = SqlFailure::By;
using std::chrono::steady_clock;

struct FinishConnection {
  void operator()(PGconn* connection) const { PQfinish(connection); }
};
struct ClearResult {
  void operator()(PGresult* result) const { PQclear(result); }
};
using Result = std::unique_ptr<PGresult, ClearResult>;

// The server's code and the first line of its words: what is the same for the same cause.
std::string code_of(const PGresult* result) {
  const char* code = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  return code == nullptr ? "" : code;
}
std::string words_of_result(const PGresult* result) {
  const char* words = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  return fmt::format("{} {}", code_of(result), words == nullptr ? "no words" : words);
}

class PostgresSession final : public SqlSession {
 public:
  explicit PostgresSession(const PostgresLogin& login) : login_(login) {}

  void open(Deadline until) override;
  SqlAnswer ask(const std::string& statement, Deadline until) override;
  void close() override { connection_.reset(); }
  bool is_open() const override { return connection_ != nullptr; }
  bool is_replica() const override { return replica_; }

 private:
  static void take_notice(void* self, const PGresult* notice);
  bool says_replica() const;
  bool was_closed_by_server();
  void connect(Deadline until);
  [[noreturn]] void connection_failed();
  void set_up(Deadline until);
  bool wait(short events, Deadline until) const;
  void send(const std::string& statement, Deadline until);
  Result next_result(Deadline until);
  [[noreturn]] void lost(const std::string& words);
  [[noreturn]] void refused_by_server(const PGresult* result);

  const PostgresLogin login_;
  std::unique_ptr<PGconn, FinishConnection> connection_;
  bool replica_ = false;
  bool wait_was_cancelled_ = false;  // by a notice to the statement under way
};

// A commit whose wait for the replicas was broken off is answered as if it were a commit like any
// other, with this warning before it.
void PostgresSession::take_notice(void* self, const PGresult* notice) {
  const char* words = PQresultErrorField(notice, PG_DIAG_MESSAGE_PRIMARY);
  if (words != nullptr && std::strstr(words, "synchronous replication") != nullptr)
    static_cast<PostgresSession*>(self)->wait_was_cancelled_ = true;
}

// As the server last said by itself; since PostgreSQL 14.
bool PostgresSession::says_replica() const {
  const char* status = PQparameterStatus(connection_.get(), "in_hot_standby");
  return status != nullptr && std::strcmp(status, "on") == 0;
}

// Seen before anything is sent on it, so that nothing need be unknown.
bool PostgresSession::was_closed_by_server() {
  for (int look = 0; look < 3; ++look) {  // its last words come before the end
    pollfd socket{PQsocket(connection_.get()), POLLIN, 0};
    if (poll(&socket, 1, 0) == 0) break;
    if (PQconsumeInput(connection_.get()) == 0) return true;
    PQisBusy(connection_.get());  // takes notice of what came
  }
  return PQstatus(connection_.get()) == CONNECTION_BAD;
}

// What it was when the session began decides how its transactions are isolated, so a standby that
// was promoted gets a new session.
void PostgresSession::open(Deadline until) {
  if (connection_ && was_closed_by_server()) close();
  if (connection_ && replica_ != says_replica()) close();
  if (connection_) return;
  connect(until);
  replica_ = says_replica();
  set_up(until);
}

void PostgresSession::connect(Deadline until) {
  const std::size_t colon = login_.address.find(':');
  const std::string host = login_.address.substr(0, colon);
  const std::string port = colon == std::string::npos ? "5432" : login_.address.substr(colon + 1);
  const Access& access = login_.access;
  const std::string user = access.user.empty() ? login_.user : access.user;
  const std::string tls = !access.tls                ? "disable"
                          : access.authority.empty() ? "require"
                                                     : "verify-ca";
  const char* names[] = {"host",
                         "port",
                         "user",
                         "password",
                         "dbname",
                         "sslmode",
                         "sslrootcert",
                         "sslcert",
                         "sslkey",
                         "gssencmode",
                         "client_encoding",
                         "options",
                         "target_session_attrs",
                         nullptr};
  const char* values[] = {host.c_str(),
                          port.c_str(),
                          user.c_str(),
                          access.password.c_str(),
                          "postgres",
                          tls.c_str(),
                          access.authority.c_str(),
                          access.certificate.c_str(),
                          access.key.c_str(),
                          "disable",
                          "UTF8",
                          "-c client_min_messages=warning",
                          "any",
                          nullptr};
  connection_.reset(PQconnectStartParams(names, values, 0));
  if (!connection_) throw SqlFailure(By::connecting, "", "out of memory");
  PostgresPollingStatusType status = PGRES_POLLING_WRITING;
  while (status != PGRES_POLLING_OK) {
    if (status == PGRES_POLLING_FAILED || PQstatus(connection_.get()) == CONNECTION_BAD)
      connection_failed();
    if (!wait(status == PGRES_POLLING_READING ? POLLIN : POLLOUT, until)) {
      close();
      throw SqlFailure(By::connecting, "", "no connection in time");
    }
    status = PQconnectPoll(connection_.get());
  }
  PQsetnonblocking(connection_.get(), 1);
  PQsetNoticeReceiver(connection_.get(), &take_notice, this);
}

// Its words name addresses and ports, and so are not the same for the same cause.
void PostgresSession::connection_failed() {
  const std::string_view said = PQerrorMessage(connection_.get());
  std::string words = "could not connect";
  for (const std::string_view known :
       {"Connection refused", "No route to host", "Network is unreachable",
        "the database system is starting up", "the database system is shutting down",
        "the database system is in recovery mode",
        "the database system is not accepting connections", "too many clients already",
        "remaining connection slots are reserved", "server closed the connection unexpectedly",
        "Connection reset by peer"}) {
    if (said.find(known) != std::string_view::npos) words = known;
  }
  const bool answered = said.find("FATAL") != std::string_view::npos;
  if (answered && words == "could not connect")
    words = std::string(said.substr(said.find("FATAL"), said.find('\n') - said.find("FATAL")));
  close();
  throw SqlFailure(answered ? By::refusal : By::connecting, "", words);
}

void PostgresSession::set_up(Deadline until) {
  const bool lower = replica_ && login_.isolation == "serializable";
  const std::string set_up_session = fmt::format(
      "SET default_transaction_isolation = '{}'; SET statement_timeout = {}; "
      "SET idle_in_transaction_session_timeout = {}",
      lower ? "repeatable read" : login_.isolation, login_.statement_timeout.count(),
      10 * login_.statement_timeout.count());
  try {
    ask(set_up_session, until);
  } catch (const SqlFailure& failure) {
    close();
    throw SqlFailure(By::connecting, failure.code, failure.what());
  }
}

// False when time is up.
bool PostgresSession::wait(short events, Deadline until) const {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - steady_clock::now());
  if (left.count() <= 0) return false;
  pollfd socket{PQsocket(connection_.get()), events, 0};
  const int ready = poll(&socket, 1, static_cast<int>(left.count()));
  return ready != 0;  // what an error of the socket is, libpq says
}

void PostgresSession::lost(const std::string& words) {
  close();
  throw SqlFailure(By::silence, "", words);
}

void PostgresSession::send(const std::string& statement, Deadline until) {
  if (PQsendQuery(connection_.get(), statement.c_str()) == 0)
    lost("connection closed without an answer");
  int left = 0;
  while ((left = PQflush(connection_.get())) == 1)
    if (!wait(POLLIN | POLLOUT, until) || PQconsumeInput(connection_.get()) == 0)
      lost("timed out before it was sent whole");
  if (left < 0) lost("connection closed without an answer");
}

Result PostgresSession::next_result(Deadline until) {
  while (PQisBusy(connection_.get()) != 0) {
    if (!wait(POLLIN, until)) lost("timed out");
    if (PQconsumeInput(connection_.get()) == 0) lost("connection closed without an answer");
  }
  return Result(PQgetResult(connection_.get()));
}

// libpq makes up an error without a code where the connection broke.
void PostgresSession::refused_by_server(const PGresult* result) {
  const std::string code = code_of(result), words = words_of_result(result);
  if (code.empty()) lost("connection closed without an answer");
  if (PQstatus(connection_.get()) == CONNECTION_BAD) close();
  throw SqlFailure(By::server, code, words);
}

SqlAnswer PostgresSession::ask(const std::string& statement, Deadline until) {
  if (!connection_) throw SqlFailure(By::connecting, "", "not connected");
  wait_was_cancelled_ = false;
  send(statement, until);
  SqlAnswer answer;
  Result error;
  std::string tag;
  bool begun = false;
  while (Result result = next_result(until)) {
    begun = true;
    const auto status = PQresultStatus(result.get());
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) {
      tag = PQcmdStatus(result.get());
      const std::string changed = PQcmdTuples(result.get());
      answer.changed = changed.empty() ? 0 : std::stoull(changed);
      for (int row = 0; row < PQntuples(result.get()); ++row) {
        auto& cells = answer.rows.emplace_back();
        for (int column = 0; column < PQnfields(result.get()); ++column) {
          if (PQgetisnull(result.get(), row, column) != 0)
            cells.emplace_back();
          else
            cells.emplace_back(PQgetvalue(result.get(), row, column));
        }
      }
    } else if (!error) {
      error = std::move(result);
    }
  }
  if (error) refused_by_server(error.get());
  if (!begun || PQstatus(connection_.get()) == CONNECTION_BAD)
    lost("connection closed without an answer");
  if (wait_was_cancelled_)
    throw SqlFailure(By::server, "01000", "the wait for synchronous replication was cancelled");
  // A transaction that had failed before answers so, and no error.
  if (statement == "COMMIT" && tag != "COMMIT")
    throw SqlFailure(By::server, "40000", "40000 COMMIT was answered by " + tag);
  return answer;
}

}  // namespace

std::unique_ptr<SqlSession> postgres_session(const PostgresLogin& login) {
  return std::make_unique<PostgresSession>(login);
}

}  // namespace tribunal
