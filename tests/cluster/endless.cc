#include "tests/cluster/endless.h"

#include <signal.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <optional>

#include "harness/cluster/cell.h"
#include "harness/cluster/loop_disks.h"

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

int be_endless_cell(int argc, char** argv) {
  const std::filesystem::path folder = argv[2];
  const std::string mark = argv[3];
  block_ends();
  std::optional<LoopKeeper> keeper;
  if (argc > 4) keeper.emplace();
  return inside_cell([&] {
    const auto cluster =
        build_cell({2, folder / "logs", folder / "data", keeper ? &*keeper : nullptr});
    for (std::size_t i = 0; i < cluster->size() && keeper; ++i)
      cluster->loop_disks->mount(cluster->host(i));
    for (std::size_t i = 0; i < cluster->size(); ++i)
      cluster->host(i).start({{"/bin/sleep", "100000"}, {{"MARK", mark}}, false});
    std::ofstream(folder / "built") << "yes";
    return await_end();
  });
}

}  // namespace tribunal
