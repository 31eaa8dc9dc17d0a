// Tries a disk on a loop device for real, in a cell that is thrown away.
#include <fmt/format.h>

#include "harness/cluster/cell.h"
#include "harness/cluster/loop_disks.h"
#include "harness/cluster/throw_away_folder.h"
#include "harness/record/error.h"

namespace tribunal {
namespace {

constexpr Milliseconds trial_deadline{10'000};

void try_power_cut(Cluster& cluster) {
  Host& host = cluster.host(0);
  LoopDisks& disks = *cluster.loop_disks;
  const auto shell = [&host](const std::string& script) {
    return host.run({"/bin/sh", "-c", "cd " + host.data().string() + " && " + script},
                    trial_deadline);
  };
  disks.mount(host);
  const CommandResult wrote = shell("echo kept > kept && sync kept && echo lost > lost");
  if (!wrote.ok())
    throw Error(Blame::environment, "cannot write to ext4 on a loop device: " + wrote.err);
  disks.shut_down(host);
  disks.mount_again(host);
  const CommandResult found = shell("ls && cat kept");
  if (found.out != "kept\nkept\n")
    throw Error(Blame::environment,
                fmt::format("after a shutdown of ext4 on a loop device there was '{}' {}",
                            found.out, found.err));
}

}  // namespace

CellCheck check_loop_disks() {
  CellCheck check{"disks on loop devices", false, {}, {}};
  try {
    const ThrowAwayFolder folder;
    LoopKeeper keeper;
    inside_cell([&] {
      const auto cluster = build_cell({1, folder.path() / "logs", folder.path() / "data", &keeper});
      try_power_cut(*cluster);
      return 0;
    });
    check.works = true;
    check.why = "ext4 was shut down: what was synced was there, what was not was gone";
  } catch (const Error& error) {
    check.why = error.what();
    check.fix = error.fix();
  }
  return check;
}

}  // namespace tribunal
