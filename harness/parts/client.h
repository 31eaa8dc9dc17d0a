// One process's connection to one node.
#pragma once

#include <stdexcept>
#include <string>

#include "harness/record/call.h"

namespace tribunal {

// Thrown by a client when a call certainly had no effect.
struct Rejected : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Opened by whoever made it, closed by its destructor, used by one thread.
class Client {
 public:
  virtual ~Client() = default;

  // Carries out `call` and returns it completed, within the deadline the client was made with.
  // Throws Rejected only when the call certainly had no effect; any other exception leaves its
  // outcome unknown, always a safe answer.
  virtual Call invoke(const Call& call) = 0;

  // What a session has seen and done so far, in the database's own words, for a client of another
  // node to go on from: after each call the worker takes the token, and gives it to the client it
  // uses next. Databases without such a thing leave it empty.
  virtual std::string token() const { return {}; }
  virtual void carry(const std::string&) {}
};

}  // namespace tribunal
