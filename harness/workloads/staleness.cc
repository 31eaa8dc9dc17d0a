// Probes of staleness: one session writes a key, and others read it at drawn delays, through the
// same node and through others. Which worker writes what and when follows from the place of the
// write in the schedule, so that the workers need not speak with each other.
#include <algorithm>
#include <cmath>
#include <queue>

#include "harness/workloads/catalogue.h"
#include "harness/workloads/generators.h"

namespace tribunal {
namespace {

constexpr double shortest = 1e6, longest = 2e9;  // delays of reads, nanoseconds
constexpr double usual_rate = 500;               // calls a second where none is asked for
constexpr std::uint64_t writes_a_key = 20;

// The calls of one worker, by their time. Write i is made by worker i mod workers through node i
// mod nodes; its reads go round the workers from that one on.
class Probes : public Generator {
 public:
  Probes(const Traffic& traffic, std::size_t worker)
      : worker_(worker),
        workers_(traffic.workers),
        nodes_(std::max<std::size_t>(1, traffic.nodes)),
        reads_(reads_a_write(traffic)) {
    const double rate = traffic.rate > 0 ? traffic.rate : usual_rate;
    interval_ = 1e9 * static_cast<double>(1 + reads_) / rate;
  }

  Next next(const Context&, Random& random) override {
    while (due_.empty() || due_.top().intended >= time_of(write_)) plan(random);
    Step step = due_.top();
    due_.pop();
    return step;
  }

 private:
  struct Later {
    bool operator()(const Step& a, const Step& b) const { return a.intended > b.intended; }
  };

  static std::uint64_t reads_a_write(const Traffic& traffic) {
    const int writes = std::max(1, weight_of(traffic, "write"));
    return static_cast<std::uint64_t>(std::max(1, weight_of(traffic, "read") / writes));
  }

  std::int64_t time_of(std::uint64_t write) const {
    return static_cast<std::int64_t>((static_cast<double>(write) + 1) * interval_);
  }
  Key key_of(std::uint64_t write) const {
    const std::uint64_t nth = write / workers_;  // of its worker's
    return static_cast<Key>(write % workers_ + workers_ * (nth / writes_a_key));
  }

  // What this worker does about the next write: it or a read of it, or nothing.
  void plan(Random& random) {
    const std::uint64_t write = write_++, writer = write % workers_;
    const auto value = static_cast<Int>(1 + write / workers_ % writes_a_key);
    if (writer == worker_) due_.push({Write{key_of(write), value}, time_of(write), write % nodes_});
    const std::uint64_t away = (worker_ + workers_ - writer) % workers_;
    for (std::uint64_t read = away; read < reads_; read += workers_) {
      const double delay = shortest * std::pow(longest / shortest, random.unit());
      const std::uint64_t step = random.below(2) == 0 ? 0 : random.below(nodes_);
      due_.push({Read{key_of(write), {}}, time_of(write) + static_cast<std::int64_t>(delay),
                 (write + step) % nodes_});
    }
  }

  std::size_t worker_, workers_, nodes_;
  std::uint64_t reads_;
  double interval_;
  std::uint64_t write_ = 0;  // the first that is not planned
  std::priority_queue<Step, std::vector<Step>, Later> due_;
};

Stream traffic(const Traffic& traffic) {
  return [traffic](std::size_t worker) {
    Traffic limits = traffic;
    limits.rate = 0;  // the probes keep their own times
    return paced(std::make_unique<Probes>(traffic, worker), limits, worker);
  };
}

}  // namespace

Workload staleness_workload() {
  Workload workload;
  workload.name = "staleness";
  workload.summary =
      "write registers and read them 1 ms to 2 s later, through the same and other nodes";
  workload.claim =
      "As large a share of reads as was asked for sees every write that was acknowledged so long "
      "before.";
  workload.defaults.weights = {{"read", 9}, {"write", 1}};
  workload.traffic = traffic;
  workload.checkers = {"staleness"};
  return workload;
}

}  // namespace tribunal
