// What every SQL client makes of failures, told by a session that fails where it is told to.
#include <gtest/gtest.h>

#include <map>

#include "clients/postgresql/client.h"
#include "clients/sql/client.h"
#include "clients/sql/dialogue.h"
#include "clients/sql/numbers.h"
#include "clients/sql/verdict.h"
#include "tests/clients/attempt.h"

namespace tribunal {
namespace {

using By = SqlFailure::By;

// What was asked, and what goes wrong at the first statement that begins so.
struct Script {
  std::vector<std::string> asked;
  std::map<std::string, SqlAnswer> answers;    // by how the statement begins
  std::map<std::string, SqlFailure> failures;  // likewise
  bool open = false, replica = false;
};

class ScriptedSession final : public SqlSession {
 public:
  explicit ScriptedSession(Script& script) : script_(script) {}
  void open(Deadline) override {
    script_.open = true;
    look_up("open");
  }
  SqlAnswer ask(const std::string& statement, Deadline) override {
    script_.asked.push_back(statement);
    look_up(statement);
    for (const auto& [begins, answer] : script_.answers)
      if (statement.starts_with(begins)) return answer;
    return {{}, 1};
  }
  void close() override { script_.open = false; }
  bool is_open() const override { return script_.open; }
  bool is_replica() const override { return script_.replica; }

 private:
  void look_up(const std::string& statement) {
    for (const auto& [begins, failure] : script_.failures) {
      if (!statement.starts_with(begins)) continue;
      if (failure.by != By::server) script_.open = false;
      throw failure;
    }
  }
  Script& script_;
};

Attempt call_of(Script& script, const Call& call, bool reads_at_replicas = false) {
  SqlClientPlan plan;
  plan.dialect = &postgresql_dialect();
  plan.reads_at_replicas = reads_at_replicas;
  return attempt(*sql_client(std::make_unique<ScriptedSession>(script), plan), call);
}

Attempt call_with(const std::string& at, const SqlFailure& failure, const Call& call) {
  Script script;
  script.failures.emplace(at, failure);
  return call_of(script, call);
}

const SqlFailure broken{By::silence, "", "gone"}, serialization{By::server, "40001", "again"},
    shutting_down{By::server, "57P01", "bye"}, closed{By::connecting, "", "refused"},
    full{By::refusal, "", "too many"};

TEST(SqlOutcome, WhoeverWasNotLetInHadNoEffect) {
  EXPECT_EQ(call_with("open", closed, Write{1, 2}), (Attempt{Outcome::failed, "refused"}));
  EXPECT_EQ(call_with("open", full, Write{1, 2}), (Attempt{Outcome::failed, "too many"}));
}

TEST(SqlOutcome, AStatementThatIsATransactionIsUnknownUnlessTheServerSaysOtherwise) {
  EXPECT_EQ(call_with("INSERT", broken, Write{1, 2}), (Attempt{Outcome::unknown, "gone"}));
  EXPECT_EQ(call_with("INSERT", shutting_down, Write{1, 2}), (Attempt{Outcome::unknown, "bye"}));
  EXPECT_EQ(call_with("INSERT", serialization, Write{1, 2}), (Attempt{Outcome::failed, "again"}));
}

TEST(SqlOutcome, AReadHasNoEffectHoweverItEnds) {
  for (const SqlFailure& failure : {broken, shutting_down, serialization})
    EXPECT_EQ(call_with("SELECT", failure, Read{1}).outcome, Outcome::failed);
}

TEST(SqlOutcome, WhatNobodyAskedToCommitHadNoEffect) {
  const Transfer transfer{1, 0, 1, 5};
  for (const char* at : {"BEGIN", "SELECT", "INSERT"})
    for (const SqlFailure& failure : {broken, shutting_down, serialization})
      EXPECT_EQ(call_with(at, failure, transfer).outcome, Outcome::failed) << at;
  EXPECT_EQ(call_with("COMMIT", broken, transfer), (Attempt{Outcome::unknown, "gone"}));
  EXPECT_EQ(call_with("COMMIT", shutting_down, transfer), (Attempt{Outcome::unknown, "bye"}));
  EXPECT_EQ(call_with("COMMIT", serialization, transfer), (Attempt{Outcome::failed, "again"}));
}

TEST(SqlOutcome, AnAnswerOfAnotherShapeIsNoAnswer) {
  Script script;
  script.answers["INSERT INTO ids"] = {{{"seven"}}, 1};
  EXPECT_EQ(call_of(script, Generate{0, 0}),
            (Attempt{Outcome::unknown, "the answer is no number"}));
  EXPECT_FALSE(script.open);
  script.answers["SELECT"] = {{{"1"}, {"2"}}, 0};
  EXPECT_EQ(call_of(script, Read{0}),
            (Attempt{Outcome::failed, "more than one row in the answer"}));
}

TEST(SqlTransaction, WhatFailsIsRolledBackAndTheSessionGoesOn) {
  Script script;
  script.failures.emplace("INSERT", serialization);
  call_of(script, Transfer{1, 0, 1, 5});
  EXPECT_EQ(script.asked.back(), "ROLLBACK");
  EXPECT_TRUE(script.open);
}

TEST(SqlTransaction, ASessionThatCannotRollBackIsClosed) {
  Script script;
  script.failures.emplace("INSERT", serialization);
  script.failures.emplace("ROLLBACK", serialization);
  EXPECT_EQ(call_of(script, Transfer{1, 0, 1, 5}), (Attempt{Outcome::failed, "again"}));
  EXPECT_FALSE(script.open);
}

TEST(SqlTransaction, OnALostSessionNothingIsSentAnyMore) {
  Script script;
  script.failures.emplace("INSERT", broken);
  call_of(script, Transfer{1, 0, 1, 5});
  EXPECT_TRUE(script.asked.back().starts_with("INSERT"));
}

TEST(SqlTransaction, AListOfStatementsIsOneTransaction) {
  Script script;
  script.answers["SELECT"] = {{{"7"}}, 0};
  SqlDialogue sql(std::make_unique<ScriptedSession>(script), Milliseconds(1000));
  sql.begin();
  const auto answers = sql.ask_together({"SELECT 7", "DELETE FROM lists"});
  ASSERT_EQ(answers.size(), 2u);
  EXPECT_EQ(optional_number(answers[0]), 7);
  EXPECT_EQ(script.asked,
            (std::vector<std::string>{"BEGIN", "SELECT 7", "DELETE FROM lists", "COMMIT"}));
}

TEST(SqlTransaction, MoneyThatIsNotThereMovesNothing) {
  Script script;
  script.answers["SELECT"] = {{{"3"}}, 0};
  EXPECT_EQ(call_of(script, Transfer{1, 0, 1, 5}), (Attempt{Outcome::failed, "not enough money"}));
  EXPECT_EQ(script.asked.back(), "ROLLBACK");
}

TEST(SqlReplica, RefusesWhatIsForThePrimaryAfterItAnswered) {
  Script script;
  script.replica = true;
  EXPECT_EQ(call_of(script, Write{1, 2}, true), (Attempt{Outcome::failed, "a replica"}));
  EXPECT_EQ(call_of(script, Read{1}), (Attempt{Outcome::failed, "a replica"}));
  EXPECT_EQ(script.asked, (std::vector<std::string>{"SELECT 1", "SELECT 1"}));
  script.answers["SELECT v"] = {{{"4"}}, 0};
  EXPECT_EQ(call_of(script, Read{1}, true).outcome, Outcome::ok);
}

TEST(SqlNumbers, ListsAreNumbersWithBlanks) {
  EXPECT_EQ(numbers_in_list({{{"3 -17 4"}}, 0}), (std::vector<Int>{3, -17, 4}));
  EXPECT_EQ(numbers_in_list({}), std::vector<Int>{});
  for (const char* bad : {"", "3  4", "3 ", "3,4", "99999999999999999999"})
    EXPECT_THROW(numbers_in_list({{{bad}}, 0}), SqlNonsense) << bad;
}

}  // namespace
}  // namespace tribunal
