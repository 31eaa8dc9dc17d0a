// Traffic depends on the seed and on how often a worker was asked, and on nothing else.
#include "harness/workloads/generators.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include "harness/parts/catalogue.h"
#include "harness/workloads/catalogue.h"
#include "harness/workloads/keys.h"

namespace tribunal {
namespace {

std::vector<Step> drain(Generator& generator, std::uint64_t seed, std::size_t worker,
                        std::size_t most = 100'000) {
  auto random = Random::stream(seed, "traffic", worker);
  std::vector<Step> steps;
  while (steps.size() < most) {
    auto next = generator.next(Context{worker, 10, 0}, random);
    if (std::holds_alternative<Exhausted>(next)) break;
    if (auto* step = std::get_if<Step>(&next)) steps.push_back(*step);
  }
  return steps;
}

std::string text(const Step& step) {
  return std::visit(
             overloaded{[](const Read& c) { return "read " + std::to_string(c.key); },
                        [](const Write& c) {
                          return "write " + std::to_string(c.key) + " " + std::to_string(c.value);
                        },
                        [](const Cas& c) {
                          return "cas " + std::to_string(c.key) + " " + std::to_string(c.from) +
                                 " " + std::to_string(c.to);
                        },
                        [](const Add& c) {
                          return "add " + std::to_string(c.key) + " " + std::to_string(c.element);
                        },
                        [](const ReadSet& c) { return "read set " + std::to_string(c.key); },
                        [](const auto& c) {
                          return "call " + std::to_string(c.key);  // of another workload
                        }},
             step.call) +
         " at " + std::to_string(step.intended);
}

Traffic traffic_of(const Workload& workload) {
  Traffic traffic = workload.defaults;
  traffic.duration = 20'000'000'000;
  return traffic;
}

TEST(Generators, OneSeedGivesOneWorkerTheSameCallsTwice) {
  for (const auto& workload : workloads()) {
    const auto traffic = traffic_of(workload);
    std::vector<std::string> first, second, other;
    for (const auto& step : drain(*workload.traffic(traffic)(3), 7, 3)) first.push_back(text(step));
    for (const auto& step : drain(*workload.traffic(traffic)(3), 7, 3))
      second.push_back(text(step));
    for (const auto& step : drain(*workload.traffic(traffic)(3), 8, 3)) other.push_back(text(step));
    EXPECT_EQ(first, second) << workload.name;
    EXPECT_NE(first, other) << workload.name;
    EXPECT_GT(first.size(), 500u) << workload.name;
  }
}

TEST(Generators, NoValueIsWrittenTwiceToAKey) {
  for (const auto& workload : workloads()) {
    for (std::size_t workers : {1u, 4u, 10u, 13u}) {
      auto traffic = traffic_of(workload);
      traffic.workers = workers;
      std::map<Key, std::set<Int>> written;
      const auto stream = workload.traffic(traffic);
      for (std::size_t worker = 0; worker < workers; ++worker) {
        for (const auto& step : drain(*stream(worker), 1, worker, 2000)) {
          const auto once = [&](Key key, Int value) {
            EXPECT_TRUE(written[key].insert(value).second) << text(step);
          };
          std::visit(overloaded{[&](const Write& c) { once(c.key, c.value); },
                                [&](const Cas& c) { once(c.key, c.to); },
                                [&](const Add& c) { once(c.key, c.element); }, [](const auto&) {}},
                     step.call);
        }
      }
      EXPECT_GT(written.size(), 5u);
    }
  }
}

TEST(Generators, AnOpenLoopKeepsItsRateWhateverTheClockSays) {
  auto traffic = traffic_of(workloads().front());
  traffic.rate = 1000;
  const auto steps = drain(*workloads().front().traffic(traffic)(0), 1, 0);
  EXPECT_NEAR(static_cast<double>(steps.size()), 1000.0 / 10 * 20, 2);
  for (std::size_t i = 1; i < steps.size(); ++i)
    EXPECT_LE(steps[i - 1].intended, steps[i].intended);
  EXPECT_LT(steps.back().intended, traffic.duration);
}

TEST(Generators, AnOperationLimitIsSharedOut) {
  auto traffic = traffic_of(workloads().front());
  traffic.operations = 103;
  std::size_t total = 0;
  for (std::size_t worker = 0; worker < traffic.workers; ++worker) {
    total += drain(*workloads().front().traffic(traffic)(worker), 1, worker).size();
  }
  EXPECT_EQ(total, 103u);
}

TEST(Generators, ReadersOnlyRead) {
  auto traffic = traffic_of(workloads().front());
  traffic.readers_per_key = 2;
  for (std::size_t worker = 0; worker < traffic.workers; ++worker) {
    std::size_t others = 0;
    for (const auto& step : drain(*workloads().front().traffic(traffic)(worker), 1, worker)) {
      others += !std::holds_alternative<Read>(step.call);
    }
    EXPECT_EQ(others == 0, KeyCourse(traffic, worker).member() < 2) << worker;
  }
}

TEST(Generators, ALastLookReadsEveryTouchedKeyThroughTwoWorkers) {
  for (const char* name : {"register", "set"}) {
    const auto& workload = find(workloads(), "workload", name);
    const auto traffic = traffic_of(workload);
    std::vector<std::uint64_t> asked(traffic.workers, 130);
    asked[3] = 0;
    std::map<Key, int> looks;
    for (std::size_t worker = 0; worker < traffic.workers; ++worker) {
      for (const auto& step : drain(*workload.last_look(traffic, asked)(worker), 1, worker))
        ++looks[key_of(step.call)];
    }
    EXPECT_EQ(looks.size(), touched_keys(traffic, asked).size());
    EXPECT_EQ(looks.size(),
              8u);  // 40 calls a worker and key: 130 of them touch 4 keys in each of 2 groups
    for (const auto& [key, count] : looks) EXPECT_EQ(count, 2) << key;
  }
}

TEST(Generators, ALastLookAtEveryReplicaAsksEachNodeForEachKeyOnce) {
  for (const auto& workload : workloads()) {
    if (workload.look_until == LookUntil::once) continue;
    auto traffic = traffic_of(workload);
    traffic.nodes = 3;
    const std::vector<std::uint64_t> asked(traffic.workers, 130);
    std::map<Key, std::map<std::size_t, int>> looks;
    for (std::size_t worker = 0; worker < traffic.workers; ++worker) {
      for (const auto& step : drain(*workload.last_look(traffic, asked)(worker), 1, worker))
        ++looks[key_of(step.call)][step.node.value_or(99)];
    }
    EXPECT_FALSE(looks.empty()) << workload.name;
    for (const auto& [key, nodes] : looks)
      EXPECT_EQ(nodes, (std::map<std::size_t, int>{{0, 1}, {1, 1}, {2, 1}})) << key;
  }
}

TEST(Generators, EveryKeyThatTrafficTouchesIsLookedAt) {
  for (const auto& workload : workloads()) {
    if (!workload.last_look) continue;
    auto traffic = traffic_of(workload);
    std::vector<std::uint64_t> asked;
    std::set<Key> touched, looked;
    for (std::size_t worker = 0; worker < traffic.workers; ++worker) {
      const auto steps = drain(*workload.traffic(traffic)(worker), 5, worker);
      for (const auto& step : steps) touched.insert(key_of(step.call));
      asked.push_back(steps.size());
    }
    for (std::size_t worker = 0; worker < traffic.workers; ++worker) {
      for (const auto& step : drain(*workload.last_look(traffic, asked)(worker), 1, worker))
        looked.insert(key_of(step.call));
    }
    for (const Key key : touched) EXPECT_TRUE(looked.contains(key)) << workload.name << key;
  }
}

TEST(Generators, ASequenceGoesOnWhereAPartEnds) {
  std::vector<GeneratorPtr> parts;
  parts.push_back(listed({Write{1, 1}}));
  parts.push_back(limited(endless([](const Context&, Random&) { return Read{2, {}}; }), 2));
  const auto all = sequence(std::move(parts));
  EXPECT_EQ(drain(*all, 1, 0).size(), 3u);
}

TEST(Catalogue, AnUnknownNameIsAnsweredWithTheNamesThereAre) {
  try {
    find(workloads(), "workload", "regster");
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "there is no workload called 'regster'");
    EXPECT_TRUE(std::string(error.fix()).starts_with("one of: register, ")) << error.fix();
  }
}

}  // namespace
}  // namespace tribunal
