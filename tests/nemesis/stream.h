// A connection by which a test feels the network: bytes poured from one host to another, which
// checks each and counts them.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "harness/cluster/cluster.h"

namespace tribunal {

inline constexpr const char* stream_verb = "stream";
int be_stream(int argc, char** argv);  // argv: stream sink | stream source ADDRESS MILLISECONDS

void start_sink(Host& host);

struct Stream {
  double megabits = 0;  // a second, as the receiver counts
  bool whole = false;   // every byte came once, in its place, unaltered
  std::string failure;  // "connect: Connection refused"
};
// Connects to the sink of `to` and pours for that long.
Stream pour(Host& from, Host& to, std::chrono::milliseconds time);

}  // namespace tribunal
