// A database under test: how to deploy it on any kind of host and how to speak to it. Written once,
// against Host.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "harness/cluster/cluster.h"
#include "harness/cluster/members.h"
#include "harness/parts/access.h"
#include "harness/parts/client.h"
#include "harness/parts/notes.h"
#include "harness/record/function.h"

namespace tribunal {

// An option of the database that a spec may set, and what it may be; the first value is the
// default.
struct DatabaseOption {
  std::string name;                 // "reads"
  std::vector<std::string> values;  // {"linearizable", "serializable"}; empty: any text
  std::string summary;
  std::string standard = {};  // the default of one that may be any text
};

// How many nodes it is deployed on.
struct NodeCounts {
  std::size_t usual = 3, least = 1;
};

// One deployment of it: made once a run, then handed to every function below.
struct Deployment {
  std::string binary;                          // absolute path
  std::string version;                         // as it says of itself
  std::vector<std::string> hosts, addresses;   // in order
  std::map<std::string, std::string> options;  // every DatabaseOption, defaults filled in
  Milliseconds call_timeout{1000};
  Access access = {};  // what a client needs to be let in; empty where the harness deploys
  // What the functions of a database have to tell each other while it runs.
  std::shared_ptr<Notes> notes = std::make_shared<Notes>();
};

// What a replica says of itself.
struct Applied {
  std::string updates;         // a name of the set that it has applied: equal sets, equal names
  std::string state;           // a name of what it made of them, likewise; without blanks, both
  std::uint64_t unmerged = 0;  // keys of several versions of which none replaces another
};

// Something that an operator does to it while it serves, with no lasting effect on what it answers.
struct Chore {
  std::string name;  // "compact"; a fault of that name does it
  // Does it by way of that host, within 15 s, and sees that it is done; returns what was seen.
  // Throws std::runtime_error with why it is not.
  std::function<std::string(Host&, const Deployment&)> act;
};

// The powers of harness/cluster/members.h; all of them, or none.
struct MemberFunctions {
  std::function<std::optional<MemberView>(Host& asked, const Deployment&)> view;
  std::function<void(Host& asked, const Member&, const Deployment&)> remove;
  std::function<void(Host& asked, Host& joining, const Deployment&)> add;
  std::function<void(Host&, const Deployment&)> wipe;
};

struct Database {
  std::string name;
  std::string summary;
  std::vector<std::string> workloads;  // those its client can serve
  std::vector<DatabaseOption> options;

  // Finds the server: `binary` if not empty, else on PATH. Returns its absolute path and version.
  // Throws Error(environment) with the exact command that installs it.
  std::function<std::pair<std::string, std::string>(const std::string& binary)> find;
  std::function<void(Host&, const Deployment&)>
      start;  // its daemons on one host; again after a kill
  std::function<bool(Host&, const Deployment&, Milliseconds)>
      ready;  // a real quorum read through that host
  std::function<std::string(Host&, const Deployment&)> role;  // "leader", "follower", "" unknown
  std::function<std::unique_ptr<Client>(const std::string& address, const Deployment&)>
      connect;  // never blocks, never throws
  // What it promises under these options for one workload, as names of checkers, where that is not
  // simply what the workload claims. Empty function, or empty answer: the workload's own checkers.
  std::function<std::vector<std::string>(const std::map<std::string, std::string>& options,
                                         const std::string& workload)>
      promises;
  // Asked of every host after the last look; an empty function where it cannot tell. Nothing: no
  // answer within a second.
  std::function<std::optional<Applied>(Host&, const Deployment&)> applied;
  // How many nodes it wants under these options; an empty function: 3, at least 1.
  std::function<NodeCounts(const std::map<std::string, std::string>& options)> nodes = {};
  // Once, when all hosts were started for the first time: makes one cluster of them, as an operator
  // would. Throws Error(environment). May be empty.
  std::function<void(Cluster&, const Deployment&)> form = {};
  // What goes on beside it that is no part of the database, such as fail-over by promotion: runs in
  // a thread of its own from the first moment it is ready until it is asked to stop, and then
  // returns within a second. Throws nothing. May be empty.
  std::function<void(Cluster&, const Deployment&, std::stop_token)> supervise = {};
  int stop_signal = 15;          // that asks it to end; SIGTERM
  MemberFunctions members = {};  // empty functions: its members do not come and go
  std::vector<Chore> chores = {};
};

}  // namespace tribunal
