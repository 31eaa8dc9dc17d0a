// NATS 2.9 with JetStream: how it is found, started and looked at.
#pragma once

#include "harness/parts/database.h"

namespace tribunal {

Database nats();

}  // namespace tribunal
