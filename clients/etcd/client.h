// Speaks to one etcd node over its HTTP/JSON gateway.
#pragma once

#include <memory>
#include <string>

#include "harness/parts/client.h"
#include "harness/parts/database.h"

namespace tribunal {

// `address`: "10.0.0.1", where etcd's own client port is meant, or "10.0.0.1:2379". What stands
// where: a register, counter or list is one key, "register/3" with a decimal value, "list/3" with
// "1 2 3"; a set or queue is one key an element, "set/3/<element>"; a bank one key an account that
// money moved on; a group one key a register, "group/3/2"; a lock a key that is there while it is
// held, its fence the revision that created it. A watch goes on from where this client's last one
// of that group ended, if it watched no other since; else it begins with the first revision. Reads,
// those of the first of two steps too, are linearizable unless the option reads is "serializable".
std::unique_ptr<Client> connect_etcd(const std::string& address, const Deployment& deployment);

// "10.0.0.1" -> "10.0.0.1:2379"; an address with a port is left as it is.
std::string etcd_endpoint(const std::string& address);

}  // namespace tribunal
