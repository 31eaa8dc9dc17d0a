#include "tests/clients/sql_calls.h"

namespace tribunal {
namespace {

const Attempt sql_done{Outcome::ok, ""};

template <class C>
C completed(Client& client, const C& call) {
  const Attempt result = attempt(client, call);
  EXPECT_EQ(result, sql_done);
  return std::get<C>(result.call);
}

void serve_registers(Client& client, Key key) {
  EXPECT_EQ(completed(client, Read{key}).value, std::nullopt);
  completed(client, Write{key, INT64_MIN});
  completed(client, Write{key, 2});
  EXPECT_EQ(attempt(client, Cas{key, 1, 3}), (Attempt{Outcome::failed, "value did not match"}));
  completed(client, Cas{key, 2, 3});
  EXPECT_EQ(completed(client, Read{key}).value, 3);
  completed(client, Write{key + 100, 1});
  completed(client, Delete{key + 100});
  EXPECT_EQ(completed(client, Read{key + 100}).value, std::nullopt);
}

void serve_collections(Client& client, Key key) {
  for (const Int element : {4, -7, 5}) {
    completed(client, Add{key, element});
    completed(client, Append{key, element});
    completed(client, Enqueue{key, element});
  }
  completed(client, Remove{key, 4});
  EXPECT_EQ(completed(client, ReadSet{key}).elements, (std::vector<Int>{-7, 5}));
  EXPECT_EQ(completed(client, ReadList{key}).elements, (std::vector<Int>{4, -7, 5}));
  EXPECT_EQ(completed(client, ReadList{key + 100}).elements, std::vector<Int>{});
  for (const Int element : {-7, 4, 5}) EXPECT_EQ(completed(client, Dequeue{key}).element, element);
  EXPECT_EQ(completed(client, Dequeue{key}).element, std::nullopt);
}

void serve_locks(SqlCluster& nodes, Key key) {
  const auto holder = nodes.client(0), other = nodes.client(0);
  const auto first = completed(*holder, Acquire{key});
  EXPECT_EQ(attempt(*other, Acquire{key}), (Attempt{Outcome::failed, "another holds it"}));
  EXPECT_EQ(attempt(*other, Release{key}), (Attempt{Outcome::failed, "it does not hold it"}));
  completed(*holder, Release{key});
  EXPECT_GT(completed(*other, Acquire{key}).fence.value(), first.fence.value());
}

}  // namespace

void serve_every_call(SqlCluster& nodes, Key key) {
  const auto client = nodes.client(0);
  serve_registers(*client, key);
  serve_collections(*client, key);
  serve_locks(nodes, key);
  serve_a_bank(nodes, key);
  EXPECT_EQ(completed(*client, ReadCounter{key}).value, std::nullopt);
  completed(*client, Increment{key, 5});
  completed(*client, Increment{key, -7});
  EXPECT_EQ(completed(*client, ReadCounter{key}).value, -2);
  completed(*client, Increment{key + 100, INT64_MAX});
  EXPECT_EQ(attempt(*client, Increment{key + 100, 1}).outcome, Outcome::failed);
  const Int id = completed(*client, Generate{key}).id;
  EXPECT_NE(completed(*client, Generate{key}).id, id);
  completed(*client, WriteOne{key, 2, 9});
  const ReadMany many = completed(*client, ReadMany{key, {{1, {}}, {2, {}}}});
  EXPECT_EQ(many.registers[0].second, std::nullopt);
  EXPECT_EQ(many.registers[1].second, 9);
}

void serve_a_bank(SqlCluster& nodes, Key key) {
  const auto client = nodes.client(0);
  completed(*client, Transfer{key, 0, 1, 6});
  EXPECT_EQ(attempt(*client, Transfer{key, 0, 1, 6}),
            (Attempt{Outcome::failed, "not enough money"}));
  const auto balances = completed(*client, ReadAccounts{key}).balances;
  ASSERT_EQ(balances.size(), static_cast<std::size_t>(bank_accounts));
  EXPECT_EQ(balances[0], (std::pair<Key, Int>{0, opening_balance - 6}));
  EXPECT_EQ(balances[1], (std::pair<Key, Int>{1, opening_balance + 6}));
  EXPECT_EQ(balances[2], (std::pair<Key, Int>{2, opening_balance}));
}

void lose_each_way(SqlCluster& nodes, LossyWire& wire) {
  const auto client = nodes.client_at(wire.address());
  const auto lost_at = [&](Loss loss, const char* words, const Call& call) {
    EXPECT_EQ(attempt(*client, Read{99}), sql_done);  // it has come to itself again
    wire.lose(loss, words);
    return attempt(*client, call).outcome;
  };
  const auto value_of = [&](Key key) {
    return std::get<Read>(nodes.call(0, Read{key}).call).value;
  };
  EXPECT_EQ(lost_at(Loss::request, "INTO registers", Write{1, 1}), Outcome::unknown);
  EXPECT_EQ(value_of(1), std::nullopt);
  EXPECT_EQ(lost_at(Loss::answer, "INTO registers", Write{2, 1}), Outcome::unknown);
  EXPECT_EQ(value_of(2), 1);
  EXPECT_EQ(lost_at(Loss::silence, "INTO registers", Write{3, 1}), Outcome::unknown);
  EXPECT_TRUE(SqlCluster::eventually([&] { return value_of(3) == 1; }));
  EXPECT_EQ(wire.delivered("INTO registers"), 2u);  // once each, but for the one that was lost
  EXPECT_EQ(lost_at(Loss::answer, "SELECT v FROM", Read{1}), Outcome::failed);

  const Transfer transfer{1, 0, 1, 5};
  for (const Loss loss : {Loss::request, Loss::answer, Loss::silence}) {
    EXPECT_EQ(lost_at(loss, "INTO accounts", transfer), Outcome::failed);
    const Attempt read = nodes.call(0, ReadAccounts{1});
    EXPECT_EQ(std::get<ReadAccounts>(read.call).balances.at(0).second, opening_balance);
  }
  EXPECT_EQ(lost_at(Loss::answer, "COMMIT", transfer), Outcome::unknown);
  const Attempt read = nodes.call(0, ReadAccounts{1});
  EXPECT_EQ(std::get<ReadAccounts>(read.call).balances.at(0).second, opening_balance - 5);
}

}  // namespace tribunal
