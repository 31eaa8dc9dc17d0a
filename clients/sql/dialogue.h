// The statements of one call to a SQL server, within its time: alone, or several in one
// transaction. It remembers whether one that may have an effect was sent, which is what the outcome
// of a failed call hangs on.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "clients/sql/session.h"
#include "harness/cluster/host.h"

namespace tribunal {

// How far a call has come: what breaks before it may commit certainly had no effect, since the
// server rolls back what nobody asked it to commit.
enum class Reach { uncommitted, may_commit };

class SqlDialogue {
 public:
  SqlDialogue(std::unique_ptr<SqlSession> session, Milliseconds timeout)
      : session_(std::move(session)), timeout_(timeout) {}

  void begin();  // a call; connects if need be
  // A statement that is a transaction by itself.
  SqlAnswer ask(const std::string& statement);
  // All of them in one transaction; returns their answers. Throws SqlFailure.
  std::vector<SqlAnswer> ask_together(const std::vector<std::string>& statements);
  // The same where what is asked hangs on answers: `steps` is given `this` and calls step(), and
  // whatever it throws rolls back.
  template <class Steps>
  auto in_transaction(const Steps& steps);
  SqlAnswer step(const std::string& statement);

  Reach reach() const { return reach_; }
  void close() { session_->close(); }
  bool is_replica() const { return session_->is_replica(); }

 private:
  void commit();
  void roll_back();

  std::unique_ptr<SqlSession> session_;
  Milliseconds timeout_;
  Deadline until_{};
  Reach reach_ = Reach::uncommitted;
};

template <class Steps>
auto SqlDialogue::in_transaction(const Steps& steps) {
  session_->ask("BEGIN", until_);
  try {
    auto result = steps(*this);
    commit();
    return result;
  } catch (...) {
    roll_back();
    throw;
  }
}

}  // namespace tribunal
