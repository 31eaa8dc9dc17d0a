// Which faults of disks a file system of the kernel can have, and how.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/record/receipt.h"

namespace tribunal {

// Why a planned fault cannot be had where disks are ext4 on loop devices; empty: it can.
std::string why_not_on_loop(const PlannedFault& planned);

// The options that those kinds must have there, as "power-cut.torn": "no".
std::map<std::string, std::string> options_on_loop(const std::vector<std::string>& kinds);

}  // namespace tribunal
