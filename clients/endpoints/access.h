// What lets a client in to a database that runs already: said by the environment or a file, and
// never written down.
#pragma once

#include <filesystem>

#include "harness/parts/access.h"

namespace tribunal {

// From the YAML file (user, password, tls, authority, certificate, key; paths as seen from where it
// is), or without one from TRIBUNAL_USER and TRIBUNAL_PASSWORD. Throws Error(usage) with file and
// line, never with a password.
Access read_access(const std::filesystem::path& file);

}  // namespace tribunal
