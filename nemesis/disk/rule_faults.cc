// Disks that refuse, delay or garble calls as long as a rule is laid upon them: full, read-only,
// slow, failing, lying.
#include <fmt/format.h>

#include <cerrno>
#include <cmath>
#include <cstring>
#include <stdexcept>

#include "harness/record/random.h"
#include "nemesis/disk/disk_fault.h"
#include "nemesis/disk/faults.h"
#include "nemesis/disk/loop_faults.h"
#include "nemesis/options.h"

namespace tribunal {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

constexpr Milliseconds probe_patience = 15s;

// Each derives the rule from its options, and says by what a probe sees it.
class RuleFault : public DiskFault {
 public:
  RuleFault(const PlannedFault& planned, json rule)
      : DiskFault(planned), rule_(std::move(rule)), name_(fmt::format("fault {}", planned.id)) {
    rule_["do"] = "rule";
    rule_["name"] = name_;
    rule_["paths"] = paths_of(planned);
  }

 protected:
  virtual std::string see(Host& host) = 0;  // throws std::runtime_error: it is not there

 private:
  std::string strike(Ground&, Host& host) override {
    demand_sound_disk(host);
    json rule = rule_;
    rule["seed"] = Random::stream(planned().seed, "disk-rule", host.index()).next();
    ask_disk(host, rule);
    ask_disk(host, {{"do", "drop caches"}});  // or reads would never come to the disk
    return see(host);
  }
  void undo(Ground&, Host& host) override { ask_disk(host, {{"do", "unrule"}, {"name", name_}}); }
  std::string confirm(Ground& ground, Host& host) override {
    const auto met_probes = [&] {
      return ask_disk(host, {{"do", "counts"}, {"name", name_}})["probe"]["total"];
    };
    const json before = met_probes();
    ask_disk(host, {{"do", "drop caches"}});
    std::string seen = DiskFault::confirm(ground, host);
    if (met_probes() != before) throw std::runtime_error("the rule still meets calls");
    return seen;
  }
  std::optional<std::string> met(Ground&, Host& host, const Meeting&, Counters& counters) override;

  json rule_;
  const std::string name_;
};

std::optional<std::string> RuleFault::met(Ground&, Host& host, const Meeting&, Counters& counters) {
  const json counts = ask_disk(host, {{"do", "counts"}, {"name", name_}})["database"];
  for (const auto& [call, count] : counts["calls"].items())
    counters.emplace_back(fmt::format("{} {} calls met", host.name(), call), count);
  if (counts["bits"] > 0) counters.emplace_back(host.name() + " bits flipped", counts["bits"]);
  if (counts["waited_us"] > 0)
    counters.emplace_back(host.name() + " ms delayed",
                          counts["waited_us"].get<std::int64_t>() / 1000);
  const auto total = counts["total"].get<std::uint64_t>();
  if (total == 0) return {};
  return fmt::format("{} calls of the database on the disk of {} met it", total, host.name());
}

// A call of the probe that must end with an error; tried again where chance decides.
std::string see_error(int wanted, int tries, const std::function<DiskProbe()>& call) {
  int error = 0;
  for (int i = 0; i < tries; ++i)
    if (error = call().error; error == wanted)
      return fmt::format("a probe ends with {}", std::strerror(wanted));
  throw std::runtime_error(fmt::format("a probe ends with {} rather than {}", std::strerror(error),
                                       std::strerror(wanted)));
}

class DiskFull final : public RuleFault {
 public:
  explicit DiskFull(const PlannedFault& planned)
      : RuleFault(planned,
                  {{"effect", "full"},
                   {"overwrites", choice_option(planned, "overwrites", {"refused", "allowed"})}}) {}

 private:
  std::string see(Host& host) override {
    return see_error(ENOSPC, 1, [&] {
      return probe_write(host, {"sound", 4096, 4096}, probe_patience);
    });
  }
};

class DiskReadOnly final : public RuleFault {
 public:
  explicit DiskReadOnly(const PlannedFault& planned)
      : RuleFault(planned, {{"effect", "read-only"}}) {}

 private:
  std::string see(Host& host) override {
    return see_error(EROFS, 1, [&] { return probe_write(host, {"sound"}, probe_patience); });
  }
};

json calls_named(const std::string& name) {
  if (name == "all") return {"look", "read", "open", "write", "fsync", "create", "rename"};
  if (name == "write and fsync") return {"write", "fsync"};
  return json::array({name});
}

class DiskSlow final : public RuleFault {
 public:
  explicit DiskSlow(const PlannedFault& planned)
      : RuleFault(planned, {{"effect", "slow"},
                            {"delay_us", time_option(planned, "delay", 0ms, 5s) / 1us},
                            {"bytes_per_second", count_option(planned, "rate", 0, 1ULL << 40)},
                            {"calls", calls_named(choice_option(
                                          planned, "calls",
                                          {"fsync", "write", "read", "write and fsync", "all"}))}}),
        delay_(time_option(planned, "delay", 0ms, 5s)),
        calls_(text_option(planned, "calls")) {
    const std::uint64_t rate = count_option(planned, "rate", 0, 1ULL << 40);
    if (rate > 0 && calls_ != "fsync") delay_ += Milliseconds(4096 * 1000 / rate);
  }

 private:
  std::string see(Host& host) override {
    const Milliseconds patience = probe_patience + 8 * delay_;
    const DiskProbe seen = calls_ == "read"
                               ? probe_read(host, "sound", patience)
                               : probe_write(host, {"sound", 0, 4096, "sync"}, patience);
    if (seen.took < delay_)
      throw std::runtime_error(
          fmt::format("a probe took {} us rather than {} ms", seen.took.count(), delay_.count()));
    return fmt::format("a probe took {} ms", seen.took / 1ms);
  }

  Milliseconds delay_;  // the least that a probe must meet
  const std::string calls_;
};

const std::vector<std::pair<std::string, int>>& known_errors() {
  static const std::vector<std::pair<std::string, int>> all{
      {"EIO", EIO},       {"ENOSPC", ENOSPC}, {"EDQUOT", EDQUOT}, {"EROFS", EROFS},
      {"ENOMEM", ENOMEM}, {"EAGAIN", EAGAIN}, {"EACCES", EACCES}, {"ENODEV", ENODEV}};
  return all;
}

int error_option(const PlannedFault& planned) {
  std::vector<std::string> names;
  for (const auto& [name, number] : known_errors()) names.push_back(name);
  const std::string wanted = choice_option(planned, "errno", names);
  for (const auto& [name, number] : known_errors())
    if (name == wanted) return number;
  return EIO;
}

class DiskError final : public RuleFault {
 public:
  explicit DiskError(const PlannedFault& planned)
      : RuleFault(planned,
                  {{"effect", "fail"},
                   {"errno", error_option(planned)},
                   {"probability", share_option(planned, "probability")},
                   {"calls", calls_named(choice_option(
                                 planned, "calls", {"fsync", "write", "read", "open", "all"}))}}),
        error_(error_option(planned)),
        probability_(share_option(planned, "probability")),
        calls_(text_option(planned, "calls")) {}

 private:
  std::string see(Host& host) override {
    // Sure but for one in a billion.
    const double tries = probability_ >= 1 ? 1 : std::log(1e-9) / std::log1p(-probability_);
    return see_error(error_, static_cast<int>(std::min(2000.0, std::ceil(tries))), [&] {
      return calls_ == "read" ? probe_read(host, "sound", probe_patience)
                              : probe_write(host, {"sound", 0, 4096, "sync"}, probe_patience);
    });
  }

  const int error_;
  const double probability_;
  const std::string calls_;
};

class DiskLying final : public RuleFault {
 public:
  explicit DiskLying(const PlannedFault& planned)
      : RuleFault(planned,
                  {{"effect", "flip"}, {"probability", share_option(planned, "probability")}}) {}

 private:
  // What was read wrong may have been written again.
  bool must_serve_again() const override { return false; }
  std::string see(Host& host) override {
    for (int tries = 0; tries < 2000; ++tries)
      if (const DiskProbe seen = probe_read(host, "sound", probe_patience); seen.bits_off > 0)
        return fmt::format("a probe read {} wrong bits", seen.bits_off);
    throw std::runtime_error("a probe read no wrong bit in 2000 times");
  }
};

template <class F>
std::unique_ptr<Fault> made(const PlannedFault& planned) {
  return std::make_unique<F>(planned);
}

}  // namespace

FaultKind disk_full_fault() {
  auto kind = disk_fault_kind<DiskFull>(
      "disk-full", "writes that need space end with ENOSPC",
      {{"overwrites", {"refused"}, "refused, as where each write takes new space, or allowed"},
       paths_option()});
  kind.harm = Harm::stops;  // most databases give up
  return on_either_disk(std::move(kind), made<DiskFull>, loop_full);
}

FaultKind disk_read_only_fault() {
  auto kind = disk_fault_kind<DiskReadOnly>(
      "disk-read-only", "whatever changes a file ends with EROFS", {paths_option()});
  kind.harm = Harm::stops;  // most databases give up
  return on_either_disk(std::move(kind), made<DiskReadOnly>, loop_read_only);
}

FaultKind disk_slow_fault() {
  return disk_fault_kind<DiskSlow>(
      "disk-slow", "calls on the disk wait",
      {{"delay", {"100ms", "20ms", "500ms"}, "of each call"},
       {"rate", {"0"}, "bytes a second besides; 0: no limit"},
       {"calls", {"fsync", "write and fsync"}, "fsync, write, read, write and fsync, or all"},
       paths_option()});
}

FaultKind disk_error_fault() {
  auto kind = disk_fault_kind<DiskError>(
      "disk-error", "calls on the disk fail",
      {{"calls", {"fsync", "write"}, "fsync, write, read, open, or all"},
       {"errno", {"EIO"}, "EIO, ENOSPC, EDQUOT, EROFS, ENOMEM, EAGAIN, EACCES or ENODEV"},
       {"probability", {"100%", "10%"}, "of each call"},
       paths_option()});
  kind.harm = Harm::stops;  // most databases give up
  return kind;
}

FaultKind disk_lying_fault() {
  auto kind = disk_fault_kind<DiskLying>(
      "disk-lying", "reads give wrong bits, one in a page, and other ones the next time",
      {{"probability", {"10%", "100%"}, "of each 4 KiB read"}, paths_option()});
  kind.harm = Harm::betrays;
  return kind;
}

}  // namespace tribunal
