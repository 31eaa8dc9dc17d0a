// The two ways in which a host's disk can be had, for tests that hold for both.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <optional>
#include <string>

#include "harness/cluster/loop_keeper.h"
#include "tests/cluster/in_cell.h"

namespace tribunal {

enum class DiskMeans { fuse, loop };

// Empty: it can be had here.
inline std::string why_not(DiskMeans means) {
  if (means == DiskMeans::fuse)
    return ::access("/dev/fuse", R_OK | W_OK) == 0
               ? ""
               : "/dev/fuse cannot be opened; chmod 666 /dev/fuse as root";
  static const CellCheck check = check_loop_disks();
  return check.works ? "" : check.why + "; " + check.fix;
}

#define NEED_DISKS(means) \
  if (const std::string why = why_not(means); !why.empty()) GTEST_SKIP() << why

// A cell whose faults of disks work by those means; no disk is mounted yet.
inline void in_cell_by(DiskMeans means, std::size_t hosts,
                       const std::function<void(Cluster&, const Folder&)>& body) {
  std::optional<LoopKeeper> keeper;
  if (means == DiskMeans::loop) keeper.emplace();
  in_cell(hosts, body, keeper ? &*keeper : nullptr);
}

inline std::string means_name(const ::testing::TestParamInfo<DiskMeans>& info) {
  return info.param == DiskMeans::fuse ? "fuse" : "loop";
}

}  // namespace tribunal
