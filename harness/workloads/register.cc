// Registers: read, write, compare-and-set on a few keys at a time, every value written once a key,
// so that a read names its writer and the judge is fast and exact.
#include "harness/workloads/catalogue.h"
#include "harness/workloads/generators.h"
#include "harness/workloads/keys.h"

namespace tribunal {
namespace {

class RegisterCalls {
 public:
  RegisterCalls(const Traffic& traffic, std::size_t worker)
      : course_(traffic, worker),
        weights_{weight_of(traffic, "read"), weight_of(traffic, "write"),
                 weight_of(traffic, "cas")} {}

  Call operator()(const Context&, Random& random) {
    const auto call = asked_++;
    const Key key = course_.key(call);
    if (course_.place(call) == 0) written_ = 0;
    const auto kind = draw_weighted(weights_, random);
    if (course_.only_reads() || kind == 0) return Read{key, {}};
    if (kind == 1 || written_ == 0) return Write{key, fresh_value()};
    const Int from = likely_value(random);
    return Cas{key, from, fresh_value()};
  }

 private:
  Int value(std::uint64_t nth, std::size_t member) const {
    return static_cast<Int>(1 + nth * course_.group_size() + member);
  }
  Int fresh_value() { return value(written_++, course_.member()); }

  // What the register may hold by now, guessed without a look at any answer: mostly this worker's
  // own last value, sometimes that of a fellow who writes as often.
  Int likely_value(Random& random) const {
    const auto member =
        random.below(4) == 0 ? random.below(course_.group_size()) : course_.member();
    return value(written_ - 1, member);
  }

  KeyCourse course_;
  std::vector<int> weights_;
  std::uint64_t asked_ = 0;
  std::uint64_t written_ = 0;  // values this worker gave to the present key
};

Stream traffic(const Traffic& traffic) {
  return [traffic](std::size_t worker) {
    return paced(endless(RegisterCalls(traffic, worker)), traffic, worker);
  };
}

Stream last_look(const Traffic& traffic, const std::vector<std::uint64_t>& asked) {
  return [traffic, asked](std::size_t worker) {
    std::vector<Call> reads;
    for (Key key : last_look_keys(traffic, asked, worker, 2)) reads.push_back(Read{key, {}});
    return listed(std::move(reads));
  };
}

}  // namespace

Workload register_workload() {
  Workload workload;
  workload.name = "register";
  workload.summary = "read, write and compare-and-set registers";
  workload.claim =
      "Every read, write and compare-and-set of a key takes effect at one moment between its call "
      "and its answer.";
  workload.defaults.weights = {{"read", 5}, {"write", 3}, {"cas", 2}};
  workload.traffic = traffic;
  workload.last_look = last_look;
  workload.checkers = {"linearizable-register"};
  return workload;
}

Workload read_write_workload() {
  Workload workload = register_workload();
  workload.name = "read-write";
  workload.summary = "read and write registers, for databases that have no compare-and-set";
  workload.claim =
      "Every read and write of a key takes effect at one moment between its call and its answer.";
  workload.defaults.weights = {{"read", 5}, {"write", 5}};
  return workload;
}

}  // namespace tribunal
