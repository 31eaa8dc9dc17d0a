// Objects as a reader of their descriptions would write them, one for each model: slow, plain, and
// sharing no code with the checkers. For random histories and for judging those by all orders.
#pragma once

#include <string>
#include <vector>

#include "harness/record/history.h"
#include "harness/record/random.h"

namespace tribunal {

struct ModelObject {
  std::string model;
  std::vector<Value> state;

  // How it is at first.
  static ModelObject fresh(const std::string& model, const History& history);

  // Whether the call, with the answer it has, can take effect now; then it has. A lost call with
  // the value nil may have had any answer.
  bool fits(const Operation& operation, const History& history);
  // A call to make next, and its true answer; false if it has to fail now.
  Operation call(Random& random, History& history) const;
  bool answer(Operation& operation, History& history);
};

// Whether the operations, all of one object, are linearizable. Up to some nine.
bool linearizable_by_all_orders(const std::string& model, const History& history);

// The first event whose prefix is impossible; pre: the whole is.
std::uint32_t first_impossible_event_of(const std::string& model, const History& history);

// Runs an object under concurrent calls and bends some answers; some calls fail or are lost.
History random_model_history(const std::string& model, std::size_t operations,
                             std::size_t processes, Random& random);

}  // namespace tribunal
