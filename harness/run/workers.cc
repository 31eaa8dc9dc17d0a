#include "harness/run/workers.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

namespace tribunal {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::int64_t stall =
    100'000'000;  // HostActivity::stalled counts calls that took this long

// One call on its way. Whoever takes the claim records its end: the thread that sent it, or the
// watch that gave it up.
struct Flight {
  Call call;
  std::size_t node = 0;
  std::int64_t sent = 0;
  std::atomic<bool> claimed{false};
  bool claim() { return !claimed.exchange(true); }
};

// Refusing such a call says something of the data and nothing of the node.
bool conditional(const Call& call) {
  return std::holds_alternative<Cas>(call) || std::holds_alternative<Acquire>(call) ||
         std::holds_alternative<Transfer>(call);
}

// Where the calls of one worker go.
class Course {
 public:
  Course(Movement movement, std::size_t nodes, std::size_t first)
      : movement_(movement), nodes_(nodes), here_(first % nodes) {}

  std::size_t next(const Step& step, Random& random) {
    if (step.node) return *step.node % nodes_;
    if (movement_ == Movement::random) return random.below(nodes_);
    const std::size_t node = here_;
    if (movement_ == Movement::round_robin) here_ = (here_ + 1) % nodes_;
    return node;
  }
  void came_back(const Step& step, Outcome outcome) {
    if (movement_ != Movement::fail_over || step.node || outcome == Outcome::ok) return;
    if (outcome == Outcome::failed && conditional(step.call)) return;
    here_ = (here_ + 1) % nodes_;
  }

 private:
  Movement movement_;
  std::size_t nodes_, here_;
};

// The clients of one session, a node each, and what it tells the next that it goes to.
class Session {
 public:
  Session(const WorkersOptions& options) : options_(options), clients_(options.nodes.size()) {}

  Client& at(std::size_t node) {
    if (!clients_[node]) clients_[node] = options_.connect(node);
    if (options_.tokens == Tokens::carried && last_ != node && !token_.empty())
      clients_[node]->carry(token_);
    last_ = node;
    return *clients_[node];
  }
  void keep_token() {
    if (options_.tokens == Tokens::carried && clients_[last_]) token_ = clients_[last_]->token();
  }
  void end() {
    for (auto& client : clients_) client.reset();
    token_.clear();
  }

 private:
  const WorkersOptions& options_;
  std::vector<std::unique_ptr<Client>> clients_;
  std::string token_;
  std::size_t last_ = 0;
};

}  // namespace

class Workers::Worker {
 public:
  Worker(Workers& all, std::size_t index)
      : all_(all),
        index_(index),
        course_(all.options_.movement, all.options_.nodes.size(), index),
        process_(static_cast<std::uint32_t>(index)) {}

  void begin(const std::string& phase, const Stream& stream, std::int64_t began,
             std::stop_token stop) {
    stop_ = std::move(stop);
    began_ = began;
    asked_ = 0;
    done_ = false;
    generator_ = stream(index_);
    random_ = Random::stream(all_.options_.seed, phase, index_);
    ways_ = Random::stream(all_.options_.seed, phase + ", nodes", index_);
    launch();
  }

  bool done() const { return done_.load(); }
  std::uint64_t asked() const { return asked_.load(); }

  // Gives up a call that is out for too long: its outcome is unknown, and a new thread goes on in
  // this place.
  void watch(std::int64_t now) {
    std::shared_ptr<Flight> flight;
    {
      std::scoped_lock lock(mutex_);
      flight = flight_;
    }
    const auto patience =
        std::chrono::nanoseconds(all_.options_.call_timeout + all_.options_.grace).count();
    if (!flight || now - flight->sent < patience || !flight->claim()) return;
    thread_.detach();
    record_end(*flight, flight->call, Outcome::unknown, "the client did not come back: abandoned");
    process_ += static_cast<std::uint32_t>(all_.options_.workers);
    launch();
  }

  void join() {
    if (thread_.joinable()) thread_.join();
  }

 private:
  void launch() {
    thread_ = std::thread([this] { work(); });
  }

  void work() {
    Session session(all_.options_);
    while (auto step = next_step()) {
      if (!carry_out(*step, session)) return;  // abandoned: this thread owns nothing here any more
    }
    done_ = true;
  }

  // The next call, once it is due.
  std::optional<Step> next_step() {
    while (!stop_.stop_requested()) {
      const Context context{index_, all_.options_.workers, all_.recorder_.now() - began_};
      const auto next = generator_->next(context, random_);
      if (std::holds_alternative<Exhausted>(next)) return std::nullopt;
      if (const auto* pending = std::get_if<Pending>(&next)) {
        sleep_until(began_ + pending->until);
        continue;
      }
      ++asked_;
      const auto& step = std::get<Step>(next);
      sleep_until(began_ + step.intended);
      if (stop_.stop_requested()) return std::nullopt;
      return step;
    }
    return std::nullopt;
  }

  void sleep_until(std::int64_t time) {
    if (all_.recorder_.now() >= time) return;
    std::unique_lock lock(sleep_mutex_);
    sleep_.wait_until(lock, stop_, all_.recorder_.began_at() + std::chrono::nanoseconds(time),
                      [] { return false; });
  }

  // False if the call was abandoned meanwhile.
  bool carry_out(const Step& step, Session& session) {
    auto flight = std::make_shared<Flight>();
    flight->call = step.call;
    flight->node = course_.next(step, ways_);
    Client& client = session.at(flight->node);
    const auto intended = step.intended > 0 ? began_ + step.intended : std::int64_t{-1};
    flight->sent = all_.recorder_.invoked(process_, step.call, node_name(*flight), intended);
    auto& activity = all_.activity_.host(flight->node);
    ++activity.invoked;
    ++activity.in_flight;
    {
      std::scoped_lock lock(mutex_);
      flight_ = flight;
    }
    Outcome outcome = Outcome::unknown;
    std::string error;
    std::optional<Call> answer;
    try {
      answer = client.invoke(step.call);
      outcome = Outcome::ok;
    } catch (const Rejected& rejected) {
      outcome = Outcome::failed;
      error = rejected.what();
    } catch (const std::exception& lost) {
      error = lost.what();
    }
    if (!flight->claim()) return false;
    record_end(*flight, answer ? *answer : step.call, outcome, error);
    if (answer && all_.options_.answered) all_.options_.answered(flight->node, *answer);
    session.keep_token();
    course_.came_back(step, outcome);
    rest_if_refused(step, outcome);
    if (outcome == Outcome::unknown) {
      // The open call may still take effect, so this process makes no other; a new one carries on.
      process_ += static_cast<std::uint32_t>(all_.options_.workers);
      session.end();
    }
    return true;
  }

  // Without a rate, a node that refuses everything would be asked as fast as the machine can.
  void rest_if_refused(const Step& step, Outcome outcome) {
    refusals_ = outcome == Outcome::failed ? refusals_ + 1 : 0;
    if (step.intended == 0 && refusals_ > 10) sleep_until(all_.recorder_.now() + 5'000'000);
  }

  void record_end(const Flight& flight, const Call& call, Outcome outcome,
                  const std::string& error) {
    const auto ended = all_.recorder_.completed(process_, call, node_name(flight), outcome, error);
    auto& activity = all_.activity_.host(flight.node);
    --activity.in_flight;
    ++(outcome == Outcome::ok       ? activity.ok
       : outcome == Outcome::failed ? activity.failed
                                    : activity.unknown);
    if (ended - flight.sent >= stall) ++activity.stalled;
    std::scoped_lock lock(mutex_);
    flight_.reset();
  }

  const std::string& node_name(const Flight& flight) const {
    return all_.options_.nodes[flight.node];
  }

  Workers& all_;
  const std::size_t index_;
  Course course_;
  std::uint32_t
      process_;  // written by whoever holds the claim of the present call, or has none out
  std::size_t refusals_ = 0;
  std::int64_t began_ = 0;
  std::stop_token stop_;
  std::unique_ptr<Generator> generator_;
  Random random_{0}, ways_{0};
  std::atomic<std::uint64_t> asked_{0};
  std::atomic<bool> done_{true};
  std::mutex sleep_mutex_;
  std::condition_variable_any sleep_;
  std::mutex mutex_;
  std::shared_ptr<Flight> flight_;  // guarded by mutex_
  std::thread thread_;
};

Workers::Workers(WorkersOptions options, Recorder& recorder, Activity& activity)
    : options_(std::move(options)), recorder_(recorder), activity_(activity) {
  for (std::size_t i = 0; i < options_.workers; ++i)
    workers_.push_back(std::make_unique<Worker>(*this, i));
}

Workers::~Workers() = default;

std::vector<std::uint64_t> Workers::run(const std::string& phase, const Stream& stream,
                                        std::stop_token stop) {
  const auto began = recorder_.now();
  for (auto& worker : workers_) worker->begin(phase, stream, began, stop);
  const auto done = [](const auto& worker) { return worker->done(); };
  for (auto pause = std::chrono::microseconds(100);
       !std::all_of(workers_.begin(), workers_.end(), done);) {
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, std::chrono::microseconds(20'000));
    for (auto& worker : workers_) worker->watch(recorder_.now());
  }
  std::vector<std::uint64_t> asked;
  for (auto& worker : workers_) {
    worker->join();
    asked.push_back(worker->asked());
  }
  return asked;
}

}  // namespace tribunal
