// Version vectors, and objects whose updates come in any order, twice, or as whole states.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "clients/quorum/server/store/object.h"
#include "clients/quorum/server/store/store.h"

namespace tribunal::quorum {
namespace {

constexpr Origin a = origin_of(0, 1), b = origin_of(1, 1);

TEST(QuorumSeen, ClosesGapsAsTheyFill) {
  Seen seen;
  seen.add({a, 2});
  EXPECT_EQ(seen.up_to(a), 0u);
  EXPECT_TRUE(seen.contains({a, 2}));
  EXPECT_FALSE(seen.contains({a, 1}));
  seen.add({a, 1});
  EXPECT_EQ(seen.up_to(a), 2u);
  EXPECT_FALSE(seen.contains({b, 1}));
}

TEST(QuorumSeen, CoversExactlyItsSubsets) {
  std::mt19937 random(1);
  for (int round = 0; round < 3000; ++round) {
    Seen one, other;
    bool subset = true;
    std::vector<Dot> dots;
    for (const Origin origin : {a, b})
      for (std::uint64_t n = 1; n <= 4; ++n) dots.push_back({origin, n});
    std::shuffle(dots.begin(), dots.end(), random);
    for (const Dot& dot : dots) {
      const bool in_one = random() % 3 != 0, in_other = random() % 3 == 0;
      if (in_one) one.add(dot);
      if (in_other) other.add(dot);
      subset = subset && (in_one || !in_other);
    }
    ASSERT_EQ(one.covers(other), subset) << one.to_json() << other.to_json();
    Seen both = other;
    both.merge(one);
    EXPECT_TRUE(both.covers(one) && both.covers(other));
    EXPECT_EQ(both == one, subset);
    EXPECT_EQ(Seen::from_json(both.to_json()), both);
  }
}

Update update(std::uint64_t number, Kind kind, Origin origin, std::int64_t value,
              Effect effect = Effect::puts) {
  return {{origin, number}, {number, origin}, {kind, 1}, effect, value, {}, {}};
}

nlohmann::json after(const std::vector<Update>& updates, Conflicts conflicts) {
  Object object;
  for (const Update& one : updates) apply(object, one, conflicts);
  return shown(object, updates[0].object.kind, conflicts);
}

TEST(QuorumObject, TheLargestStampWins) {
  const auto first = update(1, Kind::reg, b, 10), second = update(2, Kind::reg, a, 20),
             erased = update(3, Kind::reg, a, 0, Effect::erases);
  EXPECT_EQ(after({first, second}, Conflicts::newest)["value"], 20);
  EXPECT_EQ(after({second, first}, Conflicts::newest)["value"], 20);
  EXPECT_TRUE(after({erased, second, first}, Conflicts::newest)["value"].is_null());
}

TEST(QuorumObject, WritesThatDidNotSeeEachOtherAreSiblings) {
  auto first = update(1, Kind::reg, a, 30), second = update(2, Kind::reg, b, 20);
  first.context.add({a, 1});
  second.context.add({b, 2});
  const auto siblings = after({first, second}, Conflicts::siblings);
  EXPECT_EQ(siblings["siblings"], 2);
  EXPECT_EQ(siblings["value"], 20);                                  // the later stamp
  EXPECT_EQ(after({first, second}, Conflicts::merge)["value"], 30);  // the larger value
  auto third = update(3, Kind::reg, b, 5);
  for (const Dot& seen : {Dot{a, 1}, Dot{b, 2}, Dot{b, 3}}) third.context.add(seen);
  const auto resolved = after({third, second, first}, Conflicts::siblings);
  EXPECT_FALSE(resolved.contains("siblings"));
  EXPECT_EQ(resolved["value"], 5);
}

TEST(QuorumObject, AnElementIsThereByItsLatestWord) {
  const auto add = update(1, Kind::set, a, 7), remove = update(2, Kind::set, b, 7, Effect::erases),
             again = update(3, Kind::set, a, 7);
  EXPECT_EQ(after({add, remove}, Conflicts::newest)["elements"], nlohmann::json::array());
  EXPECT_EQ(after({remove, add}, Conflicts::newest)["elements"], nlohmann::json::array());
  EXPECT_EQ(after({again, remove, add}, Conflicts::newest)["elements"], nlohmann::json({7}));
}

TEST(QuorumObject, AListIsInTheOrderOfStamps) {
  EXPECT_EQ(after({update(2, Kind::list, a, 20), update(1, Kind::list, b, 10),
                   update(3, Kind::list, b, 5)},
                  Conflicts::newest)["elements"],
            nlohmann::json({10, 20, 5}));
}

std::vector<Update> random_updates(Kind kind, std::mt19937& random) {
  std::vector<Update> updates;
  std::map<Origin, std::uint64_t> numbers;
  Seen seen;
  for (std::uint64_t stamp = 1; stamp <= 8; ++stamp) {
    const Origin origin = random() % 2 == 0 ? a : b;
    auto one =
        update(stamp, kind, origin, static_cast<std::int64_t>(random() % 4),
               kind != Kind::list && kind != Kind::counter && random() % 4 == 0 ? Effect::erases
                                                                                : Effect::puts);
    one.dot.number = ++numbers[origin];
    if (random() % 2 == 0) seen = {};  // has not heard of the others
    seen.add({origin, numbers[origin]});
    one.context = seen;
    updates.push_back(one);
  }
  return updates;
}

// Whatever the order, and whichever half of them came as another node's state.
TEST(QuorumObject, EveryOrderAndEveryJoinEndInOneState) {
  std::mt19937 random(2);
  for (const Kind kind : {Kind::reg, Kind::set, Kind::counter, Kind::list}) {
    for (const Conflicts conflicts : {Conflicts::newest, Conflicts::siblings, Conflicts::merge}) {
      for (int round = 0; round < 200; ++round) {
        auto updates = random_updates(kind, random);
        Object whole;
        for (const Update& one : updates) apply(whole, one, conflicts);
        std::shuffle(updates.begin(), updates.end(), random);
        Object shuffled, left, right;
        for (const Update& one : updates) {
          apply(shuffled, one, conflicts);
          // The parts of a counter are joined by how much their origin had counted.
          const bool to_left = kind == Kind::counter ? one.dot.origin == a : random() % 2 == 0;
          apply(to_left ? left : right, one, conflicts);
        }
        ASSERT_EQ(to_json(shuffled), to_json(whole));
        Object joined = left;
        join(joined, right, conflicts);
        ASSERT_EQ(to_json(joined), to_json(whole)) << static_cast<char>(kind);
        EXPECT_FALSE(join(joined, left, conflicts));
        EXPECT_EQ(object_from(to_json(whole)), whole);
      }
    }
  }
}

TEST(QuorumUpdate, ReadsBackWhatItWrote) {
  auto one = update(3, Kind::set, b, -5, Effect::erases);
  one.needs.add({a, 4});
  one.context.add({a, 2});
  const auto json = to_json(one);
  EXPECT_EQ(to_json(update_from(json)), json);
  EXPECT_EQ(update_from(json).value, -5);
  EXPECT_TRUE(update_from(json).needs.contains({a, 4}));
}

TEST(QuorumStore, ADeleteIsForGoodUnlessToldOtherwise) {
  for (const Bug bug : {Bug::none, Bug::resurrected_delete}) {
    Settings settings;
    settings.bug = bug;
    Store store(settings);
    store.apply(update(1, Kind::reg, a, 5));
    store.apply(update(2, Kind::reg, a, 0, Effect::erases));
    const auto value = [&] {
      return shown(store.read({Kind::reg, 1}), Kind::reg, Conflicts::newest)["value"];
    };
    EXPECT_TRUE(value().is_null());
    std::this_thread::sleep_for(Milliseconds(300));
    EXPECT_EQ(value().is_null(), bug == Bug::none);
  }
}

TEST(QuorumStore, CountsRegistersThatNoWriteHasMerged) {
  Settings settings;
  settings.conflicts = Conflicts::siblings;
  Store store(settings);
  Update one = update(1, Kind::reg, a, 5), other = update(1, Kind::reg, b, 6);
  one.context.add(one.dot);
  other.context.add(other.dot);
  store.apply(one);
  EXPECT_EQ(store.unmerged(), 0u);
  store.apply(other);
  EXPECT_EQ(store.unmerged(), 1u);
  Update both = update(2, Kind::reg, a, 7);
  both.context.merge(one.context);
  both.context.merge(other.context);
  both.context.add(both.dot);
  store.apply(both);
  EXPECT_EQ(store.unmerged(), 0u);
}

}  // namespace
}  // namespace tribunal::quorum
