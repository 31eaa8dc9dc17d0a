// Calls go out and answers come in as docs/adapters.md has them; what is not as it should be is
// said to be so.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "clients/adapter/protocol.h"

namespace tribunal {
namespace {

using nlohmann::json;

// Why the line is no answer to `asked` with the id 7; empty: it is one.
std::string fault_in(const std::string& line, const Call& asked = Read{3, {}, {}}) {
  try {
    read_adapter_reply(line, 7, asked);
  } catch (const BadLine& bad) {
    return bad.what();
  }
  return {};
}

std::string fault_in_hello(const std::string& line) {
  try {
    read_adapter_hello(line);
  } catch (const BadLine& bad) {
    return bad.what();
  }
  return {};
}

Call answered(const std::string& line, const Call& asked) {
  const auto reply = read_adapter_reply(line, 7, asked);
  EXPECT_EQ(reply.outcome, Outcome::ok);
  return reply.call;
}

TEST(AdapterProtocol, ARequestSaysAllThatACallDoes) {
  const auto line = json::parse(adapter_request(4, Cas{9, 1, 2, {}}, Milliseconds(900)));
  EXPECT_EQ(line, json::parse(R"({"id":4,"call":"cas","key":9,"from":1,"to":2,"timeout":900})"));
  const auto many =
      json::parse(adapter_request(5, ReadMany{1, {{0, {}}, {1, {}}}}, Milliseconds(9)));
  EXPECT_EQ(many["which"], json::parse("[0,1]"));
  const auto all = json::parse(adapter_request(5, WriteAll{1, {0, 2}, 7, {}}, Milliseconds(9)));
  EXPECT_EQ(all["call"], "write-all");
  EXPECT_EQ(all["which"], json::parse("[0,2]"));
  EXPECT_EQ(all["value"], 7);
  const auto transfer = json::parse(adapter_request(6, Transfer{1, 2, 3, 4}, Milliseconds(9)));
  EXPECT_EQ(transfer["from"], 2);
  EXPECT_EQ(transfer["to"], 3);
  EXPECT_EQ(transfer["accounts"], bank_accounts);
}

TEST(AdapterProtocol, TheOpeningHasWhatIsNeededToConnect) {
  Deployment deployment;
  deployment.addresses = {"10.0.0.1:5", "10.0.0.2:5"};
  deployment.options = {{"reads", "stale"}};
  deployment.access.user = "anna";
  const auto line = json::parse(adapter_opening("10.0.0.1:5", deployment));
  EXPECT_EQ(line["tribunal"], adapter_protocol);
  EXPECT_EQ(line["address"], "10.0.0.1:5");
  EXPECT_EQ(line["addresses"].size(), 2u);
  EXPECT_EQ(line["options"]["reads"], "stale");
  EXPECT_EQ(line["access"], json::parse(R"({"user":"anna"})"));
  EXPECT_EQ(line["timeout"], 1000);
}

TEST(AdapterProtocol, AnswersFillInTheBlanks) {
  EXPECT_EQ(
      std::get<Read>(answered(R"({"id":7,"outcome":"ok","value":5,"version":2})", Read{})).value,
      5);
  EXPECT_FALSE(std::get<Read>(answered(R"({"id":7,"outcome":"ok","value":null})", Read{})).value);
  EXPECT_EQ(std::get<Write>(answered(R"({"id":7,"outcome":"ok","version":2})", Write{})).version,
            2);
  EXPECT_EQ(std::get<ReadSet>(answered(R"({"id":7,"outcome":"ok","elements":[3,1]})", ReadSet{}))
                .elements,
            (std::vector<Int>{3, 1}));
  EXPECT_EQ(
      std::get<Dequeue>(answered(R"({"id":7,"outcome":"ok","element":null})", Dequeue{})).element,
      std::nullopt);
  EXPECT_EQ(std::get<Generate>(answered(R"({"id":7,"outcome":"ok","value":12})", Generate{})).id,
            12);
  EXPECT_EQ(std::get<ReadAccounts>(
                answered(R"({"id":7,"outcome":"ok","balances":[1,2,3,4,5,6,7,8]})", ReadAccounts{}))
                .balances.at(7),
            (std::pair<Key, Int>{7, 8}));
  const ReadMany two{1, {{4, {}}, {5, {}}}};
  EXPECT_EQ(std::get<ReadMany>(answered(R"({"id":7,"outcome":"ok","values":[null,8]})", two))
                .registers.at(1)
                .second,
            8);
}

TEST(AdapterProtocol, AWatchSaysFromWhereUpToWhereAndWhatItSaw) {
  const auto watch = std::get<WatchGroup>(
      answered(R"({"id":7,"outcome":"ok","from":3,"changes":[[5,0,17],[5,2,null]],"version":9})",
               WatchGroup{1, 0, {}, {}}));
  EXPECT_EQ(watch.from, 3);
  EXPECT_EQ(watch.version, 9);
  ASSERT_EQ(watch.changes.size(), 2u);
  EXPECT_EQ(watch.changes[0].version, 5);
  EXPECT_EQ(watch.changes[0].value, 17);
  EXPECT_EQ(watch.changes[1].which, 2);
  EXPECT_EQ(watch.changes[1].value, std::nullopt);
  EXPECT_EQ(
      std::get<WriteAll>(answered(R"({"id":7,"outcome":"ok","version":4})", WriteAll{})).version,
      4);
  for (const char* answer :
       {R"("changes":[],"version":9)", R"("from":3,"version":9)", R"("from":3,"changes":[])",
        R"("from":3,"changes":[[5,0]],"version":9)", R"("from":3,"changes":[5],"version":9)",
        R"("from":3,"changes":[[null,0,1]],"version":9)"})
    EXPECT_NE(fault_in(fmt::format(R"({{"id":7,"outcome":"ok",{}}})", answer), WatchGroup{}), "")
        << answer;
}

TEST(AdapterProtocol, RefusalsAndLossesAreToldApart) {
  EXPECT_EQ(read_adapter_reply(R"({"id":7,"outcome":"failed","error":"no"})", 7, Write{}).outcome,
            Outcome::failed);
  const auto lost = read_adapter_reply(R"({"id":7,"outcome":"unknown"})", 7, Write{});
  EXPECT_EQ(lost.outcome, Outcome::unknown);
  EXPECT_FALSE(lost.error.empty());
}

TEST(AdapterProtocol, AnAnswerThatIsNotWholeIsNone) {
  EXPECT_EQ(fault_in(R"({"id":7,"outcome":"ok","value":1})"), "");
  EXPECT_NE(fault_in("hello"), "");
  EXPECT_NE(fault_in("[1]"), "");
  EXPECT_NE(fault_in(""), "");
  EXPECT_NE(fault_in(R"({"id":7,"outcome":"ok"})").find("\"value\""), std::string::npos);
  EXPECT_NE(fault_in(R"({"id":7,"outcome":"ok","value":"1"})").find("no integer"),
            std::string::npos);
  EXPECT_NE(fault_in(R"({"id":7,"outcome":"ok","value":1.5})"), "");
  EXPECT_NE(fault_in(R"({"id":7,"outcome":"ok","value":18446744073709551615})").find("too large"),
            std::string::npos);
  EXPECT_NE(fault_in(R"({"id":8,"outcome":"ok","value":1})").find("of call 8"), std::string::npos);
  EXPECT_NE(fault_in(R"({"outcome":"ok","value":1})").find("\"id\""), std::string::npos);
  EXPECT_NE(fault_in(R"({"id":7,"outcome":"fine","value":1})").find("neither"), std::string::npos);
  EXPECT_NE(fault_in(R"({"id":7,"outcome":"failed","error":3})"), "");
  EXPECT_NE(fault_in(R"({"id":7,"outcome":"ok","elements":[1,null]})", ReadSet{}), "");
  EXPECT_NE(fault_in(R"({"id":7,"outcome":"ok","values":[1]})", ReadMany{1, {{4, {}}, {5, {}}}}),
            "");
  EXPECT_NE(fault_in(R"({"id":7,"outcome":"ok","balances":[1,2]})", ReadAccounts{}), "");
}

TEST(AdapterProtocol, AHelloSaysItsVersionAndKnownCalls) {
  const auto hello = read_adapter_hello(R"({"tribunal":1,"name":"x","calls":["read","write"]})");
  EXPECT_EQ(hello.name, "x");
  EXPECT_EQ(hello.calls, (std::vector<std::string>{"read", "write"}));
  EXPECT_NE(fault_in_hello(R"({"tribunal":2,"calls":["read"]})").find("version 2"),
            std::string::npos);
  EXPECT_NE(fault_in_hello(R"({"calls":["read"]})"), "");
  EXPECT_NE(fault_in_hello(R"({"tribunal":1,"calls":[]})"), "");
  EXPECT_NE(fault_in_hello(R"({"tribunal":1,"calls":["fly"]})").find("'fly'"), std::string::npos);
  EXPECT_NE(fault_in_hello(R"({"tribunal":1,"calls":[1]})"), "");
}

TEST(AdapterProtocol, WorkloadsFollowFromCalls) {
  EXPECT_EQ(workloads_of_calls({"read", "write"}),
            (std::vector<std::string>{"read-write", "sessions", "staleness"}));
  EXPECT_EQ(workloads_of_calls({"append"}), std::vector<std::string>{});
  EXPECT_EQ(workloads_of_calls(adapter_calls()).size(), 16u);
}

TEST(AdapterProtocol, WordsFromOutsideAreTameAndKeepNoSecret) {
  EXPECT_EQ(adapter_words("a\nb", {}), "a b");
  EXPECT_EQ(adapter_words("no way in for anna:moon1:moon1", "moon1"), "no way in for anna:***:***");
  EXPECT_LE(adapter_words(std::string(1000, 'x'), {}).size(), 163u);
}

}  // namespace
}  // namespace tribunal
