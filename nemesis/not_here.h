// A fault cannot strike a host as that is now, and has done nothing to it: another host, or the
// same a little later, may do.
#pragma once

#include <stdexcept>

namespace tribunal {

class NotHere : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace tribunal
