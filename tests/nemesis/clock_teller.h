// A small database of the tests that tells its clocks to whoever asks, from several processes.
#pragma once

#include <cstdint>
#include <string>

namespace tribunal {

inline constexpr const char* teller_verb = "clock-teller";

// `<program> clock-teller <port>`: answers on that port and, from a child of its own, on the next
// one.
int be_teller(int argc, char** argv);

struct Told {
  std::int64_t wall = 0, monotonic = 0;  // ns
  // Of clock_waiter.c alone: its waits until moments of its wall clock, and how long they lasted
  // since it was asked last; 0: none ended.
  std::int64_t waits = 0, shortest = 0, longest = 0;
};
inline constexpr int teller_port = 7100;
// Asks until it answers; throws std::runtime_error after 20 s.
Told ask_teller(const std::string& address, int port);
// Has the process at `port` begin a child that answers on `of_child`.
void have_child(const std::string& address, int port, int of_child);

}  // namespace tribunal
