// Flags and YAML say the same things, and what is wrong with either is one clear error with its
// place.
#include "harness/assemble/spec.h"

#include <gtest/gtest.h>

#include <fstream>

#include "clients/catalogue.h"
#include "harness/assemble/resolve.h"
#include "harness/record/error.h"
#include "tests/run/scratch.h"

namespace tribunal {
namespace {

class SpecTest : public ::testing::Test {
 protected:
  Spec read(const std::string& yaml) {
    const auto file = scratch_.path() / "spec.yaml";
    std::ofstream(file) << yaml;
    Spec spec;
    read_yaml(spec, file);
    return spec;
  }

  // The message of the error that reading `yaml` gives.
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

  Scratch scratch_;
};

TEST_F(SpecTest, EveryFieldGoesRoundThroughYaml) {
  Spec spec;
  spec.database = "etcd";
  set_field(spec, "nodes", "5", "--nodes");
  set_field(spec, "faults", "kill,partition", "--faults");
  set_field(spec, "weights", "read=7,write=1", "--weights");
  set_field(spec, "set", "reads=serializable", "--set");
  set_field(spec, "time", "1500ms", "--time");
  set_field(spec, "seed", "18446744073709551615", "--seed");
  set_field(spec, "out", "it's here: {a}", "--out");
  const auto again = read(to_yaml(spec));
  for (const auto& field : spec_fields())
    EXPECT_EQ(field.show(again), field.show(spec)) << field.name;
  EXPECT_EQ(again.out.string(), "it's here: {a}");
}

TEST_F(SpecTest, ListsAndMapsMayBeYamlsOwn) {
  const auto spec = read(
      "database: etcd\nfaults: [kill, pause]\nweights: {read: 3, write: 1}\nset:\n  reads: "
      "serializable\n");
  EXPECT_EQ(spec.faults, (std::vector<std::string>{"kill", "pause"}));
  EXPECT_EQ(spec.weights.at("read"), 3);
  EXPECT_EQ(spec.options.at("reads"), "serializable");
}

TEST_F(SpecTest, WhatIsWrongIsNamedByItsLine) {
  EXPECT_NE(
      complaint("database: etcd\nnoodles: 3\n").find("spec.yaml:2:1: a spec has no 'noodles'"),
      std::string::npos);
  EXPECT_NE(complaint("nodes: many\n").find("spec.yaml:1:1: nodes cannot be 'many'"),
            std::string::npos);
  EXPECT_NE(complaint("nodes: 3\nnodes: 5\n").find("spec.yaml:2:1: 'nodes' is there twice"),
            std::string::npos);
  EXPECT_NE(complaint("nodes: [3\n").find("this is no YAML"), std::string::npos);
  EXPECT_NE(complaint("- etcd\n").find("this is no map"), std::string::npos);
  EXPECT_NE(complaint("nodes: {a: {b: 3}}\n").find("too deep"), std::string::npos);
  EXPECT_NE(complaint("").find("this is no map"), std::string::npos);
}

TEST_F(SpecTest, AMissingFileIsTheUsersMistake) {
  Spec spec;
  EXPECT_THROW(read_yaml(spec, scratch_.path() / "absent.yaml"), Error);
}

TEST(Examples, EveryOneResolves) {
  std::size_t examples = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::filesystem::path(TRIBUNAL_SOURCE) / "examples")) {
    if (entry.is_directory()) continue;
    Spec spec;
    read_yaml(spec, entry.path());
    EXPECT_NO_THROW(resolve(spec)) << entry.path();
    ++examples;
  }
  EXPECT_GT(examples, 0u);
}

TEST(Command, SaysOnlyWhatDiffersAndTheSeed) {
  Spec spec;
  spec.database = "etcd";
  set_field(spec, "seed", "7", "--seed");
  EXPECT_EQ(to_command(spec), "tribunal run etcd --seed 7");
  set_field(spec, "faults", "none", "--faults");
  set_field(spec, "out", "my runs", "--out");
  EXPECT_EQ(to_command(spec), "tribunal run etcd --faults none --seed 7 --out 'my runs'");
}

TEST(Databases, EachResolvesWithEveryWorkloadItServes) {
  std::size_t pairs = 0;
  for (const auto& database : databases()) {
    for (const auto& workload : database.workloads) {
      Spec spec;
      spec.database = database.name;
      spec.workload = workload;
      EXPECT_NO_THROW(resolve(spec)) << database.name << " with " << workload;
      ++pairs;
    }
  }
  EXPECT_GT(pairs, 20u);
}

// What resolving this says is wrong with it.
std::string contradiction(std::initializer_list<std::pair<const char*, const char*>> fields) {
  Spec spec;
  spec.database = "etcd";
  for (const auto& [name, text] : fields) set_field(spec, name, text, std::string("--") + name);
  try {
    resolve(spec);
  } catch (const Error& error) {
    EXPECT_EQ(error.blame(), Blame::usage) << error.what();
    EXPECT_FALSE(error.fix().empty()) << error.what();
    return error.what();
  }
  return "nothing";
}

TEST(Resolve, ContradictionsAreRefused) {
  EXPECT_NE(
      contradiction({{"concurrency", "3"}, {"processes-per-key", "5"}}).find("so many do not run"),
      std::string::npos);
  EXPECT_NE(contradiction({{"readers-per-key", "5"}}).find("nobody is left to write"),
            std::string::npos);
  EXPECT_NE(contradiction({{"weights", "fly=1"}}).find("has no call 'fly'"), std::string::npos);
  EXPECT_NE(contradiction({{"weights", "read=0"}}).find("all of them are 0"), std::string::npos);
  EXPECT_NE(contradiction({{"workload", "banc"}}).find("no workload called 'banc'"),
            std::string::npos);
  EXPECT_NE(contradiction({{"faults", "meteor"}}).find("no fault called 'meteor'"),
            std::string::npos);
  EXPECT_NE(contradiction({{"nodes", "1"}}).find("needs at least"), std::string::npos);
  EXPECT_NE(contradiction({{"faults", "kill"}, {"shapes", "bridge"}}).find("'bridge'"),
            std::string::npos);
  EXPECT_NE(contradiction({{"targets", "everyone"}}).find("'everyone'"), std::string::npos);
  EXPECT_NE(contradiction({{"option", "fresh=0.9"}}).find("an option called 'fresh'"),
            std::string::npos);
  EXPECT_NE(contradiction({{"checkers", "staleness"}, {"option", "freshness=2"}})
                .find("no share between 0 and 1"),
            std::string::npos);
  EXPECT_NE(contradiction({{"checkers", "linearizable"}, {"option", "model=sponge"}})
                .find("no model called 'sponge'"),
            std::string::npos);
  EXPECT_NE(contradiction({{"set", "reads=dirty"}}).find("cannot be 'dirty'"), std::string::npos);
  EXPECT_NE(contradiction({{"set", "colour=red"}}).find("no option of etcd called 'colour'"),
            std::string::npos);
  EXPECT_NE(contradiction({{"fault-length", "4s"}}).find("no time to recover"), std::string::npos);
}

}  // namespace
}  // namespace tribunal
