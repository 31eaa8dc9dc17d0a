#include "clients/sql/dialogue.h"

namespace tribunal {

void SqlDialogue::begin() {
  reach_ = Reach::uncommitted;
  until_ = std::chrono::steady_clock::now() + timeout_;
  session_->open(until_);
}

SqlAnswer SqlDialogue::ask(const std::string& statement) {
  reach_ = Reach::may_commit;
  return session_->ask(statement, until_);
}

SqlAnswer SqlDialogue::step(const std::string& statement) {
  return session_->ask(statement, until_);
}

std::vector<SqlAnswer> SqlDialogue::ask_together(const std::vector<std::string>& statements) {
  return in_transaction([&](SqlDialogue& sql) {
    std::vector<SqlAnswer> answers;
    for (const auto& statement : statements) answers.push_back(sql.step(statement));
    return answers;
  });
}

void SqlDialogue::commit() {
  reach_ = Reach::may_commit;
  session_->ask("COMMIT", until_);
}

// What failed keeps its own words, whatever becomes of this; a session that cannot even roll back
// is of no use any more.
void SqlDialogue::roll_back() {
  if (!session_->is_open()) return;
  try {
    session_->ask("ROLLBACK", until_);
  } catch (const SqlFailure&) {
    session_->close();
  }
}

}  // namespace tribunal
