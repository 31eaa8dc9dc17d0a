// Workers record both ends of every call, whatever the client does.
#include "harness/run/workers.h"

#include <gtest/gtest.h>

#include <map>
#include <mutex>
#include <thread>

#include "harness/record/history_file.h"
#include "harness/workloads/generators.h"
#include "tests/run/scratch.h"

namespace tribunal {
namespace {

// Does what the test says with each call.
class Scripted : public Client {
 public:
  explicit Scripted(std::function<Call(const Call&)> answer) : answer_(std::move(answer)) {}
  Call invoke(const Call& call) override { return answer_(call); }

 private:
  std::function<Call(const Call&)> answer_;
};

struct Outcomes {
  History history;
  std::size_t ok = 0, failed = 0, unknown = 0;
};

Outcomes work(std::size_t workers, std::size_t calls, std::function<Call(const Call&)> answer,
              Milliseconds patience = Milliseconds(60'000), std::stop_token stop = {}) {
  const Scratch scratch;
  Recorder recorder(scratch.path() / "history.jsonl");
  Activity activity(2);
  WorkersOptions options;
  options.workers = workers;
  options.nodes = {"n1", "n2"};
  options.call_timeout = patience;
  options.grace = Milliseconds(0);
  options.connect = [&answer](std::size_t) { return std::make_unique<Scripted>(answer); };
  {
    Workers all(options, recorder, activity);
    all.run(
        "traffic",
        [&](std::size_t worker) {
          std::vector<Call> list;
          for (std::size_t i = 0; i < calls; ++i)
            list.push_back(Write{static_cast<Key>(worker), static_cast<Int>(i)});
          return listed(std::move(list));
        },
        stop);
  }
  recorder.close();
  Outcomes outcomes{read_history(scratch.path() / "history.jsonl")};
  for (const auto& op : outcomes.history.operations) {
    ++(op.outcome == Outcome::ok       ? outcomes.ok
       : op.outcome == Outcome::failed ? outcomes.failed
                                       : outcomes.unknown);
  }
  return outcomes;
}

TEST(Workers, EveryCallOfEveryWorkerIsRecordedOnce) {
  const auto all = work(8, 50, [](const Call& call) { return call; });
  EXPECT_EQ(all.ok, 400u);
  EXPECT_EQ(all.failed + all.unknown, 0u);
  for (const auto& op : all.history.operations)
    EXPECT_EQ(all.history.nodes[op.node], op.process % 2 ? "n2" : "n1");
}

TEST(Workers, ARejectedCallFailsAndItsProcessGoesOn) {
  const auto all = work(1, 3, [](const Call&) -> Call { throw Rejected("refused"); });
  EXPECT_EQ(all.failed, 3u);
  for (const auto& op : all.history.operations) {
    EXPECT_EQ(op.process, 0u);
    EXPECT_EQ(all.history.errors[op.error], "refused");
  }
}

TEST(Workers, AnyOtherExceptionIsUnknownAndRetiresTheProcess) {
  const auto all =
      work(2, 3, [](const Call&) -> Call { throw std::runtime_error("connection reset"); });
  EXPECT_EQ(all.unknown, 6u);
  std::map<std::uint32_t, int> calls;
  for (const auto& op : all.history.operations) ++calls[op.process];
  EXPECT_EQ(calls, (std::map<std::uint32_t, int>{{0, 1}, {1, 1}, {2, 1}, {3, 1}, {4, 1}, {5, 1}}));
}

TEST(Workers, AClientThatDoesNotComeBackIsAbandonedAndStallsNobody) {
  // Outlives the test: an abandoned call may come back at any time.
  static std::mutex gate;
  static std::atomic<int> calls{0};
  std::unique_lock closed(gate);
  const auto all = work(
      2, 4,
      [](const Call& call) -> Call {
        if (calls++ == 0) std::scoped_lock wait(gate);
        return call;
      },
      Milliseconds(100));
  closed.unlock();
  EXPECT_EQ(all.unknown, 1u);
  EXPECT_EQ(all.ok, 7u);
}

TEST(Workers, AStopEndsAWaitForADueTime) {
  std::stop_source source;
  source.request_stop();
  const auto all = work(
      2, 4, [](const Call& call) { return call; }, Milliseconds(1000), source.get_token());
  EXPECT_EQ(all.history.operations.size(), 0u);
}

TEST(Workers, AnOpenLoopRecordsHowLateItWas) {
  const Scratch scratch;
  Recorder recorder(scratch.path() / "history.jsonl");
  Activity activity(1);
  WorkersOptions options;
  options.workers = 1;
  options.nodes = {"n1"};
  options.connect = [](std::size_t) {
    return std::make_unique<Scripted>([](const Call& call) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      return call;
    });
  };
  Workers all(options, recorder, activity);
  all.run("traffic",
          [](std::size_t) {
            return at_rate(limited(endless([](const Context&, Random&) {
                                     return Read{0, {}};
                                   }),
                                   10),
                           1000, 1);
          },
          {});
  recorder.close();
  const auto history = read_history(scratch.path() / "history.jsonl");
  ASSERT_EQ(history.operations.size(), 10u);
  // Ten calls meant for the first 10 ms, each 20 ms long: the last is at least 160 ms late.
  EXPECT_GE(history.operations.back().late_us, 160'000u);
}

// Remembers the node it was made for; every token says where it came from and what it was given.
class Travelling : public Client {
 public:
  Travelling(std::size_t node, std::size_t refusing) : node_(node), refusing_(refusing) {}
  Call invoke(const Call& call) override {
    if (node_ == refusing_) throw Rejected("not here");
    auto read = std::get<Read>(call);
    read.value = token_.empty() ? -1 : std::stoll(token_);
    token_ = std::to_string(node_);
    return read;
  }
  std::string token() const override { return token_; }
  void carry(const std::string& token) override { token_ = token; }

 private:
  std::size_t node_, refusing_;
  std::string token_;
};

constexpr std::size_t nowhere = 99;

// One worker's 60 reads over three nodes.
History travel(Movement movement, Tokens tokens, std::size_t refusing = nowhere) {
  const Scratch scratch;
  Recorder recorder(scratch.path() / "history.jsonl");
  Activity activity(3);
  WorkersOptions options;
  options.workers = 1;
  options.nodes = {"n1", "n2", "n3"};
  options.movement = movement;
  options.tokens = tokens;
  options.connect = [refusing](std::size_t node) {
    return std::make_unique<Travelling>(node, refusing);
  };
  Workers(options, recorder, activity)
      .run("traffic", [](std::size_t) { return listed(std::vector<Call>(60, Call(Read{1}))); }, {});
  recorder.close();
  return read_history(scratch.path() / "history.jsonl");
}

std::map<std::string, int> visits(const History& history) {
  std::map<std::string, int> visits;
  for (const auto& operation : history.operations) ++visits[history.nodes[operation.node]];
  return visits;
}

TEST(Workers, ASessionMovesAsItIsTold) {
  using Visits = std::map<std::string, int>;
  EXPECT_EQ(visits(travel(Movement::sticky, Tokens::carried)), (Visits{{"n1", 60}}));
  EXPECT_EQ(visits(travel(Movement::round_robin, Tokens::carried)),
            (Visits{{"n1", 20}, {"n2", 20}, {"n3", 20}}));
  const auto drawn = visits(travel(Movement::random, Tokens::carried));
  EXPECT_EQ(drawn.size(), 3u);
  EXPECT_EQ(drawn, visits(travel(Movement::random, Tokens::carried)));
  EXPECT_EQ(visits(travel(Movement::fail_over, Tokens::carried)), (Visits{{"n1", 60}}));
  EXPECT_EQ(visits(travel(Movement::fail_over, Tokens::carried, 0)),
            (Visits{{"n1", 1}, {"n2", 59}}));
}

TEST(Workers, ATokenGoesFromNodeToNodeOrIsDropped) {
  const auto carried = travel(Movement::round_robin, Tokens::carried);
  for (std::size_t i = 1; i < 60; ++i)
    EXPECT_EQ(carried.operations[i].value.as_integer(), static_cast<Int>((i - 1) % 3));
  const auto dropped = travel(Movement::round_robin, Tokens::dropped);
  for (std::size_t i = 3; i < 60; ++i)
    EXPECT_EQ(dropped.operations[i].value.as_integer(), static_cast<Int>(i % 3));
}

}  // namespace
}  // namespace tribunal
