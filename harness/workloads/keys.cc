#include "harness/workloads/keys.h"

#include <algorithm>

namespace tribunal {

KeyCourse::KeyCourse(const Traffic& traffic, std::size_t worker) {
  const std::size_t size = std::min(traffic.processes_per_key, traffic.workers);
  groups_ = std::max<std::size_t>(1, traffic.workers / size);
  // Workers left over join the groups from the first on.
  group_ = worker % groups_;
  member_ = worker / groups_;
  group_size_ = traffic.workers / groups_ + (group_ < traffic.workers % groups_ ? 1 : 0);
  readers_ = traffic.readers_per_key;
  share_ = std::max<std::uint64_t>(1, traffic.operations_per_key / group_size_);
}

std::vector<Key> touched_keys(const Traffic& traffic, const std::vector<std::uint64_t>& asked) {
  std::vector<Key> keys;
  for (std::size_t worker = 0; worker < asked.size(); ++worker) {
    const KeyCourse course(traffic, worker);
    Key last = -1;
    for (std::uint64_t call = 0; call < asked[worker]; ++call) {
      if (course.key(call) != last) keys.push_back(last = course.key(call));
    }
  }
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

std::vector<Key> last_look_keys(const Traffic& traffic, const std::vector<std::uint64_t>& asked,
                                std::size_t worker, std::size_t looks) {
  const auto all = touched_keys(traffic, asked);
  std::vector<Key> mine;
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t look = 0; look < std::min(looks, traffic.workers); ++look) {
      if ((i + look) % traffic.workers == worker) mine.push_back(all[i]);
    }
  }
  return mine;
}

}  // namespace tribunal
