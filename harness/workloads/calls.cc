#include "harness/workloads/calls.h"

#include <algorithm>

namespace tribunal {
namespace {

// The keys of a block: those that a group works on at once.
Key key_in(Key block, std::size_t keys_at_once, std::size_t which) {
  return block * static_cast<Key>(keys_at_once) + static_cast<Key>(which);
}

class DrawnCalls {
 public:
  DrawnCalls(std::vector<CallKind> kinds, std::size_t keys_at_once, const Traffic& traffic,
             std::size_t worker)
      : kinds_(std::move(kinds)), course_(traffic, worker), given_(keys_at_once) {
    for (const CallKind& kind : kinds_) weights_.push_back(weight_of(traffic, kind.name));
  }

  Call operator()(const Context&, Random& random) {
    const auto call = asked_++;
    if (course_.place(call) == 0) std::fill(given_.begin(), given_.end(), 0);
    const std::size_t which = given_.size() == 1 ? 0 : random.below(given_.size());
    const std::size_t drawn = draw_weighted(weights_, random);
    const CallKind& kind = kinds_[course_.only_reads() ? 0 : drawn];
    const Key key = key_in(course_.key(call), given_.size(), which);
    const bool is_last = course_.place(call + 1) == 0;
    const Call made = kind.make({key, course_, given_[which], is_last}, random);
    if (kind.element == CallKind::fresh) ++given_[which];
    return made;
  }

 private:
  std::vector<CallKind> kinds_;
  KeyCourse course_;
  std::vector<int> weights_;
  std::uint64_t asked_ = 0;
  std::vector<std::uint64_t> given_;  // to each key of the block
};

}  // namespace

std::function<Stream(const Traffic&)> drawn_from(std::vector<CallKind> kinds,
                                                 std::size_t keys_at_once) {
  return [kinds = std::move(kinds), keys_at_once](const Traffic& traffic) -> Stream {
    return [kinds, keys_at_once, traffic](std::size_t worker) {
      return paced(endless(DrawnCalls(kinds, keys_at_once, traffic, worker)), traffic, worker);
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
    std::function<Call(Key)> read, std::size_t keys_at_once) {
  return [=](const Traffic& traffic, const std::vector<std::uint64_t>& asked) -> Stream {
    return [=](std::size_t worker) {
      std::vector<Key> keys;
      for (const Key block : touched_keys(traffic, asked)) {
        for (std::size_t which = 0; which < keys_at_once; ++which)
          keys.push_back(key_in(block, keys_at_once, which));
      }
      return every_replica(keys, traffic, worker, read);
    };
  };
}

Call read_register(Key key) { return Read{key, {}}; }

CallKind register_reads() {
  return {"read", CallKind::none,
          [](const Turn& turn, Random&) { return read_register(turn.key); }};
}

CallKind register_writes() {
  return {"write", CallKind::fresh, [](const Turn& turn, Random&) -> Call {
            return Write{turn.key, turn.fresh()};
          }};
}

}  // namespace tribunal
