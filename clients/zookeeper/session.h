// One session with one ZooKeeper server, by libzookeeper. It promises what the library alone does
// not: a deadline for every request, and to know whether a request may have left. The library
// connects again by itself, to the same server and with the same session, but sends no request
// twice: all that was under way when a connection is lost ends as ZCONNECTIONLOSS. An answer is
// matched to its request by a number, so that a late one cannot pass for the next.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "harness/cluster/host.h"
#include "harness/record/call.h"

namespace tribunal {

using ZooDeadline = std::chrono::steady_clock::time_point;

enum class ZooVerb : std::uint8_t {
  get,                 // data, version and zxid of a node
  children,            // their names, as they all were at one moment
  sync,                // the server catches up with the leader
  set,                 // data, if the version is right; -1 is every version
  create,              // a node with data
  create_ephemeral,    // which goes with the session
  create_in_sequence,  // a number is added to its name, larger than all before below that parent
  remove,              // if the version is right
};

struct ZooRequest {
  ZooVerb verb = ZooVerb::get;
  std::string path;
  std::string data = {};
  int version = -1;
};

// How a request ended.
enum class ZooEnd : std::uint8_t {
  answered,     // `code` says how: by the server, or by the library for it
  late,         // nothing by the deadline
  unconnected,  // there was no connection by the deadline: never sent
  refused       // the library did not take it, for reason `code`: never sent
};

struct ZooAnswer {
  ZooEnd end = ZooEnd::answered;
  int code = 0;                       // as in zookeeper.h; 0: done
  std::string data = {};              // of get; of what creates, the node's path
  int version = 0;                    // the node's own, which begins at 0
  Int zxid = 0;                       // of the transaction that wrote the node's data
  std::vector<std::string> children;  // in no order
};

// Used by one thread; the library has two more of its own.
class ZooSession {
 public:
  // Begins to connect to `endpoint`, "10.0.0.1:2181". `timeout`: after that long without a word
  // of it the cluster ends the session. Throws Rejected where the system is out of sockets.
  ZooSession(const std::string& endpoint, Milliseconds timeout);
  ~ZooSession();  // ends it, where the server is there to be told
  ZooSession(const ZooSession&) = delete;
  ZooSession& operator=(const ZooSession&) = delete;

  // Whether the cluster has ended it; nothing will be served in it any more.
  bool ended() const;

  ZooAnswer ask(const ZooRequest& request, ZooDeadline until);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// "10.0.0.1" -> "10.0.0.1:2181"; an address with a port is left as it is.
std::string zookeeper_endpoint(const std::string& address);

}  // namespace tribunal
