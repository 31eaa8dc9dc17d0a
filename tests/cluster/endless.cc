#include "tests/cluster/endless.h"

#include <signal.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "harness/cluster/cell.h"

namespace tribunal {
namespace {

int await_end() {
  sigset_t ends;
  ::sigemptyset(&ends);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) ::sigaddset(&ends, signal);
  int signal = 0;
  ::sigwait(&ends, &signal);
  return 128 + signal;
}

void block_ends() {
  sigset_t ends;
  ::sigemptyset(&ends);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) ::sigaddset(&ends, signal);
  ::sigprocmask(SIG_BLOCK, &ends, nullptr);
}

}  // namespace

int be_endless_cell(int, char** argv) {
  const std::filesystem::path folder = argv[2];
  const std::string mark = argv[3];
  block_ends();
  return inside_cell([&] {
    const auto cluster = build_cell({2, folder / "logs", folder / "data"});
    for (std::size_t i = 0; i < cluster->size(); ++i)
      cluster->host(i).start({{"/bin/sleep", "100000"}, {{"MARK", mark}}, false});
    std::ofstream(folder / "built") << "yes";
    return await_end();
  });
}

}  // namespace tribunal
