#include "nemesis/disk/disk_tool.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <map>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>

#include "harness/record/error.h"
#include "nemesis/disk/disk_mount.h"
#include "nemesis/tool_channel.h"

namespace tribunal {
namespace {

using nlohmann::json;

constexpr std::size_t most_named = 20;  // files and names of a loss that are told

template <std::size_t N>
std::size_t index_of(const std::array<const char*, N>& names, const std::string& name) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) throw std::invalid_argument("there is no " + name);
  return static_cast<std::size_t>(found - names.begin());
}

DiskRule rule_of(const json& order) {
  DiskRule rule;
  rule.name = order.at("name");
  rule.effect = static_cast<DiskEffect>(index_of(disk_effect_names, order.at("effect")));
  if (order.contains("calls")) {
    rule.calls = 0;
    for (const std::string call : order["calls"])
      rule.calls |= 1U << index_of(disk_call_names, call);
  }
  rule.paths = order.value("paths", rule.paths);
  rule.probability = order.value("probability", rule.probability);
  rule.error = order.value("errno", EIO);
  if (order.value("overwrites", "allowed") == "refused") rule.refused = DiskSpace::overwrite;
  rule.delay = std::chrono::microseconds(order.value("delay_us", 0));
  rule.bytes_per_second = order.value("bytes_per_second", std::uint64_t{0});
  rule.seed = order.value("seed", std::uint64_t{0});
  return rule;
}

json counts_of(const DiskRuleCounts& counts) {
  json calls = json::object();
  std::uint64_t total = 0;
  for (std::size_t i = 0; i < counts.calls.size(); ++i) {
    if (counts.calls[i] > 0) calls[disk_call_names[i]] = counts.calls[i];
    total += counts.calls[i];
  }
  return {{"calls", calls},
          {"total", total},
          {"bits", counts.bits},
          {"waited_us", counts.waited.count()}};
}

DamageOrder damage_of(const json& order) {
  static constexpr std::array<const char*, 4> kinds{"flip", "copy", "truncate", "restore"};
  DamageOrder damage;
  damage.kind = static_cast<DamageOrder::Kind>(index_of(kinds, order.at("kind")));
  damage.paths = order.value("paths", damage.paths);
  ChunkChoice& chunks = damage.chunks;
  chunks.start = order.value("start", chunks.start);
  chunks.end = order.value("end", chunks.end);
  chunks.chunk = std::max<std::uint64_t>(1, order.value("chunk", chunks.chunk));
  chunks.modulus = std::max<std::uint64_t>(1, order.value("modulus", chunks.modulus));
  chunks.index = order.value("index", chunks.index);
  chunks.probability = order.value("probability", chunks.probability);
  damage.bit_probability = order.value("bit_probability", damage.bit_probability);
  damage.drop = order.value("drop", damage.drop);
  damage.snapshot = order.value("snapshot", damage.snapshot);
  damage.seed = order.value("seed", damage.seed);
  return damage;
}

json told(const DamageDone& done) {
  return {{"files", done.files}, {"bytes", done.bytes}, {"probe_bytes", done.probe_bytes}};
}

class DiskTool {
 public:
  json reply(const json& order);
  void unmount() { mount_.reset(); }

 private:
  json mount(const json& order);
  json cut(const json& order);
  json status() const;
  void commit_now_and_then(const std::stop_token& stop);
  Disk& disk() const {
    if (!disk_) throw std::logic_error("no disk is mounted");
    return *disk_;
  }
  void tell(const Stale& stale) { mount_->tell(stale); }

  std::unique_ptr<Disk> disk_;
  std::unique_ptr<DiskMount> mount_;
  std::jthread committer_;
};

void DiskTool::commit_now_and_then(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  while (
      !never.wait_for(lock, stop, std::chrono::seconds(1), [&] { return stop.stop_requested(); })) {
    const std::shared_lock shared(disk_->world);
    disk_->commit_names(Disk::Clock::now() - Disk::commit_interval);
  }
}

json DiskTool::mount(const json& order) {
  if (mount_) return json::object();
  const std::string folder = order.at("folder");
  const Descriptor home(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!home)
    throw Error(Blame::environment,
                fmt::format("cannot open {}: {}", folder, std::strerror(errno)));
  disk_ = std::make_unique<Disk>(home, order.value("memory", std::uint64_t{256} << 20));
  mount_ = std::make_unique<DiskMount>(*disk_, folder);
  committer_ = std::jthread([this](const std::stop_token& stop) { commit_now_and_then(stop); });
  return json::object();
}

json DiskTool::cut(const json& order) {
  Stale stale;
  CutLoss loss = disk().cut(order.value("torn_sector", std::uint64_t{0}),
                            order.value("seed", std::uint64_t{0}), stale);
  tell(stale);
  json answer{{"bytes", loss.bytes},
              {"files", loss.files.size()},
              {"names", loss.names.size()},
              {"written_through", disk().written_through()}};
  std::sort(loss.files.begin(), loss.files.end(),
            [](const auto& a, const auto& b) { return a.second > b.second; });
  if (loss.files.size() > most_named) loss.files.resize(most_named);
  if (loss.names.size() > most_named) loss.names.resize(most_named);
  answer["lost"] = loss.files;
  answer["undone"] = loss.names;
  return answer;
}

json DiskTool::status() const {
  return {{"mounted", mount_ != nullptr},
          {"held", disk().held()},
          {"names", disk().names.size()},
          {"written_through", disk().written_through()},
          {"damaged_reads", disk().damaged_reads.load()}};
}

json DiskTool::reply(const json& order) {
  const std::string what = order.at("do");
  Stale stale;
  if (what == "mount") return mount(order);
  if (what == "status") return status();
  if (what == "cut") return cut(order);
  if (what == "rule") {
    disk().rules.add(rule_of(order));
    return json::object();
  }
  if (what == "unrule") {
    disk().rules.remove(order.at("name"));
    return json::object();
  }
  if (what == "counts")
    return {
        {"database", counts_of(disk().rules.counts(order.at("name"), DiskRules::Whose::database))},
        {"probe", counts_of(disk().rules.counts(order.at("name"), DiskRules::Whose::probe))}};
  if (what == "drop caches") {
    tell(disk().everything());
    return json::object();
  }
  if (what == "snapshot") return {{"bytes", disk().snapshot(order.at("name"))}};
  if (what == "damage") {
    const DamageDone done = disk().damage(damage_of(order), stale);
    tell(stale);
    return told(done);
  }
  if (what == "repair") {
    const DamageDone done = disk().repair(stale);
    tell(stale);
    return told(done);
  }
  if (what == "roll back") {
    const std::uint64_t files = disk().roll_back(order.at("name"), stale);
    tell(stale);
    return {{"files", files}};
  }
  throw std::invalid_argument("a disk cannot " + what);
}

}  // namespace

int disk_main() {
  ::umask(0);
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;  // one for each file that the kernel knows of
  ::setrlimit(RLIMIT_NOFILE, &files);
  DiskTool tool;
  answer_all([&](const json& order) -> json {
    try {
      return tool.reply(order);
    } catch (const Error& error) {
      return {{"failed", error.what()}, {"fix", error.fix()}};
    }
  });
  tool.unmount();
  ::_exit(0);  // without destructors: threads may still be serving calls
}

}  // namespace tribunal
