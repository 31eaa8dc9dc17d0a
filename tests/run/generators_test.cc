// Traffic depends on the seed and on how often a worker was asked, and on nothing else.
#include "harness/workloads/generators.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
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

// What a call is, to the last argument.
std::string text(const Step& step) {
  const auto words = [](const auto&... parts) {
    std::string all;
    ((all += " " + std::to_string(parts)), ...);
    return all;
  };
  const std::string call =
      std::visit(overloaded{[&](const Write& c) { return words(c.key, c.value); },
                            [&](const Cas& c) { return words(c.key, c.from, c.to); },
                            [&](const Increment& c) { return words(c.key, c.by); },
                            [&](const Transfer& c) { return words(c.key, c.from, c.to, c.amount); },
                            [&](const WriteOne& c) { return words(c.key, c.which, c.value); },
                            [&](const ReadMany& c) { return words(c.key, c.registers.size()); },
                            [&](const WriteAll& c) {
                              std::string all = words(c.key, c.value);
                              for (const Key which : c.which) all += words(which);
                              return all;
                            },
                            [&](const auto& c) {
                              if constexpr (requires { c.element + 1; })
                                return words(c.key, c.element);
                              return words(c.key);
                            }},
                 step.call);
  return std::string(name_of(function_of(step.call))) + call + " at " +
         std::to_string(step.intended);
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

// The key and what a call gives to it, which no other call may give; nothing if it gives nothing.
std::optional<std::vector<Int>> given_by(const Call& call) {
  using Given = std::optional<std::vector<Int>>;
  return std::visit(
      overloaded{[](const Write& c) -> Given {
                   return {{c.key, c.value}};
                 },
                 [](const Cas& c) -> Given {
                   return {{c.key, c.to}};
                 },
                 [](const Add& c) -> Given {
                   return {{c.key, c.element}};
                 },
                 [](const Append& c) -> Given {
                   return {{c.key, c.element}};
                 },
                 [](const Enqueue& c) -> Given {
                   return {{c.key, c.element}};
                 },
                 [](const WriteOne& c) -> Given {
                   return {{c.key, c.which}};
                 },                                                       // written once
                 [](const WriteAll& c) -> Given { return {{c.value}}; },  // in the run
                 [](const auto&) -> Given { return std::nullopt; }},
      call);
}

TEST(Generators, NothingIsGivenTwiceToAKey) {
  const std::set<std::string> repeating = {"counter", "pn-counter", "lock", "unique-ids", "bank"};
  for (const auto& workload : workloads()) {
    for (std::size_t workers : {1u, 4u, 10u, 13u}) {
      auto traffic = traffic_of(workload);
      traffic.workers = workers;
      traffic.processes_per_key = std::min(traffic.processes_per_key, workers);
      std::set<std::vector<Int>> given;
      const auto stream = workload.traffic(traffic);
      for (std::size_t worker = 0; worker < workers; ++worker) {
        for (const auto& step : drain(*stream(worker), 1, worker, 2000)) {
          if (const auto one = given_by(step.call)) {
            EXPECT_TRUE(given.insert(*one).second) << workload.name << " " << text(step);
          }
        }
      }
      EXPECT_EQ(given.size() > 20, !repeating.contains(workload.name)) << workload.name;
    }
  }
}

// Of the calls of all workers, the share of each kind is that of its weight.
TEST(Generators, TheMixIsThatOfTheWeights) {
  const auto share = [](const char* name, const std::function<bool(const Call&)>& counts) {
    const auto& workload = find(workloads(), "workload", name);
    const auto traffic = traffic_of(workload);
    double all = 0, counted = 0;
    for (std::size_t worker = 0; worker < traffic.workers; ++worker) {
      for (const auto& step : drain(*workload.traffic(traffic)(worker), 1, worker)) {
        ++all;
        counted += counts(step.call);
      }
    }
    return counted / all;
  };
  const auto is = [](auto one) {
    return [one](const Call& call) { return std::holds_alternative<decltype(one)>(call); };
  };
  EXPECT_NEAR(share("counter", is(Increment{})), 0.5, 0.03);
  EXPECT_NEAR(share("pn-counter",
                    [](const Call& call) {
                      const auto* change = std::get_if<Increment>(&call);
                      return change != nullptr && change->by < 0;
                    }),
              0.2, 0.03);
  EXPECT_NEAR(share("queue", is(Enqueue{})), 0.5, 0.03);
  EXPECT_NEAR(share("list-append", is(Append{})), 0.5, 0.03);
  EXPECT_NEAR(share("lock", is(Acquire{})), 0.475, 0.02);  // the last of 20 calls is a release
  EXPECT_NEAR(share("watch", is(WatchGroup{})), 0.3, 0.03);
  EXPECT_NEAR(share("bank", is(Transfer{})), 0.6, 0.03);
  EXPECT_EQ(share("unique-ids", is(Generate{})), 1);
}

TEST(Generators, MoneyMovesBetweenTwoAccountsOfTheBank) {
  const auto& workload = find(workloads(), "workload", "bank");
  for (const auto& step : drain(*workload.traffic(traffic_of(workload))(0), 1, 0)) {
    const auto* transfer = std::get_if<Transfer>(&step.call);
    if (transfer == nullptr) continue;
    EXPECT_NE(transfer->from, transfer->to);
    for (const Key account : {transfer->from, transfer->to}) {
      EXPECT_GE(account, 0);
      EXPECT_LT(account, bank_accounts);
    }
    EXPECT_GT(transfer->amount, 0);
  }
}

// Nobody would free it.
TEST(Generators, WhoLeavesALockReleasesIt) {
  const auto& workload = find(workloads(), "workload", "lock");
  const auto steps = drain(*workload.traffic(traffic_of(workload))(0), 1, 0);
  std::set<Key> keys;
  for (std::size_t i = 0; i + 1 < steps.size(); ++i) {
    keys.insert(key_of(steps[i].call));
    if (key_of(steps[i].call) == key_of(steps[i + 1].call)) continue;
    EXPECT_TRUE(std::holds_alternative<Release>(steps[i].call)) << i;
  }
  EXPECT_GT(keys.size(), 10u);
}

TEST(Generators, AWatchedGroupIsWrittenOneToThreeOfFourRegistersAtOnce) {
  const auto& workload = find(workloads(), "workload", "watch");
  std::map<std::size_t, int> sizes;
  std::map<Key, int> written;
  for (const auto& step : drain(*workload.traffic(traffic_of(workload))(0), 1, 0)) {
    const auto* write = std::get_if<WriteAll>(&step.call);
    if (write == nullptr) continue;
    ++sizes[write->which.size()];
    const std::set<Key> different(write->which.begin(), write->which.end());
    EXPECT_EQ(different.size(), write->which.size());
    for (const Key which : different) ++written[which];
  }
  ASSERT_EQ(sizes.size(), 3u);
  EXPECT_EQ(sizes.begin()->first, 1u);
  EXPECT_EQ(sizes.rbegin()->first, 3u);
  ASSERT_EQ(written.size(), 4u);
  EXPECT_EQ(written.begin()->first, 0);
  EXPECT_EQ(written.rbegin()->first, 3);
  for (const auto& [which, times] : written) EXPECT_GT(times, 100) << which;
}

// A register that nobody reads could hide a fork.
TEST(Generators, AGroupIsReadWhole) {
  for (const char* name : {"long-fork", "causal-reverse"}) {
    const auto& workload = find(workloads(), "workload", name);
    const auto traffic = traffic_of(workload);
    std::set<Key> written;
    std::size_t read = 0;
    for (std::size_t worker = 0; worker < traffic.workers; ++worker) {
      for (const auto& step : drain(*workload.traffic(traffic)(worker), 1, worker)) {
        if (const auto* write = std::get_if<WriteOne>(&step.call)) written.insert(write->which);
        if (const auto* reads = std::get_if<ReadMany>(&step.call)) read = reads->registers.size();
      }
    }
    EXPECT_EQ(written.size(), read) << name;
    EXPECT_EQ(*written.rbegin(), static_cast<Key>(read) - 1) << name;
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
  for (const char* name : {"bank", "long-fork", "watch"}) {
    const auto& workload = find(workloads(), "workload", name);
    auto traffic = traffic_of(workload);
    traffic.operations_per_key = 200;
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

TEST(Generators, ALastLookAtEveryReplicaAsksEachNodeForEachKeyAsOften) {
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
    for (const auto& [key, nodes] : looks) {
      const int often = workload.name == "queue" ? 8 : 1;  // a queue is drained, not only read
      EXPECT_EQ(nodes, (std::map<std::size_t, int>{{0, often}, {1, often}, {2, often}})) << key;
    }
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
