// What an operator asks of an etcd node by its gateway, apart from the calls of the client: nothing
// here becomes part of a history.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "harness/cluster/host.h"

namespace tribunal {

// One answer of the node at `address`. Throws std::runtime_error with what it said instead, or that
// it did not answer.
nlohmann::json ask_etcd(const std::string& address, std::string_view path, const std::string& body,
                        Milliseconds timeout);
// The same for answers that come in several lines.
std::string ask_etcd_for_lines(const std::string& address, std::string_view path,
                               Milliseconds timeout);

// What a node says of itself; identities are 0 where it does not know them.
struct EtcdStatus {
  std::uint64_t self = 0, leader = 0, term = 0, revision = 0, bytes = 0, bytes_used = 0;
};
EtcdStatus etcd_status(const std::string& address, Milliseconds timeout);

}  // namespace tribunal
