// What a search says that it holds is what it has allocated, as counted by the allocator, so that a
// budget of memory is kept.
#include <gtest/gtest.h>

#include <numeric>

#include "bench/table/held_bytes.h"
#include "checkers/linearizability/entries.h"
#include "checkers/linearizability/model_catalogue.h"
#include "checkers/linearizability/search.h"
#include "tests/checkers/hard_history.h"

namespace tribunal {
namespace {

struct Held {
  SearchResult result;
  std::size_t counted = 0;  // bytes at most
};

Held searched(const std::string& model, const History& history, std::size_t bytes,
              std::size_t threads) {
  std::vector<std::uint32_t> places(history.operations.size());
  std::iota(places.begin(), places.end(), 0u);
  Budget budget;
  budget.bytes = bytes;
  Watch watch(budget, 1);
  const SpareThreads spare(threads, 1);
  const std::size_t before = held_bytes();
  watch_held_bytes();
  const auto space = model_kind(model).make(history, {});
  const std::vector<Entry> entries = entries_of(history, *space, places);
  SearchTask task;
  task.entries = entries;
  task.spare = &spare;
  Held held;
  held.result = search(*space, task, watch);
  held.counted = most_held_bytes() - before;
  return held;
}

class HeldMemory : public ::testing::TestWithParam<std::string> {};

// Models of which all orders of some operations are states of their own never finish.
TEST_P(HeldMemory, IsWhatWasAllocated) {
  for (const std::uint32_t open : {40u, 200u}) {
    const History history = all_orders_needed(GetParam(), open);
    for (const std::size_t bytes : {6'000'000u, 12'000'000u}) {
      for (const std::size_t threads : {1u, 3u}) {
        const Held held = searched(GetParam(), history, bytes, threads);
        if (held.result.answer != SearchResult::Answer::spent) continue;
        const auto told = static_cast<double>(held.result.bytes);
        const auto counted = static_cast<double>(held.counted);
        EXPECT_LE(counted, static_cast<double>(bytes) * 1.2) << open << " open, " << threads;
        EXPECT_GE(told, static_cast<double>(bytes)) << open << " open, " << threads;
        EXPECT_LE(told, static_cast<double>(bytes) * 1.2) << open << " open, " << threads;
        EXPECT_GE(counted, told * 0.75) << open << " open, " << threads;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Models, HeldMemory,
                         ::testing::Values("set", "counter", "fifo-queue", "stack",
                                           "multi-register"),
                         [](const auto& model) {
                           std::string name = model.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace tribunal
