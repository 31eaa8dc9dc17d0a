// A host's disk as faults see it: the tool that holds it, and the probe that uses it as a database
// does.
#pragma once

#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "harness/cluster/cluster.h"

namespace tribunal {

// Mounts a disk over the data folder of every host and sees that it takes and gives bytes. To be
// called before the database is started. Throws Error(environment) with the fix.
void prepare_disks(Cluster& cluster);

// What the tool answers; throws Error(environment) for what it could not do, and where there is no
// disk.
nlohmann::json ask_disk(Host& host, const nlohmann::json& order);

// A call of the probe on a file of its own, which no list of the database shows.
struct DiskProbe {
  int error = 0;  // errno
  std::chrono::microseconds took{0};
  std::uint64_t size = 0, bits_off = 0;  // of what was read
};
struct ProbeWrite {
  std::string file = "probe";
  std::uint64_t offset = 0, bytes = 4096;
  std::string then = {};  // "sync", "cut" at the end of what was written, or nothing
};
DiskProbe probe_write(Host& host, const ProbeWrite& write, Milliseconds deadline);
DiskProbe probe_read(Host& host, const std::string& file, Milliseconds deadline);

// Throws std::runtime_error unless a write, an fsync and a read of it are served, and rightly.
void demand_sound_disk(Host& host);

}  // namespace tribunal
