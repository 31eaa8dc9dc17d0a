// One message to many nodes at once, and the first so many answers.
#pragma once

#include <functional>
#include <utility>
#include <vector>

#include "clients/quorum/server/replication/peers.h"

namespace tribunal::quorum {

struct Gathered {
  std::vector<std::pair<std::size_t, nlohmann::json>> answers;  // by node, as they came
  bool enough = false;
  bool reached = false;  // some node may have carried it out
};

struct Question {
  std::string path;
  nlohmann::json message;
  std::vector<std::size_t> nodes;  // this one may be among them
  std::size_t enough = 1;          // answers
  Clock::time_point deadline;
};

// Waits for `enough` answers, or until there cannot be so many, or the deadline. `here` answers for
// this node, before any other is asked; `missed` is told of every other node that did not answer,
// later too, and so must own what it uses.
Gathered gather(Peers& peers, const Question& question,
                const std::function<nlohmann::json(const nlohmann::json&)>& here,
                const std::function<void(std::size_t node)>& missed = {});

}  // namespace tribunal::quorum
