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

}  // namespace
}  // namespace tribunal
