// What a fault asks the tool "clock" of a host, and how that is written.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "harness/cluster/host.h"
#include "nemesis/clock/absolute_waits.h"
#include "nemesis/clock/host_clocks.h"

namespace tribunal {

nlohmann::json motion_question(const HostMotion& motion);
HostMotion motion_of(const nlohmann::json& question);

nlohmann::json faketime_question(const FaketimeLibrary& library, FaketimeLook look);
FaketimeLook look_of(const nlohmann::json& question);

nlohmann::json reading_answer(const std::vector<ProcessClocks>& clocks,
                              const HostClocks::Newcomers& newcomers);
struct ClockReading {
  std::vector<ProcessClocks> processes;
  HostClocks::Newcomers newcomers;
};
ClockReading reading_of(const nlohmann::json& answer);

nlohmann::json waits_answer(const std::vector<AbsoluteWait>& waits);
std::vector<AbsoluteWait> waits_of(const nlohmann::json& answer);

}  // namespace tribunal
