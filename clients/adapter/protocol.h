// What the harness and an adapter say to each other, one line of JSON each: docs/adapters.md. Pure:
// lines in, lines out.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "harness/cluster/host.h"
#include "harness/parts/database.h"
#include "harness/record/history.h"

namespace tribunal {

inline constexpr int adapter_protocol = 1;

// Thrown for a line that is not what the protocol has in its place.
struct BadLine : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// What an adapter says of itself first.
struct AdapterHello {
  std::string name;
  std::vector<std::string> calls;  // those it serves, all of them known
};

struct AdapterReply {
  Outcome outcome = Outcome::unknown;
  Call call;          // completed, if ok
  std::string error;  // one line, short; empty if ok
};

// Every call that the protocol has, in the order of Call.
const std::vector<std::string>& adapter_calls();
std::string adapter_call_name(const Call& call);
// The workloads whose every call is among these.
std::vector<std::string> workloads_of_calls(const std::vector<std::string>& calls);
// Whether it has no effect, however it ends.
bool is_adapter_read(const Call& call);

// Lines to the adapter, without their ends.
std::string adapter_opening(const std::string& address, const Deployment& deployment);
std::string adapter_request(std::int64_t id, const Call& call, Milliseconds timeout);

// Lines from it; both throw BadLine.
AdapterHello read_adapter_hello(const std::string& line);
AdapterReply read_adapter_reply(const std::string& line, std::int64_t id, const Call& asked);

// Of text from outside: one line, at most 160 bytes, without the password.
std::string adapter_words(std::string text, const std::string& password);

}  // namespace tribunal
