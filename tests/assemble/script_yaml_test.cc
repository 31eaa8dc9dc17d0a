// Scripts as people write them: what is read, and what is refused with its line.
#include "harness/assemble/script_yaml.h"

#include <gtest/gtest.h>

#include "harness/record/error.h"
#include "harness/run/check_script.h"
#include "nemesis/catalogue.h"
#include "nemesis/scripts.h"

namespace tribunal {
namespace {

Script read(const std::string& text) { return read_script(text, "test.yaml", faults()); }

void expect_refused(const std::string& text, const std::string& what) {
  try {
    read(text);
    FAIL() << "was taken: " << text;
  } catch (const Error& error) {
    EXPECT_EQ(error.blame(), Blame::usage);
    EXPECT_NE(std::string(error.what()).find(what), std::string::npos) << error.what();
    EXPECT_FALSE(error.fix().empty()) << error.what();
  }
}

TEST(ScriptYaml, EveryKindOfStepIsRead) {
  const Script script = read(R"(
name: all of it
summary: one of each
mode: liveness
steps:
  - wait: 1500ms
  - partition: one
    name: cut
  - wait: {until: leader changes, within: 5s}
  - wait: {until: 3 calls in flight, on: n2, within: 1s}
  - wait: {log: "became leader", within: 2s}
  - wait: {until: time 20s}
  - parallel:
      - - kill: leader
          for: 2s
      - - wait: 1s
        - pause: n1+n2
          for: 500ms
  - repeat: 3
    steps:
      - kill: one
        for: 1s
  - repeat: always
    steps:
      - wait: 1s
  - heal: cut
)");
  EXPECT_EQ(script.name, "all of it");
  EXPECT_EQ(script.mode, Mode::liveness);
  ASSERT_EQ(script.steps.size(), 10u);
  EXPECT_EQ(script.steps[0].trigger.time, 1'500'000'000);
  EXPECT_EQ(script.steps[1].fault.shape, "one");
  EXPECT_LT(script.steps[1].fault.duration, 0);
  EXPECT_EQ(script.steps[1].place, "test.yaml:7");
  EXPECT_EQ(script.steps[2].trigger.kind, Trigger::Kind::role_change);
  EXPECT_EQ(script.steps[3].trigger.host, "n2");
  EXPECT_EQ(script.steps[3].trigger.calls, 3);
  EXPECT_EQ(script.steps[4].trigger.pattern, "became leader");
  EXPECT_EQ(script.steps[5].trigger.time, 20'000'000'000);
  ASSERT_EQ(script.steps[6].branches.size(), 2u);
  EXPECT_EQ(script.steps[6].branches[1][1].fault.target, "n1+n2");
  EXPECT_EQ(script.steps[7].times, 3);
  EXPECT_EQ(script.steps[8].times, ScriptStep::always);
  EXPECT_EQ(script.steps[9].name, "cut");
}

TEST(ScriptYaml, WhatIsWrongIsSaidWithItsLine) {
  expect_refused("- a\n- b\n", "test.yaml:1: this is no map");
  expect_refused("name: x\n", "needs `steps:`");
  expect_refused("steps:\n  - meteor: n1\n", "test.yaml:2: 'meteor' is no step");
  expect_refused("steps:\n  - kill: one\n", "test.yaml:2: how long does the kill last?");
  expect_refused("steps:\n  - kill: one\n    for: 1s\n    name: x\n",
                 "how long does the kill last?");
  expect_refused("steps:\n  - kill: one\n    for: soon\n", "test.yaml:3: 'soon' cannot be here");
  expect_refused("steps:\n  - kill: one\n    fro: 1s\n", "test.yaml:3: 'fro' has no place here");
  expect_refused("steps:\n  - wait: {until: moonrise, within: 1s}\n", "'moonrise' is no trigger");
  expect_refused("steps:\n  - wait: {until: leader changes}\n", "how long at the most?");
  expect_refused("steps:\n  - wait: {log: \"(\", within: 1s}\n", "no regular expression");
  expect_refused("steps:\n  - repeat: 0\n    steps:\n      - wait: 1s\n", "'0' cannot be here");
  expect_refused("steps:\n  - parallel:\n      - - wait: 1s\n", "at least two lists");
  expect_refused("mode: bold\nsteps:\n  - wait: 1s\n", "test.yaml:1: 'bold' cannot be here");
  expect_refused("steps: [\n", "this is no YAML");
}

// Those that come with the program must be right for clusters of three and five.
TEST(ScriptYaml, ReadyMadeScriptsPassTheirCheck) {
  EXPECT_GE(ready_scripts().size(), 6u);
  for (const auto& ready : ready_scripts())
    for (const std::size_t nodes : {3u, 5u}) {
      std::vector<std::string> hosts;
      for (std::size_t i = 1; i <= nodes; ++i) hosts.push_back("n" + std::to_string(i));
      const Script script = read_script(ready.text, ready.name, faults());
      EXPECT_EQ(script.name, ready.name);
      EXPECT_FALSE(script.summary.empty());
      EXPECT_NO_THROW(check_script(script, faults(), hosts, 30'000'000'000)) << ready.name;
    }
}

}  // namespace
}  // namespace tribunal
