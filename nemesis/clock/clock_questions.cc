#include "nemesis/clock/clock_questions.h"

namespace tribunal {
namespace {

using nlohmann::json;

json written(const ClockMotion& motion) {
  return {{"offset", motion.offset},
          {"rate", motion.rate},
          {"delta", motion.delta},
          {"period", motion.period}};
}

ClockMotion motion_read(const json& written) {
  return {written["offset"], written["rate"], written["delta"], written["period"]};
}

}  // namespace

json motion_question(const HostMotion& motion) {
  return {{"do", "move"},
          {"wall", written(motion.wall)},
          {"monotonic", written(motion.monotonic)},
          {"back", motion.monotonic_may_go_back},
          {"anew", motion.begins_anew}};
}

HostMotion motion_of(const json& question) {
  return {motion_read(question["wall"]), motion_read(question["monotonic"]), question["back"],
          question["anew"]};
}

json faketime_question(const FaketimeLibrary& library, FaketimeLook look) {
  return {{"do", "use libfaketime"},
          {"library", faketime_written(library)},
          {"at each reading", look == FaketimeLook::each_reading}};
}

FaketimeLook look_of(const json& question) {
  return question["at each reading"] ? FaketimeLook::each_reading : FaketimeLook::each_second;
}

json reading_answer(const std::vector<ProcessClocks>& clocks,
                    const HostClocks::Newcomers& newcomers) {
  json processes = json::array();
  for (const auto& one : clocks)
    processes.push_back({{"pid", one.process},
                         {"command", one.command},
                         {"way", name_of(one.way)},
                         {"current", one.current},
                         {"wall ahead", one.wall_ahead},
                         {"monotonic ahead", one.monotonic_ahead},
                         {"wall wanted", one.wall_wanted},
                         {"monotonic wanted", one.monotonic_wanted},
                         {"error", one.error},
                         {"wall calls", one.calls.wall},
                         {"monotonic calls", one.calls.monotonic}});
  return {{"processes", std::move(processes)},
          {"newcomers", newcomers.taken},
          {"failure", newcomers.failure}};
}

ClockReading reading_of(const json& answer) {
  ClockReading reading;
  for (const auto& one : answer["processes"])
    reading.processes.push_back(
        {one["pid"],
         one["command"],
         one["way"] == name_of(ClockWay::faketime) ? ClockWay::faketime : ClockWay::vdso,
         one["current"],
         one["wall ahead"],
         one["monotonic ahead"],
         one["wall wanted"],
         one["monotonic wanted"],
         one["error"],
         {one["wall calls"], one["monotonic calls"]}});
  reading.newcomers = {answer["newcomers"], answer["failure"]};
  return reading;
}

json waits_answer(const std::vector<AbsoluteWait>& waits) {
  json written = json::array();
  for (const auto& wait : waits)
    written.push_back({wait.process, wait.command, wait.thread,
                       wait.clock == WaitClock::wall ? "wall" : "monotonic", wait.remedy});
  return {{"waits", std::move(written)}};
}

std::vector<AbsoluteWait> waits_of(const json& answer) {
  std::vector<AbsoluteWait> waits;
  for (const auto& wait : answer["waits"])
    waits.push_back({wait[0], wait[1], wait[2],
                     wait[3] == "wall" ? WaitClock::wall : WaitClock::monotonic, wait[4]});
  return waits;
}

}  // namespace tribunal
