#include "nemesis/process/memory_pressure.h"

#include <fmt/format.h>

#include "harness/record/words.h"
#include "nemesis/options.h"
#include "nemesis/process/group_fault.h"

namespace tribunal {
namespace {

// What a process had before it came into a group is charged to where it had it, so the limit is on
// what it takes from then on: its own memory, and what the kernel keeps of its files.
class MemoryFault final : public GroupFault {
 public:
  explicit MemoryFault(const PlannedFault& plan)
      : GroupFault(plan, "memory"), room_(bytes_option(plan, "room")) {}

 private:
  std::string limit(ControlGroup& group) override {
    const std::string file = group.version() == 2 ? "memory.high" : "memory.limit_in_bytes";
    group.set(file, std::to_string(room_));
    return show_bytes(static_cast<std::size_t>(group.number(file))) + " more of memory";
  }

  std::optional<std::string> limit_met(ControlGroup& group, Counters& counters,
                                       const std::string& host) override {
    const bool new_interface = group.version() == 2;
    const auto met =
        new_interface ? group.number("memory.events", "high") : group.number("memory.failcnt");
    const auto killed =
        group.number(new_interface ? "memory.events" : "memory.oom_control", "oom_kill");
    counters.emplace_back(host + " times at the limit", met);
    counters.emplace_back(host + " killed for want of memory", killed);
    if (met == 0) return {};
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
  kind.options = {{"room", {"2MiB", "1MiB", "8MiB"}, "what it may take from now on"}};
  kind.make = [](const PlannedFault& plan) { return std::make_unique<MemoryFault>(plan); };
  kind.prepare = [](Cluster&) { find_group_place("memory"); };
  return kind;
}

}  // namespace tribunal
