#include "clients/mariadb/session.h"

#include <errmsg.h>
#include <fmt/format.h>
#include <mysql.h>
#include <poll.h>
#include <sys/socket.h>

namespace tribunal {
namespace {

using By = SqlFailure::By;
using std::chrono::steady_clock;

struct CloseConnection {
  void operator()(MYSQL* connection) const { mysql_close(connection); }
};

// The library's own errors, such as a lost connection, have numbers from 2000 to 2999; the server's
// are below and above.
bool is_of_library(unsigned number) { return number >= CR_MIN_ERROR && number <= 2999; }

class MariadbSession final : public SqlSession {
 public:
  explicit MariadbSession(const MariadbLogin& login) : login_(login) {}
  ~MariadbSession() override { close(); }

  void open(Deadline until) override;
  SqlAnswer ask(const std::string& statement, Deadline until) override;
  void close() override;
  bool is_open() const override { return connected_; }

 private:
  void connect(Deadline until);
  void set_options();
  bool was_closed_by_server() const;
  bool finish(int waits_for, Deadline until, const auto& go_on);
  [[noreturn]] void failed(bool in_time);
  SqlAnswer take_answer(Deadline until);

  const MariadbLogin login_;
  std::unique_ptr<MYSQL, CloseConnection> connection_;
  bool connected_ = false;
};

void MariadbSession::close() {
  if (connection_ && mysql_get_socket(connection_.get()) != MARIADB_INVALID_SOCKET)
    shutdown(mysql_get_socket(connection_.get()), SHUT_RDWR);  // so that a farewell does not wait
  connection_.reset();
  connected_ = false;
}

// A server says nothing between statements, but as it hangs up.
bool MariadbSession::was_closed_by_server() const {
  pollfd socket{mysql_get_socket(connection_.get()), POLLIN, 0};
  return poll(&socket, 1, 0) != 0;
}

// Sees a call that was begun to its end, waiting for what it wants to wait for. False where time
// was up: then the connection is cut under it, and it has come to its end by that.
bool MariadbSession::finish(int waits_for, Deadline until, const auto& go_on) {
  bool in_time = true;
  while (waits_for != 0) {
    int events = MYSQL_WAIT_TIMEOUT;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - steady_clock::now());
    if (in_time && left.count() > 0) {
      const int wanted = ((waits_for & MYSQL_WAIT_READ) != 0 ? POLLIN : 0) |
                         ((waits_for & MYSQL_WAIT_WRITE) != 0 ? POLLOUT : 0);
      pollfd socket{mysql_get_socket(connection_.get()), static_cast<short>(wanted), 0};
      if (poll(&socket, 1, static_cast<int>(left.count())) == 0) continue;
      const int came = socket.revents;
      events = ((came & (POLLIN | POLLERR | POLLHUP)) != 0 ? waits_for & MYSQL_WAIT_READ : 0) |
               ((came & (POLLOUT | POLLERR | POLLHUP)) != 0 ? waits_for & MYSQL_WAIT_WRITE : 0);
    } else {
      in_time = false;
      if (mysql_get_socket(connection_.get()) != MARIADB_INVALID_SOCKET)
        shutdown(mysql_get_socket(connection_.get()), SHUT_RDWR);
    }
    waits_for = go_on(events);
  }
  return in_time;
}

void MariadbSession::set_options() {
  MYSQL* connection = connection_.get();
  const my_bool off = 0, on = 1;
  mysql_options(connection, MYSQL_OPT_NONBLOCK, nullptr);
  mysql_options(connection, MYSQL_OPT_RECONNECT, &off);
  mysql_options(connection, MYSQL_SET_CHARSET_NAME, "utf8mb4");
  const Access& access = login_.access;
  if (!access.tls) return;
  mysql_options(connection, MYSQL_OPT_SSL_ENFORCE, &on);
  if (!access.authority.empty()) {
    mysql_options(connection, MYSQL_OPT_SSL_CA, access.authority.c_str());
    mysql_options(connection, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &on);
  }
  if (access.certificate.empty()) return;
  mysql_options(connection, MYSQL_OPT_SSL_CERT, access.certificate.c_str());
  mysql_options(connection, MYSQL_OPT_SSL_KEY, access.key.c_str());
}

void MariadbSession::connect(Deadline until) {
  connection_.reset(mysql_init(nullptr));
  if (!connection_) throw SqlFailure(By::connecting, "", "out of memory");
  set_options();
  const std::size_t colon = login_.address.find(':');
  const std::string host = login_.address.substr(0, colon);
  const unsigned port = colon == std::string::npos
                            ? 3306
                            : static_cast<unsigned>(std::stoul(login_.address.substr(colon + 1)));
  const Access& access = login_.access;
  const std::string user = access.user.empty() ? login_.user : access.user;
  MYSQL* made = nullptr;
  const int waits_for = mysql_real_connect_start(&made, connection_.get(), host.c_str(),
                                                 user.c_str(), access.password.c_str(),
                                                 mariadb_schema, port, nullptr, CLIENT_FOUND_ROWS);
  const bool in_time = finish(waits_for, until, [&](int events) {
    return mysql_real_connect_cont(&made, connection_.get(), events);
  });
  if (made != nullptr && in_time) {
    connected_ = true;
    return;
  }
  const unsigned number = mysql_errno(connection_.get());
  const std::string words = !in_time ? "no connection in time"
                            : is_of_library(number)
                                ? "could not connect"
                                : fmt::format("{} {}", number, mysql_error(connection_.get()));
  close();
  throw SqlFailure(in_time && !is_of_library(number) ? By::refusal : By::connecting, "", words);
}

void MariadbSession::open(Deadline until) {
  if (connected_ && was_closed_by_server()) close();
  if (connected_) return;
  connect(until);
  if (login_.settings.empty()) return;
  try {
    ask("SET SESSION " + login_.settings, until);
  } catch (const SqlFailure& failure) {
    close();
    throw SqlFailure(By::connecting, failure.code, failure.what());
  }
}

void MariadbSession::failed(bool in_time) {
  const unsigned number = mysql_errno(connection_.get());
  const std::string words = mysql_error(connection_.get());
  if (in_time && number != 0 && !is_of_library(number))
    throw SqlFailure(By::server, fmt::to_string(number), fmt::format("{} {}", number, words));
  close();
  throw SqlFailure(By::silence, "", in_time ? "connection closed without an answer" : "timed out");
}

SqlAnswer MariadbSession::take_answer(Deadline until) {
  SqlAnswer answer;
  MYSQL_RES* stored = nullptr;
  const int waits_for = mysql_store_result_start(&stored, connection_.get());
  const bool in_time = finish(waits_for, until, [&](int events) {
    return mysql_store_result_cont(&stored, connection_.get(), events);
  });
  const std::unique_ptr<MYSQL_RES, decltype(&mysql_free_result)> result(stored, &mysql_free_result);
  if (!in_time || (!result && mysql_field_count(connection_.get()) != 0)) failed(in_time);
  answer.changed = mysql_affected_rows(connection_.get());
  if (!result) return answer;
  const unsigned columns = mysql_num_fields(result.get());
  while (MYSQL_ROW row = mysql_fetch_row(result.get())) {
    const unsigned long* lengths = mysql_fetch_lengths(result.get());
    auto& cells = answer.rows.emplace_back();
    for (unsigned column = 0; column < columns; ++column) {
      if (row[column] == nullptr)
        cells.emplace_back();
      else
        cells.emplace_back(std::string(row[column], lengths[column]));
    }
  }
  return answer;
}

SqlAnswer MariadbSession::ask(const std::string& statement, Deadline until) {
  if (!connected_) throw SqlFailure(By::connecting, "", "not connected");
  int error = 0;
  const int waits_for = mysql_real_query_start(&error, connection_.get(), statement.data(),
                                               static_cast<unsigned long>(statement.size()));
  const bool in_time = finish(waits_for, until, [&](int events) {
    return mysql_real_query_cont(&error, connection_.get(), events);
  });
  if (!in_time || error != 0) failed(in_time);
  return take_answer(until);
}

}  // namespace

std::unique_ptr<SqlSession> mariadb_session(const MariadbLogin& login) {
  return std::make_unique<MariadbSession>(login);
}

}  // namespace tribunal
