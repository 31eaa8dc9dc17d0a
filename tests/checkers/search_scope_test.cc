// What a search that looks at lost operations from one side only says is never more than what is
// so, and the search that asks both sides says what all orders say.
#include <gtest/gtest.h>

#include <cstdlib>
#include <numeric>

#include "checkers/linearizability/bounded_search.h"
#include "checkers/linearizability/entries.h"
#include "checkers/linearizability/model_catalogue.h"
#include "tests/checkers/brute_force.h"
#include "tests/checkers/model_object.h"
#include "tests/checkers/random_history.h"

namespace tribunal {
namespace {

using Answer = SearchResult::Answer;

std::uint64_t rounds() { return std::getenv("TRIBUNAL_SLOW") != nullptr ? 100'000 : 5'000; }

// A key as the search sees it.
struct Subject {
  Subject(const std::string& model, const History& history)
      : space(model_kind(model).make(history, {})) {
    std::vector<std::uint32_t> places(history.operations.size());
    std::iota(places.begin(), places.end(), 0u);
    entries = entries_of(history, *space, places);
    task.entries = entries;
  }
  SearchResult within(SearchScope scope) {
    task.scope = scope;
    task.most_steps = 500;  // what leads to ever more states never ends
    return search(*space, task, watch);
  }

  Budget budget;
  Watch watch{budget, 1};
  std::unique_ptr<StateSpace> space;
  std::vector<Entry> entries;
  SearchTask task;
};

class SearchScopes : public ::testing::TestWithParam<std::string> {};

TEST_P(SearchScopes, BoundWhatAllOrdersSay) {
  Random random = Random::stream(6, GetParam());
  std::uint64_t possible = 0, impossible = 0, found = 0, excluded = 0;
  for (std::uint64_t round = 0; round < rounds(); ++round) {
    const History history =
        random_model_history(GetParam(), 1 + random.below(8), 1 + random.below(4), random);
    const bool expected = linearizable_by_all_orders(GetParam(), history);
    ++(expected ? possible : impossible);
    const std::uint32_t event =
        expected ? Operation::never : first_impossible_event_of(GetParam(), history);
    const SearchResult thrifty = Subject(GetParam(), history).within(SearchScope::thrifty);
    const SearchResult generous = Subject(GetParam(), history).within(SearchScope::generous);
    if (thrifty.answer == Answer::linearizable) {
      ASSERT_TRUE(expected) << "round " << round << "\n" << describe(history);
      ++found;
    } else if (!expected) {
      ASSERT_LE(thrifty.event, event) << "round " << round << "\n" << describe(history);
    }
    if (generous.answer == Answer::impossible) {
      ASSERT_FALSE(expected) << "round " << round << "\n" << describe(history);
      ASSERT_GE(generous.event, event) << "round " << round << "\n" << describe(history);
      ++excluded;
    }
    Subject both(GetParam(), history);
    const SearchResult result = bounded_search(*both.space, both.task, both.watch, 1);
    ASSERT_EQ(result.answer, expected ? Answer::linearizable : Answer::impossible)
        << "round " << round << "\n"
        << describe(history);
    if (!expected) {
      ASSERT_EQ(result.event, event) << "round " << round << "\n" << describe(history);
    }
  }
  EXPECT_GT(found, possible * 9 / 10);
  EXPECT_GT(excluded, impossible / 2);
}

std::vector<std::string> names() {
  std::vector<std::string> names;
  for (const ModelKind& kind : model_kinds()) names.push_back(kind.name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(All, SearchScopes, ::testing::ValuesIn(names()), [](const auto& model) {
  std::string name = model.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

}  // namespace
}  // namespace tribunal
