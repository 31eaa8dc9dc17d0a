// What the user, or the machine, got wrong. Caught in main alone; what the database did is data,
// never an Error.
#pragma once

#include <stdexcept>
#include <string>

namespace tribunal {

// Who has to act, and so the exit code: 64 for what was asked, 3 for what the machine lacks.
enum class Blame { usage, environment };

class Error : public std::runtime_error {
 public:
  // `what`: the offending input, its place (file and line where there is one) and why, in one
  // sentence. `fix`: what to type or change instead; may be empty.
  Error(Blame blame, const std::string& what, std::string fix = {})
      : std::runtime_error(what), blame_(blame), fix_(std::move(fix)) {}

  Blame blame() const { return blame_; }
  const std::string& fix() const { return fix_; }

 private:
  Blame blame_;
  std::string fix_;
};

}  // namespace tribunal
