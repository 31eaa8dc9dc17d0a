// The streams that the clients use, and what whoever operates NATS does with them. Each asks by way
// of one server, and throws std::runtime_error where there is no answer or another one.
#pragma once

#include <string>

#include "clients/nats/tcp_stream.h"
#include "harness/parts/database.h"

namespace tribunal {

// Makes those that are not there; what is there stays as it is.
void make_nats_streams(const std::string& address, const Deployment& deployment,
                       NatsDeadline until);

// Whether whoever leads all of JetStream knows nothing of the log.
bool is_nats_log_gone(const std::string& address, const Deployment& deployment, NatsDeadline until);

// The server that leads the log; "" where nobody does.
std::string nats_leader(const std::string& address, const Deployment& deployment,
                        NatsDeadline until);

// Whoever leads the log gives its office to another.
void step_nats_leader_down(const std::string& address, const Deployment& deployment,
                           NatsDeadline until);

}  // namespace tribunal
