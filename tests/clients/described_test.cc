// A description is read whole, every mistake in it is one error with its line, and blanks are
// filled in for the node that they are for.
#include <gtest/gtest.h>

#include <fstream>

#include "clients/described/deploy.h"
#include "clients/described/template.h"
#include "harness/record/error.h"
#include "tests/clients/named_host.h"
#include "tests/run/scratch.h"

namespace tribunal {
namespace {

constexpr const char* least = "name: mydb\nclient: {adapter: [python3, x.py]}\n";

class DescribedTest : public ::testing::Test {
 protected:
  Description read(const std::string& yaml) {
    std::ofstream(file()) << yaml;
    return read_description(file());
  }
  std::string complaint(const std::string& yaml) {
    try {
      read(yaml);
    } catch (const Error& error) {
      EXPECT_EQ(error.blame(), Blame::usage);
      EXPECT_FALSE(error.fix().empty()) << error.what();
      return error.what();
    }
    return "nothing";
  }
  std::filesystem::path file() const { return scratch_.path() / "db.yaml"; }

  Scratch scratch_;
};

TEST_F(DescribedTest, AnAdapterThatIsAProgramAloneIsLookedForBesideTheFile) {
  const auto command = [&](const std::string& adapter) {
    return adapter_command(read("name: mydb\nclient: {adapter: " + adapter + "}\n"), {});
  };
  const std::string beside = (scratch_.path() / "client").string();
  EXPECT_EQ(command("./client"), std::vector<std::string>{beside});
  EXPECT_EQ(command("[./client, -v]"), (std::vector<std::string>{beside, "-v"}));
  EXPECT_EQ(command("./client -v")[0], "/bin/sh");
}

TEST_F(DescribedTest, AWholeOneIsRead) {
  const auto it = read(R"(
name: mydb
summary: a store
server: {binary: mydbd, version: [mydbd, -V], check: test -e /, install: apt-get install mydb}
nodes: {usual: 3, least: 2}
port: 4000
options:
  level: {values: [high, low], summary: how much}
  size: {default: 64}
  colour: red
files:
  conf/mydb.conf: "listen={{address}}:{{port}}"
logs: mydb.log
before: mkdir -p {{data}}/x
start:
  - {command: ["{{binary}}", "--size={{size}}"], as_ordinary_user: yes, environment: {A: "{{name}}"}}
  - {command: other, nodes: first}
form: ["mydbctl init", [mydbctl, join]]
ready: mydbctl ping
role: mydbctl role
chores: {compact: mydbctl compact}
members: {list: mydbctl members, add: "mydbctl add {{joining}}", remove: "mydbctl remove {{member}}"}
wipe: rm -rf {{data}}/x
stop: INT
client: {adapter: ["{{folder}}/client"]}
workloads: [register, set]
promises: [{workloads: set, when: {level: low}, checkers: none}, {checkers: [set]}]
)");
  EXPECT_EQ(it.name, "mydb");
  EXPECT_EQ(it.nodes.usual, 3u);
  EXPECT_EQ(it.nodes.least, 2u);
  EXPECT_EQ(it.port, "4000");
  ASSERT_EQ(it.options.size(), 3u);
  EXPECT_EQ(it.files.at("conf/mydb.conf"), "listen={{address}}:{{port}}");
  ASSERT_EQ(it.daemons.size(), 2u);
  EXPECT_TRUE(it.daemons[0].as_ordinary_user);
  EXPECT_EQ(it.daemons[1].nodes, WhichNodes::first);
  EXPECT_EQ(it.daemons[1].command.words, (std::vector<std::string>{"/bin/sh", "-c", "other"}));
  EXPECT_EQ(it.form.size(), 2u);
  EXPECT_EQ(it.stop_signal, 2);
  EXPECT_EQ(it.members.wipe.words.back(), "rm -rf {{data}}/x");
  const auto database = described_database(it, {});
  EXPECT_EQ(database.nodes({}).usual, 3u);
  EXPECT_EQ(database.promises({{"level", "low"}}, "set"), std::vector<std::string>{"progress"});
  EXPECT_EQ(database.promises({{"level", "high"}}, "set"), std::vector<std::string>{"set"});
  EXPECT_EQ(database.chores.size(), 1u);
  EXPECT_EQ(database.workloads, (std::vector<std::string>{"register", "set"}));
}

TEST_F(DescribedTest, WithoutAStartItIsOnlyForWhatRunsAlready) {
  EXPECT_FALSE(described_database(read(least), {}).start);
  EXPECT_FALSE(described_database(read(least), {}).members.view);
}

TEST_F(DescribedTest, MistakesAreNamedByTheirLine) {
  const std::string begin = least;
  const std::string server = begin + "server: {binary: x}\n";
  const struct {
    std::string yaml, complaint;
  } table[] = {
      {"client: {adapter: x}\n", "it has no 'name'"},
      {"name: a b\nclient: {adapter: x}\n", "db.yaml:1:7: a name has letters"},
      {"name: mydb\n", "it has no 'client'"},
      {"name: mydb\nclient: {}\n", "either an adapter or one that is built in"},
      {"name: mydb\nclient: {adapter: x, built-in: etcd}\n", "either"},
      {"name: mydb\nclient: {adapter: []}\n", "no command"},
      {begin + "nodles: 3\n", "db.yaml:3:1: a description has no 'nodles'"},
      {begin + "name: again\n", "db.yaml:3:1: 'name' is there twice"},
      {begin + "nodes: many\n", "db.yaml:3:8: nodes cannot be 'many'"},
      {begin + "nodes: 0\n", "nodes cannot be '0'"},
      {begin + "nodes: {usual: 3, least: 4}\n", "least cannot be '4'"},
      {begin + "port: 70000\n", "port cannot be '70000'"},
      {begin + "stop: KILL\n", "no signal that asks for an end"},
      {begin + "files: {/etc/x: y}\n", "not below the data folder"},
      {begin + "files: {../x: y}\n", "not below the data folder"},
      {begin + "files: {x: \"{{colour}}\"}\n", "there is no {{colour}}"},
      {begin + "files: {x: \"{{name\"}\n", "a {{ has no }}"},
      {begin + "logs: /var/log/x\n", "not below the data folder"},
      {begin + "start: [x]\n", "names no server"},
      {server + "start: {command: x, node: first}\n", "a daemon has no 'node'"},
      {server + "start: {nodes: first}\n", "a daemon has no 'command'"},
      {server + "start: {command: x, nodes: last}\n", "nodes cannot be 'last'"},
      {server + "start: {command: x, as_ordinary_user: perhaps}\n", "cannot be 'perhaps'"},
      {server + "start: [[\"{{binarry}}\"]]\n", "db.yaml:4:"},
      {begin + "server: {version: x}\n", "the server has no 'binary'"},
      {begin + "options: {name: x}\n", "an option cannot be called 'name'"},
      {begin + "options: {a: {summary: x}}\n", "either values or a default"},
      {begin + "options: {a: {values: []}}\n", "values is empty"},
      {begin + "promises: {a: b}\n", "promises are no list"},
      {begin + "promises: [{workloads: set}]\n", "a promise has no 'checkers'"},
      {begin + "promises: [{when: {a: b}, checkers: set}]\n", "when has no 'a'"},
      {begin + "ready: {a: b}\n", "ready is no command"},
      {begin + "wipe: rm -rf {{data}}\n", "wiped only where members come and go"},
      {begin + "members: {list: x, add: x}\n", "members have no 'remove'"},
      {begin + "members: {list: x, add: \"{{member}}\", remove: x}\n", "there is no {{member}}"},
      {"name: mydb\nclient: {adapter: [x, \"{{address}}\"]}\n", "it has no {{address}}"},
      {begin + "ready: ''\n", "ready is empty"},
      {"name: [\n", "this is no YAML"},
      {"- a\n", "no map of names to values"},
      {"", "no map of names to values"},
  };
  for (const auto& row : table) {
    const auto said = complaint(row.yaml);
    EXPECT_NE(said.find(row.complaint), std::string::npos) << row.yaml << "\n  said: " << said;
    EXPECT_NE(said.find("db.yaml:"), std::string::npos) << said;
  }
}

TEST_F(DescribedTest, BlanksAreFilledInForTheirNode) {
  Deployment three;
  three.hosts = {"n1", "n2", "n3"};
  three.addresses = {"10.0.0.1", "10.0.0.2", "10.0.0.3"};
  const Blanks blanks = {{"name", "n2"}, {"size", "64"}};
  EXPECT_EQ(filled_in("{{name}} {{ size }}", blanks, three, 1), "n2 64");
  EXPECT_EQ(filled_in("{{all NAME=http://ADDRESS:2380}}", blanks, three, 1),
            "n1=http://10.0.0.1:2380,n2=http://10.0.0.2:2380,n3=http://10.0.0.3:2380");
  EXPECT_EQ(filled_in("{{others INDEX@ADDRESS}}", blanks, three, 1), "1@10.0.0.1,3@10.0.0.3");
  EXPECT_EQ(mistake_in_template("{{size}} {{all x}}", {"size"}), "");
  EXPECT_NE(mistake_in_template("{{size}}", {}), "");
}

TEST_F(DescribedTest, WhatDoesNotBeginLikeANameIsNoBlank) {
  const std::string lua = "{parts = {{1, 'integer'}, {2, 'integer'}}} {{ {{'x'}} {{",
                    both = "{{1}} {{size}}";
  EXPECT_EQ(mistake_in_template(lua, {}), "");
  EXPECT_EQ(filled_in(lua, {}, {}, 0), lua);
  EXPECT_EQ(filled_in(both, {{"size", "64"}}, {}, 0), "{{1}} 64");
}

// Members of three nodes, as commands on this machine.
class DescribedMembersTest : public DescribedTest {
 protected:
  DescribedMembersTest() {
    three_.hosts = {"n1", "n2", "n3"};
    three_.addresses = {"10.0.0.1", "10.0.0.2", "10.0.0.3"};
    std::filesystem::create_directories(data() / "db");
    std::ofstream(data() / "db" / "log") << "x";
    std::ofstream(data() / "kept") << "x";
  }
  Database with(const std::string& list, const std::string& wipe = {}) {
    return described_database(read(std::string(least) + "members:\n  list: \"" + list +
                                   "\"\n  add: echo {{joining}} by {{name}} >> {{folder}}/asked\n"
                                   "  remove: echo {{member}} by {{name}} >> {{folder}}/asked\n" +
                                   wipe),
                              {});
  }
  std::filesystem::path data() const { return scratch_.path() / "data"; }
  std::string asked() const {
    std::ifstream file(scratch_.path() / "asked");
    return {std::istreambuf_iterator<char>(file), {}};
  }

  Deployment three_;
  NamedHost first_{0, "10.0.0.1", data()}, second_{1, "10.0.0.2", data()};
};

TEST_F(DescribedMembersTest, AreListedByTheirNodes) {
  const auto seen = with("printf 'c 10.0.0.2:2380 started\\nb n1\\na -  unstarted\\n'")
                        .members.view(first_, three_);
  ASSERT_TRUE(seen);
  EXPECT_EQ(*seen, (MemberView{{"a", "", false}, {"b", "n1", false}, {"c", "n2", true}}));
}

TEST_F(DescribedMembersTest, AreNotKnownWhereTheListIsNone) {
  for (const char* list : {"exit 1", "true", "echo a", "echo a n1 perhaps", "echo a n1 started x"})
    EXPECT_FALSE(with(list).members.view(first_, three_)) << list;
}

TEST_F(DescribedMembersTest, ComeAndGoByCommandsOnTheNodeThatIsAsked) {
  const auto database = with("exit 1");
  database.members.remove(first_, {"7", "n2", true}, three_);
  database.members.add(first_, second_, three_);
  EXPECT_EQ(asked(), "7 by n1\n10.0.0.2 by n1\n");
}

TEST_F(DescribedMembersTest, AWipeEmptiesTheDataFolderUnlessItIsSaidHow) {
  with("exit 1", "wipe: rm -r {{data}}/db\n").members.wipe(second_, three_);
  EXPECT_FALSE(std::filesystem::exists(data() / "db"));
  EXPECT_TRUE(std::filesystem::exists(data() / "kept"));
  with("exit 1").members.wipe(second_, three_);
  EXPECT_TRUE(std::filesystem::is_empty(data()));
  EXPECT_THROW(with("exit 1", "wipe: echo no >&2; exit 1\n").members.wipe(second_, three_),
               std::runtime_error);
}

TEST_F(DescribedMembersTest, ANodeThatWasWipedIsToldToJoin) {
  const auto database =
      described_database(read(std::string(least) + "members: {list: x, add: x, remove: x}\n"
                                                   "ready: test {{joins}} = yes\n"),
                         {});
  EXPECT_FALSE(database.ready(second_, three_, Milliseconds(1)));
  database.members.wipe(second_, three_);
  EXPECT_TRUE(database.ready(second_, three_, std::chrono::seconds(30)));
  EXPECT_FALSE(database.ready(first_, three_, Milliseconds(1)));
}

TEST_F(DescribedTest, WorkloadsFollowFromTheHelloWhereTheyAreNotSaid) {
  const auto it = read(
      "name: mydb\nclient:\n  adapter: \"read x; echo '{\\\"tribunal\\\":1,\\\"calls\\\":"
      "[\\\"add\\\",\\\"read-set\\\"]}'\"\n");
  EXPECT_EQ(workloads_of(it, {}), std::vector<std::string>{"set"});
  const auto dumb = read("name: mydb\nclient: {adapter: exit 3}\n");
  EXPECT_THROW(workloads_of(dumb, {}), Error);
}

TEST_F(DescribedTest, ABuiltInClientBringsItsOptionsAndMustBeThere) {
  Database other;
  other.name = "other";
  other.options = {{"reads", {"safe", "stale"}, ""}};
  other.workloads = {"set"};
  other.connect = [](const std::string&, const Deployment&) { return std::unique_ptr<Client>(); };
  const auto it = read("name: mydb\nclient: {built-in: other}\n");
  EXPECT_EQ(described_database(it, {other}).options.size(), 1u);
  EXPECT_EQ(workloads_of(it, {other}), std::vector<std::string>{"set"});
  EXPECT_THROW(described_database(it, {}), Error);
}

TEST_F(DescribedTest, WhatIsNotInstalledIsSaidWithItsFix) {
  const auto finds = [&](const std::string& server, const std::string& adapter) {
    try {
      described_database(
          read("name: mydb\nserver: " + server + "\nclient: {adapter: " + adapter + "}\n"), {})
          .find({});
    } catch (const Error& error) {
      EXPECT_EQ(error.blame(), Blame::environment);
      return std::string(error.what()) + " | " + error.fix();
    }
    return std::string("found");
  };
  const auto absent = finds("{binary: nowhered, install: apt-get install mydb}", "[sh]");
  EXPECT_NE(absent.find("no program 'nowhered'"), std::string::npos) << absent;
  EXPECT_NE(absent.find("| apt-get install mydb"), std::string::npos) << absent;
  EXPECT_NE(finds("{binary: sh, check: 'echo too old >&2; exit 1'}", "[sh]").find("too old"),
            std::string::npos);
  EXPECT_NE(finds("{binary: sh}", "[./client]").find("client cannot be run"), std::string::npos);
  EXPECT_EQ(finds("{binary: sh, check: test -e /}", "[sh]"), "found");
}

}  // namespace
}  // namespace tribunal
