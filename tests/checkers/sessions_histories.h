// Small histories of a store with several replicas that is right only sometimes.
#pragma once

#include "harness/record/history.h"
#include "harness/record/random.h"

namespace tribunal {

struct WeakStoreShape {
  std::size_t operations = 9, sessions = 3, keys = 2, replicas = 2;
  bool lists = false;
  bool numbered = false;  // the store numbers its versions
  bool tidy = false;      // what is read was written, and by a call that did not fail
};

// Sessions move between replicas, writes spread one by one, answers are lost, calls fail; a few
// reads are of values that nobody wrote or whose write failed.
History weak_store_history(const WeakStoreShape& shape, Random& random);

// As a failed test's message shows it: by session.
std::string describe_sessions(const History& history);

}  // namespace tribunal
