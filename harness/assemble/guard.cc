#include "harness/assemble/guard.h"

#include <fmt/core.h>

#include "harness/record/error.h"

namespace tribunal {

int guarded(const std::function<int()>& body) {
  try {
    return body();
  } catch (const Error& error) {
    fmt::print(stderr, "tribunal: {}\n", error.what());
    if (!error.fix().empty()) fmt::print(stderr, "  fix: {}\n", error.fix());
    return error.blame() == Blame::usage ? 64 : 3;
  } catch (const std::exception& trouble) {
    fmt::print(stderr,
               "tribunal: it failed by itself: {}\n  fix: please report this with the command that "
               "shows it\n",
               trouble.what());
    return 3;
  }
}

}  // namespace tribunal
