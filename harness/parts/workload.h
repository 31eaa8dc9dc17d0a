// What is asked of a database, and what its answers must satisfy. A workload names its checkers and
// knows none.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "harness/parts/generator.h"

namespace tribunal {

// Which node each call of a session goes to.
enum class Movement : std::uint8_t {
  sticky,       // always the same
  round_robin,  // the next one every time
  random,       // any, by the seed
  fail_over,    // the same until it refuses a call or does not answer, then the next
};

// Whether a session that moves tells the next node what it has seen, where a database has tokens.
enum class Tokens : std::uint8_t { carried, dropped };

// What a spec may set of the traffic.
struct Traffic {
  std::size_t workers = 10;
  double rate = 500;  // calls a second, all workers together; 0: as fast as answers come
  std::size_t processes_per_key = 5;  // n workers share a key at a time
  std::size_t readers_per_key = 0;    // of them, this many only read
  std::size_t operations_per_key = 200;
  std::uint64_t operations = 0;        // limit, all workers together; 0: none
  std::int64_t duration = 0;           // nanoseconds; 0: none
  std::map<std::string, int> weights;  // of each kind of call; empty: the workload's own
  Movement movement = Movement::sticky;
  Tokens tokens = Tokens::carried;
  std::size_t nodes = 1;  // of the cluster
};

// Least activity below which a claim means nothing; a spec may set each.
struct Minimums {
  std::uint64_t acknowledged = 100;  // calls
  std::uint64_t acknowledged_reads = 20;
  std::uint64_t acknowledged_writes = 20;  // anything that is no read
};

// How long the last look goes on: one round, or round after round until every node has given the
// same answer for every key in two rounds in a row, or the time for it is over.
enum class LookUntil : std::uint8_t { once, agreement };

using Stream = std::function<std::unique_ptr<Generator>(std::size_t worker)>;

struct Workload {
  std::string name;
  std::string summary;
  std::string claim;  // one sentence, printed with the verdict
  Traffic defaults;
  Minimums minimums;
  std::function<Stream(const Traffic&)> traffic;
  // After the heal: one quiet look at everything. Given how many calls each worker was asked for in
  // the main phase. May be empty.
  std::function<Stream(const Traffic&, const std::vector<std::uint64_t>& asked)> last_look;
  LookUntil look_until = LookUntil::once;
  std::vector<std::string> checkers;
};

}  // namespace tribunal
