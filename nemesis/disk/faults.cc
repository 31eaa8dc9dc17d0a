#include "nemesis/disk/faults.h"

namespace tribunal {

const std::vector<FaultKind>& disk_faults() {
  static const std::vector<FaultKind> all{
      power_cut_fault(),  disk_full_fault(),     disk_read_only_fault(), disk_slow_fault(),
      disk_error_fault(), disk_lying_fault(),    bit_flip_fault(),       misdirected_write_fault(),
      lost_write_fault(), truncate_file_fault(), rollback_fault(),       helix_fault()};
  return all;
}

}  // namespace tribunal
