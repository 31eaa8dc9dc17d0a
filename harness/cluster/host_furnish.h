// What a host's init does first, inside its new namespaces: a name, an address, and a view of the
// machine's files that it cannot change, with folders of its own where programs write.
#pragma once

#include <string>

#include "harness/cluster/descriptor.h"

namespace tribunal {

inline constexpr const char* host_data_folder = "/run/tribunal/data";

struct HostPlan {
  std::string name;
  std::string address;
  std::string data;   // a folder of the machine; empty: memory
  std::string names;  // what /etc/hosts is to say
};

// The machine's folders that the host's own now cover: a database unpacked in /tmp can still be
// started.
struct CoveredFolders {
  Descriptor tmp, run;
};

CoveredFolders furnish_host(const HostPlan& plan);  // throws FailedStep

}  // namespace tribunal
