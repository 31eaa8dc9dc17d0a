// The workloads that staleness and convergence are judged on: who asks what, when and where.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "harness/parts/catalogue.h"
#include "harness/workloads/catalogue.h"

namespace tribunal {
namespace {

constexpr std::size_t nodes = 3;

std::vector<Step> steps_of(const Workload& workload, std::uint64_t seed, std::size_t worker) {
  Traffic traffic = workload.defaults;
  traffic.duration = 20'000'000'000;
  traffic.nodes = nodes;
  const auto generator = workload.traffic(traffic)(worker);
  Random random = Random::stream(seed, "traffic", worker);
  std::vector<Step> steps;
  for (;;) {
    auto next = generator->next(Context{worker, traffic.workers, 0}, random);
    if (std::holds_alternative<Exhausted>(next)) return steps;
    steps.push_back(std::get<Step>(next));
  }
}

struct Written {
  std::int64_t at;
  std::size_t node, worker;
};

TEST(Probes, ReadEachWriteAtManyDelaysFromBothItsNodeAndOthers) {
  const Workload& workload = find(workloads(), "workload", "staleness");
  std::map<Key, std::vector<Written>> writes;
  for (std::size_t worker = 0; worker < workload.defaults.workers; ++worker) {
    for (const Step& step : steps_of(workload, 3, worker)) {
      if (const auto* write = std::get_if<Write>(&step.call))
        writes[write->key].push_back({step.intended, step.node.value(), worker});
    }
  }
  std::size_t reads = 0, same_node = 0, own = 0, soon = 0, late = 0;
  for (std::size_t worker = 0; worker < workload.defaults.workers; ++worker) {
    for (const Step& step : steps_of(workload, 3, worker)) {
      const auto* read = std::get_if<Read>(&step.call);
      if (read == nullptr) continue;
      const Written* last = nullptr;
      bool probes = false;
      for (const Written& one : writes.at(read->key)) {
        const std::int64_t delay = step.intended - one.at;
        probes |= delay >= 1'000'000 && delay <= 2'000'000'000;
        if (delay >= 0) last = &one;
      }
      ASSERT_TRUE(probes);
      ++reads;
      same_node += step.node == last->node;
      own += worker == last->worker;
      soon += step.intended - last->at < 20'000'000;
      late += step.intended - last->at > 100'000'000;
    }
  }
  EXPECT_GT(reads, 8000u);
  EXPECT_GT(same_node, reads / 4);
  EXPECT_GT(reads - same_node, reads / 4);
  EXPECT_GT(own, reads / 20);
  EXPECT_LT(own, reads / 4);
  EXPECT_GT(soon, reads / 5);
  EXPECT_GT(late, reads / 20);
}

TEST(Probes, OneSessionWritesAKey) {
  const Workload& workload = find(workloads(), "workload", "staleness");
  std::map<Key, std::set<std::size_t>> writers;
  for (std::size_t worker = 0; worker < workload.defaults.workers; ++worker) {
    for (const Step& step : steps_of(workload, 5, worker)) {
      if (const auto* write = std::get_if<Write>(&step.call)) writers[write->key].insert(worker);
    }
  }
  EXPECT_GT(writers.size(), 10u);
  for (const auto& [key, who] : writers) EXPECT_EQ(who.size(), 1u) << key;
}

TEST(Probes, GoOutInTheOrderOfTheirTimes) {
  const auto steps = steps_of(find(workloads(), "workload", "staleness"), 1, 4);
  for (std::size_t i = 1; i < steps.size(); ++i)
    EXPECT_LE(steps[i - 1].intended, steps[i].intended);
}

TEST(ConvergenceWorkload, LooksAtEveryKeyThroughEveryNode) {
  const Workload& workload = find(workloads(), "workload", "convergence");
  Traffic traffic = workload.defaults;
  traffic.nodes = nodes;
  std::set<Key> touched;
  std::vector<std::uint64_t> asked;
  for (std::size_t worker = 0; worker < traffic.workers; ++worker) {
    const auto steps = steps_of(workload, 2, worker);
    asked.push_back(steps.size());
    for (const Step& step : steps) touched.insert(key_of(step.call));
  }
  std::map<Key, std::set<std::size_t>> looked;
  const auto look = workload.last_look(traffic, asked);
  for (std::size_t worker = 0; worker < traffic.workers; ++worker) {
    const auto generator = look(worker);
    Random random(1);
    for (;;) {
      const auto next = generator->next(Context{worker, traffic.workers, 0}, random);
      if (std::holds_alternative<Exhausted>(next)) break;
      const Step& step = std::get<Step>(next);
      looked[key_of(step.call)].insert(step.node.value());
    }
  }
  for (const Key key : touched) EXPECT_EQ(looked[key].size(), nodes) << key;
  EXPECT_EQ(workload.look_until, LookUntil::agreement);
}

}  // namespace
}  // namespace tribunal
