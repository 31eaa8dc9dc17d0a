#include "harness/workloads/calls.h"

namespace tribunal {
namespace {

class DrawnCalls {
 public:
  DrawnCalls(std::vector<CallKind> kinds, const Traffic& traffic, std::size_t worker)
      : kinds_(std::move(kinds)), course_(traffic, worker) {
    for (const CallKind& kind : kinds_) weights_.push_back(weight_of(traffic, kind.name));
  }

  Call operator()(const Context&, Random& random) {
    const auto call = asked_++;
    if (course_.place(call) == 0) given_ = 0;
    const std::size_t drawn = draw_weighted(weights_, random);
    const CallKind& kind = kinds_[course_.only_reads() ? 0 : drawn];
    const Call made = kind.make({course_.key(call), course_.place(call), course_, given_}, random);
    if (kind.element == CallKind::fresh) ++given_;
    return made;
  }

 private:
  std::vector<CallKind> kinds_;
  KeyCourse course_;
  std::vector<int> weights_;
  std::uint64_t asked_ = 0, given_ = 0;
};

}  // namespace

std::function<Stream(const Traffic&)> drawn_from(std::vector<CallKind> kinds) {
  return [kinds = std::move(kinds)](const Traffic& traffic) -> Stream {
    return [kinds, traffic](std::size_t worker) {
      return paced(endless(DrawnCalls(kinds, traffic, worker)), traffic, worker);
    };
  };
}

std::function<Stream(const Traffic&, const std::vector<std::uint64_t>&)> look_through_workers(
    std::function<Call(Key)> read) {
  return [read](const Traffic& traffic, const std::vector<std::uint64_t>& asked) -> Stream {
    return [read, traffic, asked](std::size_t worker) {
      std::vector<Call> reads;
      for (const Key key : last_look_keys(traffic, asked, worker, 2)) reads.push_back(read(key));
      return listed(std::move(reads));
    };
  };
}

std::function<Stream(const Traffic&, const std::vector<std::uint64_t>&)> look_at_replicas(
    std::function<Call(Key)> read) {
  return [read](const Traffic& traffic, const std::vector<std::uint64_t>& asked) -> Stream {
    return [read, traffic, asked](std::size_t worker) {
      return every_replica(touched_keys(traffic, asked), traffic, worker, read);
    };
  };
}

}  // namespace tribunal
