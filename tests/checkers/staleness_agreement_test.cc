// What the staleness checker counts without looking at each pair is what looking at each gives.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>

#include "checkers/staleness/measurement.h"
#include "checkers/staleness/prefix_counts.h"
#include "checkers/staleness/staleness.h"
#include "harness/record/error.h"
#include "harness/record/random.h"

namespace tribunal {
namespace {

enum class Order { real_time, numbers, lists };

constexpr std::size_t sessions = 4, keys = 2, none = SIZE_MAX;

// Writes and reads of two keys by four sessions at two nodes, with stale answers now and then.
class Play {
 public:
  Play(Order order, Random& random) : order_(order), random_(random), open_(sessions, none) {
    history_.nodes = {"", "n1", "n2"};
    for (std::uint32_t i = 0; i < sessions; ++i) names_.push_back(i);
  }

  History play() {
    const std::size_t calls = 2 + random_.below(24);
    while (history_.operations.size() < calls || busy()) {
      now_ += random_.below(4) == 0 ? random_.between(0, 40'000'000) : random_.between(0, 900'000);
      const std::size_t session = random_.below(sessions);
      if (random_.below(12) == 0) {
        const bool starts = random_.below(2) == 0;
        history_.faults.push_back({now_, history_.events++, 0, starts, !starts,
                                   random_.below(2) == 0 ? "kill" : "pause", ""});
      } else if (open_[session] != none) {
        complete(session);
      } else if (history_.operations.size() < calls) {
        invoke(session);
      }
    }
    if (order_ == Order::numbers) number();
    return std::move(history_);
  }

 private:
  bool busy() const {
    return std::any_of(open_.begin(), open_.end(), [](std::size_t one) { return one != none; });
  }

  void invoke(std::size_t session) {
    Operation call;
    const std::size_t key = random_.below(keys);
    call.key = Value::integer(static_cast<std::int64_t>(key));
    call.process = names_[session];
    call.node = static_cast<std::uint16_t>(random_.below(3));
    call.began = history_.events++;
    call.invoked_at = now_;
    if (random_.below(5) < 2) {
      call.function = order_ == Order::lists ? Function::append : Function::write;
      call.value = Value::integer(++last_);
    } else if (order_ == Order::real_time && random_.below(12) == 0) {
      call.function = Function::del;
    }
    open_[session] = history_.operations.size();
    history_.operations.push_back(call);
  }

  void complete(std::size_t session) {
    Operation& call = history_.operations[open_[session]];
    const auto key = static_cast<std::size_t>(call.key.as_integer());
    open_[session] = none;
    const std::uint32_t event = history_.events++;
    call.completed_at = now_;
    const std::uint64_t luck = random_.below(12);
    call.outcome = luck == 0 ? Outcome::failed : luck == 1 ? Outcome::unknown : Outcome::ok;
    const bool reads = call.function == Function::read;
    if (reads && !call.ok()) call.outcome = Outcome::failed;
    if (!reads && call.function != Function::del && call.outcome != Outcome::failed &&
        (call.ok() || random_.below(2) == 0))
      held_[key].push_back(call.value);
    if (reads && call.ok()) answer(call, held_[key]);
    if (call.outcome == Outcome::unknown) {
      names_[session] += sessions;
    } else {
      call.ended = event;
    }
  }

  void answer(Operation& read, const std::vector<Value>& held) {
    const std::size_t behind = random_.below(3) == 0 ? random_.below(held.size() + 1) : 0;
    const std::size_t seen = held.size() - behind;
    if (order_ == Order::lists) {
      read.value = history_.values.list(std::span(held).first(seen));
    } else if (seen != 0) {
      read.value = held[seen - 1];
    }
  }

  // The order in which writes came to be, with gaps.
  void number() {
    for (const Operation& one : history_.operations) {
      std::int64_t number = -1;
      for (const auto& held : held_) {
        const auto found = std::find(held.begin(), held.end(), one.value);
        if (!one.value.is_nil() && found != held.end() && one.ok())
          number = 10 + 3 * (found - held.begin());
      }
      history_.versions.push_back(number);
    }
  }

  Order order_;
  Random& random_;
  History history_;
  std::int64_t now_ = 0, last_ = 0;
  std::vector<std::uint32_t> names_;
  std::vector<std::size_t> open_;
  std::vector<Value> held_[keys];  // in the order in which they took effect
};

struct Pairs {
  Curve all, same_session, same_node, calm, during_kill;
  std::map<std::uint32_t, std::pair<std::int64_t, std::uint32_t>> stale;  // read: t and k
  std::uint64_t reads = 0, due = 0, late = 0, calm_due = 0, calm_late = 0;
};

class Definition {
 public:
  Definition(const History& history, Order order, std::int64_t within)
      : history_(history), all_(history.operations), order_(order), within_(within) {}

  Pairs count() {
    Pairs pairs;
    for (std::uint32_t r = 0; r < all_.size(); ++r) {
      if (all_[r].function == Function::read && all_[r].ok() && known(all_[r])) judge(r, pairs);
    }
    return pairs;
  }

 private:
  bool deleted(Value key) const {
    return std::any_of(all_.begin(), all_.end(), [&](const Operation& one) {
      return one.key == key && one.function == Function::del && one.outcome != Outcome::failed;
    });
  }
  bool known(const Operation& read) const { return !read.value.is_nil() || !deleted(read.key); }

  // What a read returned, of a list its last element; nil: what was there at first.
  Value seen(const Operation& read) const {
    if (order_ != Order::lists || read.value.is_nil()) return read.value;
    const auto elements = history_.values.elements(read.value);
    return elements.empty() ? Value::nil() : elements.back();
  }

  bool newer(std::uint32_t write, const Operation& read) const {
    const Operation& w = all_[write];
    const Value v = seen(read);
    if (v.is_nil()) return true;
    if (order_ == Order::lists) {
      // Missing from the list that was read.
      const auto elements = history_.values.elements(read.value);
      return std::find(elements.begin(), elements.end(), w.value) == elements.end();
    }
    if (order_ == Order::numbers) {
      for (std::size_t i = 0; i < all_.size(); ++i) {
        if (all_[i].ok() && all_[i].value == v)
          return history_.versions[write] > history_.versions[i];
      }
    }
    for (const Operation& one : all_) {
      if (one.ok() && one.key == w.key && one.value == v && one.ended < w.began) return true;
    }
    return false;
  }

  void judge(std::uint32_t r, Pairs& pairs) const {
    const Operation& read = all_[r];
    bool kill = false, calm = true;
    std::map<std::string, int> lasting;
    for (const FaultEvent& event : history_.faults) {
      if (event.index > read.began) break;
      lasting[event.name] = std::max(0, lasting[event.name] + (event.starts ? 1 : -1));
    }
    kill = lasting["kill"] > 0;
    calm = !kill && lasting["pause"] == 0;
    bool before = false, due = false, late = false;
    const bool long_calm = calm_since(read.invoked_at - within_, read.invoked_at);
    for (std::uint32_t w = 0; w < all_.size(); ++w) {
      const Operation& write = all_[w];
      if (write.function == Function::read || !write.ok() || write.key != read.key ||
          write.ended > read.began)
        continue;
      const std::int64_t delta = read.invoked_at - write.completed_at;
      const bool missed = newer(w, read);
      std::size_t bucket = 0;
      while (bucket + 1 < curve_buckets && delta >= curve_from[bucket + 1]) ++bucket;
      const auto add = [&](Curve& curve) {
        ++curve.pairs[bucket];
        curve.fresh[bucket] += !missed;
      };
      add(pairs.all);
      if (write.process == read.process) add(pairs.same_session);
      if (write.node == read.node && read.node != 0) add(pairs.same_node);
      if (calm) add(pairs.calm);
      if (kill) add(pairs.during_kill);
      before = true;
      due |= delta >= within_;
      late |= missed && delta >= within_;
      if (!missed) continue;
      auto& [behind, versions] = pairs.stale[r];
      behind = std::max(behind, delta);
      ++versions;
    }
    pairs.reads += before;
    pairs.due += due;
    pairs.late += late;
    pairs.calm_due += due && long_calm;
    pairs.calm_late += late && long_calm;
  }

  // Whether no fault lasted between two times.
  bool calm_since(std::int64_t from, std::int64_t to) const {
    std::map<std::string, int> lasting;
    const auto none_lasts = [&] { return lasting["kill"] == 0 && lasting["pause"] == 0; };
    for (const FaultEvent& event : history_.faults) {
      if (event.time > to) break;
      if (event.time >= from && !none_lasts()) return false;
      lasting[event.name] = std::max(0, lasting[event.name] + (event.starts ? 1 : -1));
      if (event.time >= from && !none_lasts()) return false;
    }
    return none_lasts();
  }

  const History& history_;
  const std::vector<Operation>& all_;
  Order order_;
  std::int64_t within_;
};

void expect_same(const Curve& counted, const Curve& expected) {
  EXPECT_EQ(counted.pairs, expected.pairs);
  EXPECT_EQ(counted.fresh, expected.fresh);
}

void compare(Order order, std::uint64_t seed) {
  const std::size_t count = std::getenv("TRIBUNAL_SLOW") != nullptr ? 20'000 : 2'000;
  std::size_t stale = 0, late = 0, calm = 0, not_calm = 0;
  for (std::size_t round = 0; round < count; ++round) {
    Random random = Random::stream(seed, "staleness", round);
    const History history = Play(order, random).play();
    const std::int64_t within = random.between(0, 30'000'000);
    const Budget budget;
    Watch watch(budget, 1);
    Sightings sightings;
    Measurement measured;
    ASSERT_TRUE(find_sightings(history, {}, watch, sightings));
    ASSERT_TRUE(measure(sightings, within, watch, measured));
    const Pairs expected = Definition(history, order, within).count();
    expect_same(measured.all, expected.all);
    expect_same(measured.same_session, expected.same_session);
    expect_same(measured.same_node, expected.same_node);
    expect_same(measured.calm, expected.calm);
    const auto kill = std::find(sightings.kinds.begin(), sightings.kinds.end(), "kill");
    if (kill != sightings.kinds.end())
      expect_same(measured.during[static_cast<std::size_t>(kill - sightings.kinds.begin())],
                  expected.during_kill);
    EXPECT_EQ(measured.reads, expected.reads);
    EXPECT_EQ(measured.due.reads, expected.due);
    EXPECT_EQ(measured.due.late, expected.late);
    EXPECT_EQ(measured.calm_due.reads, expected.calm_due);
    EXPECT_EQ(measured.calm_due.late, expected.calm_late);
    ASSERT_EQ(measured.stale.size(), expected.stale.size());
    for (const StaleRead& one : measured.stale) {
      ASSERT_TRUE(expected.stale.contains(one.operation));
      EXPECT_EQ(one.behind, expected.stale.at(one.operation).first);
      EXPECT_EQ(one.versions, expected.stale.at(one.operation).second);
    }
    stale += measured.stale.size();
    late += measured.due.late;
    calm += measured.calm_due.reads;
    not_calm += measured.due.reads - measured.calm_due.reads;
    ASSERT_FALSE(::testing::Test::HasFailure()) << "round " << round;
  }
  EXPECT_GT(stale, count / 4);
  EXPECT_GT(late, count / 20);
  EXPECT_GT(calm, count / 4);
  EXPECT_GT(not_calm, count / 4);
}

TEST(Staleness, ByRealTimeIsAsDefined) { compare(Order::real_time, 1); }
TEST(Staleness, ByTheDatabasesNumbersIsAsDefined) { compare(Order::numbers, 2); }
TEST(Staleness, OfListsIsAsDefined) { compare(Order::lists, 3); }

TEST(Staleness, EvidenceIsSmallAndSaysWhereEachOrderComesFrom) {
  std::size_t violated = 0;
  for (std::size_t round = 0; round < 500; ++round) {
    Random random = Random::stream(4, "staleness", round);
    const History history = Play(static_cast<Order>(round % 3), random).play();
    CheckOptions options;
    options.more = {{"freshness", "0.97"}, {"within", "1ms"}};
    const Verdict verdict = check_staleness(history, options, Budget{});
    violated += verdict.judgement == Judgement::violated;
    ASSERT_EQ(verdict.judgement == Judgement::violated, !verdict.evidence.empty());
    for (const Evidence& evidence : verdict.evidence) {
      EXPECT_GE(evidence.exhibits.size(), 2u);
      EXPECT_LE(evidence.exhibits.size(), 4u);
      for (const Arrow& arrow : evidence.arrows) {
        EXPECT_FALSE(arrow.why.empty());
        if (arrow.why == "real time") {
          EXPECT_LT(evidence.exhibits[arrow.from].ended, evidence.exhibits[arrow.to].began);
        }
      }
    }
  }
  EXPECT_GT(violated, 50u);
}

TEST(Staleness, WithoutATargetNothingIsClaimed) {
  std::size_t measured = 0;
  for (std::size_t round = 0; round < 200; ++round) {
    Random random = Random::stream(5, "staleness", round);
    const History history = Play(Order::real_time, random).play();
    const Verdict verdict = check_staleness(history, {}, Budget{});
    EXPECT_EQ(verdict.judgement, Judgement::vacuous) << verdict.reason;
    measured += std::any_of(verdict.figures.begin(), verdict.figures.end(), [](const auto& figure) {
      return figure.first == "fresh by time since the write";
    });
  }
  EXPECT_GT(measured, 100u);
}

// A key is written at 0 s and 1 s; 400 reads from then on. Those while the fault lasts, and those
// within 100 ms after it, return the first value.
Verdict around_a_fault(const char* outside_faults) {
  constexpr std::int64_t millisecond = 1'000'000;
  History history;
  const auto call = [&](Function function, std::int64_t value, std::int64_t at) {
    Operation operation;
    operation.function = function;
    operation.process = function == Function::write ? 0 : 1;
    operation.key = Value::integer(0);
    operation.value = Value::integer(value);
    operation.began = history.events++;
    operation.ended = history.events++;
    operation.invoked_at = operation.completed_at = at;
    operation.outcome = Outcome::ok;
    history.operations.push_back(operation);
  };
  call(Function::write, 1, 0);
  call(Function::write, 2, 1000 * millisecond);
  for (std::int64_t at = 2000; at < 6000; at += 10) {
    if (at == 3000 || at == 4000)
      history.faults.push_back(
          {at * millisecond, history.events++, 0, at == 3000, at == 4000, "partition", "n1 | n2"});
    call(Function::read, at >= 3000 && at < 4100 ? 1 : 2, at * millisecond + 1);
  }
  CheckOptions options;
  options.more = {{"freshness", "0.99"}, {"within", "150ms"}, {"outside-faults", outside_faults}};
  return check_staleness(history, options, Budget{});
}

TEST(Staleness, ATargetMayLeaveOutWhatFaultsDo) {
  const Verdict all = around_a_fault("false");
  EXPECT_EQ(all.judgement, Judgement::violated) << all.reason;
  const Verdict calm = around_a_fault("true");
  EXPECT_EQ(calm.judgement, Judgement::inconclusive) << calm.reason;
  EXPECT_NE(calm.reason.find("285 of 285"), std::string::npos) << calm.reason;
}

TEST(Staleness, ATargetThatIsNoneIsRefused) {
  for (const auto& [name, value] :
       {std::pair("freshness", "1.5"), std::pair("freshness", "often"), std::pair("within", "100"),
        std::pair("within", "-5ms"), std::pair("within", "soon")}) {
    CheckOptions options;
    options.more[name] = value;
    EXPECT_THROW(check_staleness({}, options, Budget{}), Error) << name << "=" << value;
  }
}

TEST(PrefixCounts, AreThoseOfCounting) {
  Random random(6);
  PrefixCounts counts;
  for (int round = 0; round < 300; ++round) {
    std::vector<std::uint32_t> numbers(random.below(40));
    for (auto& number : numbers) number = static_cast<std::uint32_t>(random.below(12));
    counts.build(numbers);
    for (std::uint32_t n = 0; n <= numbers.size(); ++n) {
      for (std::uint32_t x = 0; x < 13; ++x) {
        const auto expected =
            std::count_if(numbers.begin(), numbers.begin() + n, [x](auto one) { return one > x; });
        ASSERT_EQ(counts.above(n, x), static_cast<std::uint32_t>(expected));
      }
    }
  }
}

// The bounds of Wilson's interval, from his formula's two roots.
TEST(Curve, IntervalSolvesItsEquation) {
  for (const std::uint64_t draws : {1u, 7u, 100u, 5000u}) {
    for (std::uint64_t hits = 0; hits <= draws; hits += std::max<std::uint64_t>(1, draws / 7)) {
      const Interval interval = wilson(hits, draws);
      const double share = static_cast<double>(hits) / static_cast<double>(draws);
      for (const double bound : {interval.low, interval.high}) {
        if (bound == 0 || bound == 1) continue;
        const double error = std::sqrt(bound * (1 - bound) / static_cast<double>(draws));
        EXPECT_NEAR(std::abs(share - bound) / error, 1.96, 1e-3);
      }
      EXPECT_LE(interval.low, share);
      EXPECT_GE(interval.high, share);
    }
  }
}

}  // namespace
}  // namespace tribunal
