#include "harness/assemble/resolve_schedule.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>

#include "harness/assemble/script_yaml.h"
#include "harness/assemble/try_faults.h"
#include "harness/cluster/cell.h"
#include "harness/parts/catalogue.h"
#include "harness/record/run_folder.h"
#include "harness/run/check_script.h"
#include "harness/run/fault_options.h"
#include "harness/run/schedule.h"
#include "nemesis/catalogue.h"
#include "nemesis/disk/on_loop.h"
#include "nemesis/scripts.h"

namespace tribunal {
namespace {

[[noreturn]] void object(const std::string& what, const std::string& fix) {
  throw Error(Blame::usage, what, fix);
}

std::int64_t in_nanoseconds(Milliseconds time) { return std::chrono::nanoseconds(time).count(); }

// Names that no fault asked for has would silently do nothing.
void check_wishes(const Spec& spec) {
  for (const auto* wishes : {&spec.targets, &spec.shapes}) {
    const bool targets = wishes == &spec.targets;
    for (const auto& wish : *wishes) {
      bool known = false;
      for (const auto& name : spec.faults) {
        const auto& kind = find(faults(), "fault", name);
        const auto& has = targets ? kind.targets : kind.shapes;
        known = known || std::find(has.begin(), has.end(), wish) != has.end();
      }
      if (!known) {
        object(fmt::format("--{}: none of the faults {} has '{}'", targets ? "targets" : "shapes",
                           fmt::join(spec.faults, ", "), wish),
               "`tribunal list faults` prints what each has");
      }
    }
  }
}

std::vector<PlannedFault> random_schedule(const Spec& spec) {
  check_wishes(spec);
  if (spec.fault_length > spec.fault_every * 3 / 4 && !spec.faults.empty())
    object(fmt::format("--fault-length {} ms leaves no time to recover within --fault-every {} ms",
                       spec.fault_length.count(), spec.fault_every.count()),
           "a length of at most three quarters of the interval");
  ScheduleOptions options;
  options.faults = spec.faults;
  options.targets = spec.targets;
  options.shapes = spec.shapes;
  options.options = spec.fault_options;
  if (spec.disk == "loop")
    for (const auto& [option, value] : options_on_loop(spec.faults))
      options.options.emplace(option, value);
  options.hosts = host_names(spec.nodes);
  options.mode = spec.mode == "liveness" ? Mode::liveness : Mode::safety;
  options.overlap = spec.overlap;
  options.duration = in_nanoseconds(spec.time);
  options.every = in_nanoseconds(spec.fault_every);
  options.length = in_nanoseconds(spec.fault_length);
  options.seed = spec.seed;
  return draw_schedule(options, faults());
}

std::vector<PlannedFault> replayed_schedule(const Spec& spec) {
  auto schedule = read_schedule(spec.schedule);
  const auto hosts = host_names(spec.nodes);
  for (const auto& fault : schedule) {
    check_fault(find(faults(), "fault", fault.fault), fault);
    for (const auto& host : fault.order)
      if (std::find(hosts.begin(), hosts.end(), host) == hosts.end())
        object(fmt::format("{}: fault {} is about {}, and there are {} nodes", spec.schedule,
                           fault.id, host, hosts.size()),
               "the --nodes of the run that is replayed");
    if (fault.at + fault.duration > in_nanoseconds(spec.time))
      object(
          fmt::format("{}: fault {} ends after {:.1f} s, and the traffic lasts {:.1f} s",
                      spec.schedule, fault.id, static_cast<double>(fault.at + fault.duration) / 1e9,
                      static_cast<double>(spec.time.count()) / 1e3),
          "a longer --time");
  }
  return schedule;
}

// By its name, or from its file.
std::string script_text(const Spec& spec) {
  std::vector<std::string> known;
  for (const auto& ready : ready_scripts()) {
    if (ready.name == spec.schedule) return ready.text;
    known.push_back(ready.name);
  }
  if (spec.schedule.ends_with(".yaml") || spec.schedule.ends_with(".yml"))
    return read_file(spec.schedule);
  object(fmt::format("--schedule: there is no script '{}'", spec.schedule),
         fmt::format("random, one of: {}, a FILE.yaml, or the replay.json of a run",
                     fmt::join(known, ", ")));
}

// A wish that a script or a replay would silently not heed.
void check_nothing_is_wished(const Spec& spec) {
  const std::vector<std::pair<const char*, bool>> wishes = {
      {"--targets", !spec.targets.empty()},
      {"--shapes", !spec.shapes.empty()},
      {"--fault-options", !spec.fault_options.empty()},
      {"--overlap", spec.overlap > 1}};
  for (const auto& [flag, wished] : wishes)
    if (wished)
      object(
          fmt::format("{} goes with a random schedule, and {} says its own", flag, spec.schedule),
          fmt::format("leave out {}, or say it in a script", flag));
}

void resolve_script(const Spec& spec, Resolved& resolved) {
  const auto hosts = host_names(spec.nodes);
  resolved.script_text = script_text(spec);
  resolved.script = read_script(resolved.script_text, spec.schedule, faults());
  if (spec.mode == "liveness") resolved.script->mode = Mode::liveness;
  check_script(*resolved.script, faults(), hosts, in_nanoseconds(spec.time));
  resolved.schedule = faults_of(*resolved.script, faults(), hosts, spec.seed);
}

std::string why_unfit(const FaultKind& kind, const Database& database) {
  return kind.unfit ? kind.unfit(database) : std::string();
}

// "all": what fits the machine, the database and the nodes and leaves its promises standing;
// "everything": also what betrays it.
void expand_all(Spec& spec, const Database& database) {
  const bool everything = spec.faults == std::vector<std::string>{"everything"};
  if (!everything && spec.faults != std::vector<std::string>{"all"}) return;
  spec.faults.clear();
  const auto not_to_be_had = faults_not_to_be_had(spec.disk);
  for (const auto& kind : faults()) {
    if (!why_unfit(kind, database).empty() || kind.least_hosts > spec.nodes) continue;
    if (kind.harm == Harm::betrays && !everything) continue;
    if (const auto found = not_to_be_had.find(kind.name); found != not_to_be_had.end())
      fmt::print("left out, since this machine cannot: {} ({})\n", kind.name, found->second);
    else
      spec.faults.push_back(kind.name);
  }
}

bool has_faults_of_disks(const Spec& spec) {
  return std::any_of(spec.faults.begin(), spec.faults.end(), [](const std::string& name) {
    return name == "all" || name == "everything" ||
           std::any_of(faults().begin(), faults().end(), [&name](const FaultKind& kind) {
             return kind.name == name && kind.resource == "disks";
           });
  });
}

// FUSE has every fault of disks and needs no privileges, so loop devices are for whoever asks for
// them, or has no FUSE.
void choose_disk(Spec& spec) {
  if (spec.disk == "auto" && has_faults_of_disks(spec) && ::access("/dev/fuse", R_OK | W_OK) != 0 &&
      spec.data == "disk" && check_loop_disks().works) {
    fmt::print("disks are ext4 on loop devices, since /dev/fuse cannot be opened\n");
    spec.disk = "loop";
  }
  if (spec.disk == "loop" && spec.data != "disk")
    object("--disk loop keeps the database's files in images of the run folder",
           "--data disk, or --disk fuse");
}

void check_disk(const Spec& spec, const std::vector<PlannedFault>& schedule) {
  if (spec.disk != "loop") return;
  for (const auto& fault : schedule)
    if (const auto why = why_not_on_loop(fault); !why.empty())
      object(fmt::format("--disk loop: the fault '{}': {}", fault.fault, why), "--disk fuse");
}

}  // namespace

std::vector<std::string> host_names(std::size_t nodes) {
  std::vector<std::string> names;
  for (std::size_t i = 1; i <= nodes; ++i) names.push_back("n" + std::to_string(i));
  return names;
}

void resolve_schedule(Spec& spec, const Database& database, Resolved& resolved) {
  if (spec.schedule == "random") {
    choose_disk(spec);
    expand_all(spec, database);
    resolved.schedule = random_schedule(spec);
  } else {
    if (std::filesystem::path(spec.schedule).has_extension())
      spec.schedule = std::filesystem::absolute(spec.schedule);
    check_nothing_is_wished(spec);
    if (spec.schedule.ends_with(".json"))
      resolved.schedule = replayed_schedule(spec);
    else
      resolve_script(spec, resolved);
    spec.faults.clear();
    for (const auto& fault : resolved.schedule)
      if (std::find(spec.faults.begin(), spec.faults.end(), fault.fault) == spec.faults.end())
        spec.faults.push_back(fault.fault);
    choose_disk(spec);
  }
  for (const auto& name : spec.faults)
    if (const auto why = why_unfit(find(faults(), "fault", name), database); !why.empty())
      object(fmt::format("the fault '{}' does not fit {}: {}", name, database.name, why),
             fmt::format("leave '{}' out of --faults", name));
  check_disk(spec, resolved.schedule);
}

}  // namespace tribunal
