// A host's disk as faults see it: the tool that holds it, and the probe that uses it as a database
// does.
#pragma once

#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "harness/cluster/cluster.h"

namespace tribunal {

// Mounts a disk over the data folder of every host and sees that it takes and gives bytes: ext4
// where the cluster has loop disks, else FUSE. To be called before the database is started. Throws
// Error(environment) with the fix.
void prepare_disks(Cluster& cluster);
// The same for faults that only FUSE can have.
void prepare_fuse_disks(Cluster& cluster);

// What the tool answers; throws Error(environment) for what it could not do, and where there is no
// disk.
nlohmann::json ask_disk(Host& host, const nlohmann::json& order);

// A call of the probe on a file of its own, which the database does not see.
struct DiskProbe {
  int error = 0;  // errno
  std::chrono::microseconds took{0};
  std::uint64_t size = 0, bits_off = 0;  // of what was read
};
struct ProbeWrite {
  std::string file = "probe";
  std::uint64_t offset = 0, bytes = 4096;
  std::string then = {};  // "sync", "cut" at the end of what was written, both, or nothing
};
DiskProbe probe_write(Host& host, const ProbeWrite& write, Milliseconds deadline);
DiskProbe probe_read(Host& host, const std::string& file, Milliseconds deadline);

// Takes all that is free on a disk by a file of the harness, or removes that. Returns its bytes.
enum class DiskFilling { fill, remove };
std::uint64_t probe_fill(Host& host, DiskFilling what);

// Has the probe keep in mind what the database's files hold; then, what of that is missing, as
// "cut" of ask_disk tells it.
void sketch_files(Host& host);
nlohmann::json loss_since_sketch(Host& host);

// Throws std::runtime_error unless a write, an fsync and a read of it are served, and rightly.
void demand_sound_disk(Host& host);

}  // namespace tribunal
