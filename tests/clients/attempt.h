// What came of one call, as the history would have it.
#pragma once

#include <string>

#include "harness/parts/client.h"
#include "harness/record/history.h"

namespace tribunal {

struct Attempt {
  Outcome outcome = Outcome::unknown;
  std::string error;
  Call call{Read{}};  // completed, if ok

  friend bool operator==(const Attempt& a, const Attempt& b) {
    return a.outcome == b.outcome && a.error == b.error;
  }
};

inline Attempt attempt(Client& client, const Call& call) {
  try {
    return {Outcome::ok, "", client.invoke(call)};
  } catch (const Rejected& rejected) {
    return {Outcome::failed, rejected.what(), call};
  } catch (const std::exception& lost) {
    return {Outcome::unknown, lost.what(), call};
  }
}

inline std::ostream& operator<<(std::ostream& out, const Attempt& attempt) {
  constexpr const char* names[] = {"ok", "failed", "unknown"};
  return out << names[static_cast<int>(attempt.outcome)] << " '" << attempt.error << "'";
}

}  // namespace tribunal
