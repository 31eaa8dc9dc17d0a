// The requests of one call to ZooKeeper, all within the call's time, in one session after another:
// each is sent at most once, and its outcome is that of outcome.h.
#pragma once

#include <memory>
#include <string>

#include "clients/zookeeper/outcome.h"
#include "harness/parts/database.h"

namespace tribunal {

// Each throws as Client::invoke does. Used by one thread.
class ZooDialogue {
 public:
  ZooDialogue(const std::string& address, const Deployment& deployment);

  void begin();  // of a call: its time runs from here

  // Done, or one of is_condition().
  ZooAnswer ask(const ZooRequest& request);
  // Done, and no other.
  ZooAnswer require(const ZooRequest& request);

  // A number of the session that ask() would use now; another one after it was ended. Sends
  // nothing.
  std::uint64_t session_number();

  // The node's data, whatever they were and whether or not it was there. Returns the transaction.
  Int put(const std::string& path, const std::string& data);
  // A node below `parent`, which is made where it is not there yet. Done, or ZNODEEXISTS.
  ZooAnswer create_below(const std::string& parent, ZooRequest request);

  // Before a read, as the option `sync` has it. Certainly without effect on anything that is read.
  void catch_up();
  // The server has by then all that was acknowledged before, for it has a write of ours that came
  // after it.
  void pass_quorum();
  // Whatever the option says, the next read comes after pass_quorum().
  void distrust() { distrusts_ = true; }
  // Whether pass_quorum() comes before the next read.
  bool passes_quorum() const { return distrusts_ || sync_ == "quorum"; }

 private:
  ZooSession& session();

  std::string endpoint_, sync_;
  Milliseconds timeout_, session_timeout_;
  ZooDeadline until_{};
  std::unique_ptr<ZooSession> session_;
  std::uint64_t sessions_ = 0;  // begun so far
  bool distrusts_ = false;
};

}  // namespace tribunal
