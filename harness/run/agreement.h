// Whether every node gives the same answers by now: what a last look waits for.
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <vector>

#include "harness/record/call.h"

namespace tribunal {

// Counts nothing before the first round, and costs next to nothing then. Any thread may add.
class Agreement {
 public:
  void begin_round();
  void add(std::size_t node, const Call& answer);

  // Whether in the last round and in the one before every key was answered, by as many nodes each,
  // and all with one and the same value.
  bool agreed_twice();

 private:
  using Answer = std::vector<Int>;
  struct Seen {
    Answer first;
    std::set<std::size_t> nodes;
    bool same = true;
  };

  bool agreed() const;
  std::map<Key, Answer> values() const;

  std::atomic<bool> looking_{false};
  std::mutex mutex_;  // guards what follows
  std::map<Key, Seen> round_;
  std::map<Key, Answer> before_;  // what was agreed on in the round before; empty: nothing
};

}  // namespace tribunal
