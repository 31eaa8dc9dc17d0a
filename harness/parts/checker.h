// A claim about histories.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <stop_token>
#include <string>

#include "harness/record/history.h"
#include "harness/record/verdict.h"

namespace tribunal {

// What a checker may spend; out of it, the verdict is inconclusive with a partial statement.
struct Budget {
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
  std::size_t bytes = std::size_t{2} << 30;  // held beyond the history itself
  unsigned threads = 0;                      // 0: all cores
  std::stop_token stop;                      // honoured within 100 ms
};

// What a claim may be told. A checker throws Error(usage) on an option or a value it does not know.
struct CheckOptions {
  Value initial{};                          // of a register (--initial 0); nil: never written
  std::map<std::string, std::string> more;  // "acknowledged": "100", ... (minimums, for progress)
};

struct Checker {
  std::string name;
  std::string claim;  // one sentence
  // A pure function: the same history and options, the same verdict, but for what a budget cut
  // short. Throws Error(usage) when the history does not speak about this claim at all (a call that
  // it does not know).
  std::function<Verdict(const History&, const CheckOptions&, const Budget&)> check;
};

}  // namespace tribunal
