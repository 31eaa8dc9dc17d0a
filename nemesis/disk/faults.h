// What can happen to the files of a database.
#pragma once

#include <vector>

#include "harness/parts/fault.h"

namespace tribunal {

// What honest disks do: fail, and lose what was not synced. A correct database loses nothing.
FaultKind power_cut_fault();
FaultKind disk_full_fault();
FaultKind disk_read_only_fault();
FaultKind disk_slow_fault();
FaultKind disk_error_fault();

// What dishonest ones do: no database can bear it on a majority of hosts.
FaultKind disk_lying_fault();
FaultKind bit_flip_fault();
FaultKind misdirected_write_fault();
FaultKind lost_write_fault();
FaultKind truncate_file_fault();
FaultKind rollback_fault();
FaultKind helix_fault();

const std::vector<FaultKind>& disk_faults();

}  // namespace tribunal
