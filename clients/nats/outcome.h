// What an exchange with NATS says of a call: done, certainly not done, or nobody knows. The one
// table on which the innocence of a database hangs.
#pragma once

#include <cstdint>

#include "clients/finding.h"
#include "clients/nats/connection.h"
#include "harness/cluster/host.h"

namespace tribunal {

// What a request may do, and who decides whether it does.
enum class NatsDeed : std::uint8_t {
  reads,
  publishes,       // a message for whoever listens: a stream, or a consumer that is asked for one
  creates,         // the same, where there is none of the subject yet: all replicas decide alike
  replaces,        // the same, where the last has this sequence: whoever leads looks before it
                   // proposes
  replaces_alone,  // the same, of a stream that one server has alone
  manages          // by $JS.API: every server hears it, and whoever thinks it leads answers
};

// ok means answered and not refused; the shape of what came is still to be checked.
Finding find_nats_outcome(const NatsExchange& exchange, NatsDeed deed, Milliseconds timeout);

// Throws as Client::invoke does, unless it is ok.
void require_nats(const Finding& finding);

}  // namespace tribunal
