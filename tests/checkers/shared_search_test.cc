// A search by several threads finds what one thread finds: the same answer, at the same completion.
#include <gtest/gtest.h>

#include <cstdlib>
#include <numeric>
#include <optional>

#include "checkers/linearizability/entries.h"
#include "checkers/linearizability/model_catalogue.h"
#include "checkers/linearizability/search.h"
#include "tests/checkers/hard_history.h"
#include "tests/checkers/model_object.h"
#include "tests/checkers/random_history.h"

namespace tribunal {
namespace {

using Answer = SearchResult::Answer;

std::uint64_t rounds() { return std::getenv("TRIBUNAL_SLOW") != nullptr ? 20'000 : 100; }

// By `threads` threads, which divide whatever is more than one configuration; none: as a search by
// itself.
SearchResult searched(const std::string& model, const History& history,
                      std::optional<std::size_t> threads, const Budget& budget = {}) {
  const auto space = model_kind(model).make(history, {});
  std::vector<std::uint32_t> places(history.operations.size());
  std::iota(places.begin(), places.end(), 0u);
  const std::vector<Entry> entries = entries_of(history, *space, places);
  const SpareThreads spare(threads.value_or(1), 1);
  Watch watch(budget, 1);
  SearchTask task;
  task.entries = entries;
  if (threads) task.spare = &spare;
  task.crowd = 2;
  return search(*space, task, watch);
}

class SharedSearch : public ::testing::TestWithParam<std::string> {};

TEST_P(SharedSearch, FindsWhatOneThreadFinds) {
  Random random = Random::stream(5, GetParam());
  std::uint64_t possible = 0, impossible = 0;
  for (std::uint64_t round = 0; round < rounds(); ++round) {
    const History history =
        random_model_history(GetParam(), 5 + random.below(20), 2 + random.below(6), random);
    const SearchResult alone = searched(GetParam(), history, {});
    ASSERT_NE(alone.answer, Answer::spent);
    ++(alone.answer == Answer::linearizable ? possible : impossible);
    for (const std::size_t threads : {2u, 3u}) {
      const SearchResult shared = searched(GetParam(), history, threads);
      ASSERT_EQ(shared.answer, alone.answer) << "round " << round << "\n" << describe(history);
      ASSERT_EQ(shared.event, alone.event) << "round " << round << "\n" << describe(history);
      ASSERT_EQ(shared.begun, alone.begun);
    }
  }
  EXPECT_GT(possible, rounds() / 20);
  EXPECT_GT(impossible, rounds() / 20);
}

TEST_P(SharedSearch, TriesAllOrders) {
  const History history = all_orders_needed(GetParam(), 9);
  const SearchResult alone = searched(GetParam(), history, {});
  const SearchResult shared = searched(GetParam(), history, 3);
  EXPECT_EQ(alone.answer, Answer::impossible);
  EXPECT_EQ(shared.answer, Answer::impossible);
  EXPECT_EQ(shared.event, alone.event);
}

// The first to find the memory spent ends it for all.
TEST_P(SharedSearch, EndsWithItsBudget) {
  Budget small;
  small.bytes = 300'000;
  const History history = all_orders_needed(GetParam(), 18);
  const SearchResult alone = searched(GetParam(), history, {}, small);
  const SearchResult shared = searched(GetParam(), history, 3, small);
  if (alone.answer != Answer::spent) return;
  EXPECT_EQ(shared.answer, Answer::spent);
  EXPECT_EQ(shared.begun, alone.begun);
}

std::vector<std::string> names() {
  std::vector<std::string> names;
  for (const ModelKind& kind : model_kinds()) names.push_back(kind.name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(All, SharedSearch, ::testing::ValuesIn(names()), [](const auto& model) {
  std::string name = model.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

}  // namespace
}  // namespace tribunal
