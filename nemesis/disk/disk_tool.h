// The tool that holds a host's disk: mounts it over a folder, and does to it what it is asked.
#pragma once

namespace tribunal {

inline constexpr const char* disk_verb = "disk";
int disk_main();

// The tool that uses the disk as a database does, from a process that no fault stops: writes, reads
// and syncs files of the harness's own, and says how each call ended and how long it took.
inline constexpr const char* disk_probe_verb = "disk-probe";
int disk_probe_main();

}  // namespace tribunal
