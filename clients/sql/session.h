// One connection to one SQL server, spoken to a statement at a time. What PostgreSQL and MariaDB
// share is written against this.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace tribunal {

using Deadline = std::chrono::steady_clock::time_point;

struct SqlAnswer {
  std::vector<std::vector<std::optional<std::string>>> rows;  // nothing: NULL
  std::uint64_t changed = 0;                                  // rows that it changed
};

// Why a statement has no answer that counts.
struct SqlFailure : std::runtime_error {
  enum class By {
    server,      // it answered, with the code that is given
    silence,     // the connection broke, the answer made no sense, or time was up
    connecting,  // as before, but there was no session yet: no statement was sent
    refusal,     // the server answered that it lets nobody in now, or not this one
  };
  SqlFailure(By who, std::string the_code, const std::string& words)
      : std::runtime_error(words), by(who), code(std::move(the_code)) {}
  By by;
  std::string code;  // the server's own: SQLSTATE, or an error number; may be empty
};

// Used by one thread. Nothing is ever sent twice, and a session that was lost is closed, so that a
// late answer cannot pass for the next one; the next open() makes a new one.
class SqlSession {
 public:
  virtual ~SqlSession() = default;

  // Connects if it is not connected. Throws SqlFailure by connecting or refusal.
  virtual void open(Deadline until) = 0;
  // Throws SqlFailure by server or silence. Of COMMIT, an answer that says that it was rolled back
  // is a failure by the server.
  virtual SqlAnswer ask(const std::string& statement, Deadline until) = 0;
  virtual void close() = 0;
  virtual bool is_open() const = 0;
  // Whether this server only shows what another has written, so that a call that needs the
  // primary is to be refused. pre: open
  virtual bool is_replica() const { return false; }
};

}  // namespace tribunal
