// What a client makes of one call, whatever it speaks: done, certainly not done, or nobody knows.
#pragma once

#include <string>

#include "harness/record/history.h"

namespace tribunal {

enum class Effect { reads, writes };  // what the call may do to the database

struct Finding {
  Outcome outcome = Outcome::unknown;
  std::string error;  // short and stable, since it goes into histories and reports; empty for ok
};

}  // namespace tribunal
