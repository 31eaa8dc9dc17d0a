#include "nemesis/disk/on_loop.h"

#include <fmt/format.h>

#include <algorithm>

#include "nemesis/disk/disk_fault.h"
#include "nemesis/disk/faults.h"

namespace tribunal {
namespace {

struct OptionOnLoop {
  std::string kind, option, value;
  std::string why;  // it can have no other
};

const std::vector<OptionOnLoop>& all_on_loop() {
  static const std::vector<OptionOnLoop> all{
      {"power-cut", "torn", "no", "ext4 loses whole pages"},
      {"disk-full", "overwrites", "allowed", "ext4 overwrites in place"},
      {"disk-full", "paths", all_paths, "a file system is full for every file"},
      {"disk-read-only", "paths", all_paths, "a file system is read-only for every file"}};
  return all;
}

}  // namespace

std::string why_not_on_loop(const PlannedFault& planned) {
  const auto& disks = disk_faults();
  const auto named = [&planned](const auto& one) { return one.name == planned.fault; };
  if (std::none_of(disks.begin(), disks.end(), named)) return {};
  bool known = false;
  for (const auto& [kind, option, value, why] : all_on_loop()) {
    if (kind != planned.fault) continue;
    known = true;
    const auto said = planned.options.find(option);
    if (said != planned.options.end() && said->second != value)
      return fmt::format("{} cannot be {}, since {}; say {}={}", option, said->second, why, option,
                         value);
  }
  return known ? "" : "no file system of the kernel has it by itself";
}

std::map<std::string, std::string> options_on_loop(const std::vector<std::string>& kinds) {
  std::map<std::string, std::string> options;
  for (const auto& [kind, option, value, why] : all_on_loop())
    if (std::find(kinds.begin(), kinds.end(), kind) != kinds.end())
      options[kind + "." + option] = value;
  return options;
}

}  // namespace tribunal
