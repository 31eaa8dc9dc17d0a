// Speaks to one etcd node over its HTTP/JSON gateway.
#pragma once

#include <memory>
#include <string>

#include "harness/parts/client.h"
#include "harness/parts/database.h"

namespace tribunal {

// `address`: "10.0.0.1", where etcd's own client port is meant, or "10.0.0.1:2379". A register is
// the key "register/<key>" with a decimal value; a set is one key an element,
// "set/<key>/<element>". Reads are linearizable unless the option reads is "serializable".
std::unique_ptr<Client> connect_etcd(const std::string& address, const Deployment& deployment);

// "10.0.0.1" -> "10.0.0.1:2379"; an address with a port is left as it is.
std::string etcd_endpoint(const std::string& address);

// An element as it stands in a key: of one width, so that the order of keys is that of numbers.
std::string element_text(Int element);

}  // namespace tribunal
