#include "nemesis/process/memory_pressure.h"

#include <fmt/format.h>

#include "harness/record/error.h"
#include "harness/record/words.h"
#include "nemesis/options.h"
#include "nemesis/process/group_fault.h"

namespace tribunal {
namespace {

constexpr std::int64_t least_room = 128 * 1024;

// What a process had before it came into a group is charged to where it had it, so the limit is on
// what it takes from then on: its own memory, and what the kernel keeps of its files. As long as it
// wants no more than it may have, the limit is halved.
class MemoryFault final : public GroupFault {
 public:
  explicit MemoryFault(const PlannedFault& plan)
      : GroupFault(plan, "memory"), room_(bytes_option(plan, "room")) {}

 private:
  std::string limit(ControlGroup& group) override {
    const std::string file = limit_file(group);
    group.set(file, std::to_string(room_));
    return show_bytes(static_cast<std::size_t>(group.number(file))) + " more of memory";
  }

  static std::string limit_file(const ControlGroup& group) {
    return group.version() == 2 ? "memory.high" : "memory.limit_in_bytes";
  }

  static void tighten(ControlGroup& group) {
    const auto room = group.number(limit_file(group));
    if (room < 2 * least_room) return;
    try {
      group.set(limit_file(group), std::to_string(room / 2));
    } catch (const Error&) {  // less than what it holds, and the kernel cannot take that back
    }
  }

  std::optional<std::string> limit_met(ControlGroup& group, Counters& counters,
                                       const std::string& host) override {
    const bool new_interface = group.version() == 2;
    const auto met =
        new_interface ? group.number("memory.events", "high") : group.number("memory.failcnt");
    const auto killed =
        group.number(new_interface ? "memory.events" : "memory.oom_control", "oom_kill");
    counters.emplace_back(host + " bytes that it may take", group.number(limit_file(group)));
    counters.emplace_back(host + " times at the limit", met);
    counters.emplace_back(host + " killed for want of memory", killed);
    if (met == 0) {
      tighten(group);
      return {};
    }
    return fmt::format("the limit met {} times{}", met,
                       killed > 0 ? fmt::format(", {} killed,", killed) : "");
  }

  const std::size_t room_;
};

}  // namespace

FaultKind memory_pressure_fault() {
  auto kind =
      group_fault_kind("memory-pressure",
                       "the database may take little more memory than it has; it may die of that");
  kind.harm = Harm::stops;
  kind.options = {{"room",
                   {"2MiB", "1MiB", "8MiB"},
                   "what it may take from now on; halved while it wants less"}};
  kind.make = [](const PlannedFault& plan) { return std::make_unique<MemoryFault>(plan); };
  kind.prepare = [](Cluster&) { find_group_place("memory"); };
  return kind;
}

}  // namespace tribunal
