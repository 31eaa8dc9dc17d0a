// What lets a client in to a database that runs already. Never written down with a run.
#pragma once

#include <string>

namespace tribunal {

struct Access {
  std::string user, password;  // empty: none is asked for
  bool tls = false;
  // Files of PEM: whom to trust (empty: the system's own), and who the client says it is.
  std::string authority, certificate, key;
};

}  // namespace tribunal
