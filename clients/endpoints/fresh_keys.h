// Keys that no earlier run has touched, for a database that keeps what those wrote.
#pragma once

#include <memory>

#include "harness/parts/client.h"

namespace tribunal {

// Where the keys of a run begin that began at this second of Unix time; room for 2^24 of them, and
// small enough for who reads numbers as doubles.
Key fresh_keys_at(std::int64_t unix_seconds);

// Asks `client` for key + base where it is asked for key, and answers as if it had not.
std::unique_ptr<Client> with_keys_from(Key base, std::unique_ptr<Client> client);

}  // namespace tribunal
