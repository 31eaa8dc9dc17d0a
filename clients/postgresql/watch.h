// How a PostgreSQL server is seen from outside, by who operates it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "clients/sql/session.h"

namespace tribunal {

struct PostgresView {
  bool in_recovery = false;
  std::uint64_t received = 0;  // bytes of the log that are on its disk, as far as it tells
  std::uint64_t replayed = 0;
  bool streaming = false;  // from whoever it follows
  std::string follows;     // its primary_conninfo
};

// One server, with a session that is kept. Used by one thread.
class PostgresWatch {
 public:
  explicit PostgresWatch(const std::string& address);

  // Nothing where it does not answer in time.
  std::optional<PostgresView> look(std::chrono::milliseconds patience);
  // Statements, one after the other; false where one failed.
  bool tell(const std::vector<std::string>& statements, std::chrono::milliseconds patience);

 private:
  std::unique_ptr<SqlSession> session_;
};

}  // namespace tribunal
