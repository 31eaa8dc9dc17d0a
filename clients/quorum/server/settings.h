// What a node is told at its start: who it is, who the others are, what it promises and how it
// lies.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "clients/quorum/server/log/log.h"
#include "clients/quorum/server/store/object.h"

namespace tribunal::quorum {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::milliseconds;

enum class LevelName { linearizable, sequential, causal, session, eventual, weak };

// Deliberate ones. Each breaks what docs/quorum.md says of it, and nothing else.
enum class Bug {
  none,
  stale_read,
  lost_update,
  lost_on_crash,
  dirty_read,
  resurrected_delete,
  reordered_write,
  non_monotonic_session,
  never_repaired,
  duplicate_on_retry,
  wall_clock_lww,
};

enum class Switch { off, on };
enum class StampSource { logical, wall_clock };
enum class Sessions { tokens, sticky };

struct Settings {
  std::size_t index = 0;
  std::vector<std::string> nodes;  // "10.0.0.1:7000", in order, this one included
  std::filesystem::path data;
  LevelName level = LevelName::linearizable;
  Bug bug = Bug::none;

  std::size_t replicas = 0;                       // of each key
  std::size_t read_quorum = 0, write_quorum = 0;  // of them
  Switch write_back = Switch::on, read_repair = Switch::on, hand_off = Switch::on;

  Conflicts conflicts = Conflicts::newest;
  StampSource stamps = StampSource::logical;
  std::chrono::microseconds skew{0};  // of this node's wall clock
  Milliseconds gossip{20};            // zero: none
  Durability durability = Durability::synced;

  Switch read_your_writes = Switch::on, monotonic_reads = Switch::on, monotonic_writes = Switch::on,
         writes_follow_reads = Switch::on;
  Sessions sessions = Sessions::tokens;

  Milliseconds call_deadline{600};  // of a client's request
  Milliseconds peer_deadline{200};  // of a message to another node

  bool has(Bug which) const { return bug == which; }
};

// `arguments` are "--name=value"; throws std::invalid_argument that names the offending one.
Settings settings_from(const std::vector<std::string>& arguments);

}  // namespace tribunal::quorum
