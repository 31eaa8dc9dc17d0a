// Files that are other than they were written when the database comes up again, and are themselves
// again at the heal.
#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <thread>

#include "harness/record/random.h"
#include "nemesis/disk/disk_fault.h"
#include "nemesis/disk/faults.h"
#include "nemesis/options.h"

namespace tribunal {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

constexpr const char* damaged_probe_file = "damaged";

// The database is stopped, its files are damaged and it is started again, which it may refuse. At
// the heal it is stopped, what it has not written since is put back, and it is started.
class DamageFault : public DiskFault {
 public:
  DamageFault(const PlannedFault& planned, json damage)
      : DiskFault(planned), damage_(std::move(damage)) {
    damage_["do"] = "damage";
    damage_["paths"] = paths_of(planned);
  }

 protected:
  virtual std::uint64_t probe_bytes(const Cluster&) const { return 64 << 10; }
  // While the database still runs.
  virtual void prepare_damage(Host&) {}
  // Whether a host on which nothing is other now was not met at all.
  virtual bool may_find_nothing() const { return false; }
  virtual json damage_of(const Cluster&, const Host& host) const {
    json damage = damage_;
    damage["seed"] = Random::stream(planned().seed, "disk-damage", host.index()).next();
    return damage;
  }

 private:
  std::string strike(Ground& ground, Host& host) override;
  void undo(Ground& ground, Host& host) override;
  std::string confirm(Ground& ground, Host& host) override;
  std::optional<std::string> met(Ground& ground, Host& host, const Meeting& meeting,
                                 Counters& counters) override;
  // What it wrote on top of damaged files may keep it from serving for good.
  bool must_serve_again() const override { return false; }

  json damage_;
};

std::string DamageFault::strike(Ground& ground, Host& host) {
  const std::uint64_t bytes = probe_bytes(ground.cluster);
  prepare_damage(host);
  probe_write(host, {damaged_probe_file, 0, bytes, "cut"}, 10s);
  stop_database(host);
  const json done = ask_disk(host, damage_of(ground.cluster, host));
  const DiskProbe seen = probe_read(host, damaged_probe_file, 10s);
  ground.cluster.start_database(host);
  note(host, "bytes damaged", done["bytes"]);
  note(host, "files damaged", done["files"]);
  if (done["bytes"] == 0 && !may_find_nothing())
    throw std::runtime_error("there was no byte that could be damaged");
  if (seen.bits_off == 0 && seen.size == bytes)
    throw std::runtime_error("a probe's file is as it was");
  return fmt::format("{} bytes of {} files; of a probe's {} bytes {} are there, {} bits wrong",
                     done["bytes"].get<std::uint64_t>(), done["files"].get<std::uint64_t>(), bytes,
                     seen.size, seen.bits_off);
}

void DamageFault::undo(Ground& ground, Host& host) {
  stop_database(host);
  const json done = ask_disk(host, {{"do", "repair"}});
  note(host, "bytes put back", noted(host, "bytes put back") + done["bytes"].get<std::int64_t>());
  ground.cluster.start_database(host);
}

std::string DamageFault::confirm(Ground& ground, Host& host) {
  demand_sound_disk(host);
  const DiskProbe seen = probe_read(host, damaged_probe_file, 10s);
  if (seen.bits_off > 0 || seen.size != probe_bytes(ground.cluster))
    throw std::runtime_error("a probe's file is not as it was");
  bool serves = false;
  for (int tries = 0; tries < 3 && !serves; ++tries) serves = revive(ground, host);
  const auto damaged = noted(host, "bytes damaged"), back = noted(host, "bytes put back");
  return fmt::format("{} bytes put back, {} had been written since; {}", back, damaged - back,
                     serves ? "the database answers" : "the database does not answer");
}

std::optional<std::string> DamageFault::met(Ground&, Host& host, const Meeting&,
                                            Counters& counters) {
  const auto reads = ask_disk(host, {{"do", "status"}})["damaged_reads"].get<std::int64_t>();
  tell_notes(host, counters);
  counters.emplace_back(host.name() + " reads of damaged bytes", reads);
  if (reads == 0) return {};
  return fmt::format("{} reads of the database on {} met damaged bytes", reads, host.name());
}

json chunk_options(const PlannedFault& planned) {
  constexpr std::uint64_t most = std::uint64_t{1} << 40;
  return {{"chunk", count_option(planned, "chunk", 512, most)},
          {"probability", share_option(planned, "share")}};
}

class BitFlip final : public DamageFault {
 public:
  explicit BitFlip(const PlannedFault& planned) : DamageFault(planned, order(planned)) {}

 private:
  static json order(const PlannedFault& planned) {
    json damage = chunk_options(planned);
    damage["kind"] = "flip";
    damage["bit_probability"] = figure_option(planned, "probability", 1e-9, 1);
    return damage;
  }
  // So many that one of them is sure to be met, but for one in e^20, if every chunk is meant.
  std::uint64_t probe_bytes(const Cluster&) const override {
    const double bits = 20 / figure_option(planned(), "probability", 1e-9, 1);
    return static_cast<std::uint64_t>(std::clamp(bits / 8, 65536.0, 16e6));
  }
};

class ChunkCopy final : public DamageFault {
 public:
  explicit ChunkCopy(const PlannedFault& planned) : DamageFault(planned, order(planned)) {}

 private:
  static json order(const PlannedFault& planned) {
    json damage = chunk_options(planned);
    damage["kind"] = "copy";
    return damage;
  }
  // So many chunks that one of them is sure to be met, but for one in e^20.
  std::uint64_t probe_bytes(const Cluster&) const override {
    const double chunks = 2 + 20 / std::max(0.001, share_option(planned(), "share"));
    return static_cast<std::uint64_t>(std::min(
        chunks * static_cast<double>(count_option(planned(), "chunk", 512, 1 << 20)), 64e6));
  }
};

// Chunks that were written meanwhile are put back to what they were in a snapshot, and the rest of
// the file is not: a disk that lost some writes.
class LostWrite final : public DamageFault {
 public:
  explicit LostWrite(const PlannedFault& planned)
      : DamageFault(planned, order(planned)), age_(time_option(planned, "age", 100ms, 10s)) {}

 private:
  static json order(const PlannedFault& planned) {
    json damage = chunk_options(planned);
    damage["kind"] = "restore";
    damage["snapshot"] = fmt::format("fault {}", planned.id);
    return damage;
  }
  // A probe's chunks are zeros then, but for the last.
  void prepare_damage(Host& host) override {
    const std::uint64_t bytes = probe_bytes(), last = 4096;
    probe_write(host, {damaged_probe_file, 0, 0, "cut"}, 10s);
    probe_write(host, {damaged_probe_file, bytes - last, last, "sync"}, 10s);
    ask_disk(host, {{"do", "snapshot"}, {"name", fmt::format("fault {}", planned().id)}});
    std::this_thread::sleep_for(age_);
  }
  bool may_find_nothing() const override { return true; }
  std::uint64_t probe_bytes(const Cluster&) const override { return probe_bytes(); }
  // So many chunks that one of them is sure to be met, but for one in e^20.
  std::uint64_t probe_bytes() const {
    const double chunks = 2 + 20 / std::max(0.001, share_option(planned(), "share"));
    const auto chunk = static_cast<double>(count_option(planned(), "chunk", 512, 1 << 20));
    return static_cast<std::uint64_t>(std::clamp(chunks * chunk, 65536.0, 64e6));
  }

  const Milliseconds age_;
};

class TruncateFile final : public DamageFault {
 public:
  explicit TruncateFile(const PlannedFault& planned)
      : DamageFault(planned, {{"kind", "truncate"},
                              {"drop", count_option(planned, "drop", 1, 1ULL << 30)}}) {}
};

// Of n hosts each loses another stripe, so that every chunk survives on n - 1 of them.
class Helix final : public DamageFault {
 public:
  explicit Helix(const PlannedFault& planned) : DamageFault(planned, order(planned)) {}

 private:
  static json order(const PlannedFault& planned) {
    return {{"kind", "flip"},
            {"bit_probability", figure_option(planned, "probability", 1e-6, 1)},
            {"chunk", count_option(planned, "chunk", 512, 1 << 20)}};
  }
  std::uint64_t probe_bytes(const Cluster& cluster) const override {
    return cluster.size() * count_option(planned(), "chunk", 512, 1 << 20);
  }
  json damage_of(const Cluster& cluster, const Host& host) const override {
    const auto& order = planned().order;
    json damage = DamageFault::damage_of(cluster, host);
    damage["modulus"] = cluster.size();
    damage["index"] = std::find(order.begin(), order.end(), host.name()) - order.begin();
    return damage;
  }
};

FaultOption chunk_size() { return {"chunk", {"4096", "65536"}, "bytes of a chunk"}; }
FaultOption chunk_share() { return {"share", {"100%"}, "of the chunks that are met"}; }

template <class F>
FaultKind damage_kind(std::string name, std::string summary, std::vector<FaultOption> options) {
  options.push_back(paths_option());
  auto kind = disk_fault_kind<F>(std::move(name), std::move(summary), std::move(options));
  kind.harm = Harm::betrays;
  return kind;
}

}  // namespace

FaultKind bit_flip_fault() {
  return damage_kind<BitFlip>(
      "bit-flip", "bits of the files at rest are flipped, and put back",
      {{"probability", {"0.0001", "0.00001"}, "of each bit"}, chunk_size(), chunk_share()});
}

FaultKind misdirected_write_fault() {
  return damage_kind<ChunkCopy>(
      "misdirected-write",
      "chunks of files are overwritten by others of the same file, and put back",
      {chunk_size(), {"share", {"50%", "100%"}, "of the chunks that are met"}});
}

FaultKind lost_write_fault() {
  return damage_kind<LostWrite>("lost-write",
                                "chunks of files are put back to what they were in a snapshot, the "
                                "rest is not, and put right",
                                {{"age", {"3s", "1s", "8s"}, "of the snapshot"},
                                 chunk_size(),
                                 {"share", {"50%", "100%"}, "of the chunks that are met"}});
}

FaultKind truncate_file_fault() {
  return damage_kind<TruncateFile>("truncate-file", "files lose their ends, and get them back",
                                   {{"drop", {"4096", "512", "65536"}, "bytes of each file"}});
}

FaultKind helix_fault() {
  auto kind = damage_kind<Helix>(
      "helix",
      "each host loses another stripe of its files, so that every chunk survives elsewhere",
      {{"probability", {"0.0005"}, "of each bit of the stripe"}, chunk_size()});
  kind.targets = {"all"};
  kind.least_hosts = 3;
  return kind;
}

}  // namespace tribunal
