// The processes of a run: threads that take calls from their generators, send them through a client
// and record both ends. A client that does not come back is abandoned and never stalls the run.
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "harness/cluster/host.h"
#include "harness/parts/client.h"
#include "harness/parts/workload.h"
#include "harness/record/activity.h"
#include "harness/record/recorder.h"

namespace tribunal {

struct WorkersOptions {
  std::size_t workers = 10;
  std::uint64_t seed = 0;
  std::vector<std::string> nodes;        // worker w begins at node w mod n ...
  Movement movement = Movement::sticky;  // ... and goes on from there so
  Tokens tokens = Tokens::carried;
  Milliseconds call_timeout{1000};  // a client has its own deadline of this length ...
  Milliseconds grace{2000};         // ... and this much more before it is abandoned
  // A client of one process, to the node of that index; called from the worker's thread, again
  // after a lost answer.
  std::function<std::unique_ptr<Client>(std::size_t node)> connect;
  // Told of every ok answer, from the worker's thread; may be empty.
  std::function<void(std::size_t node, const Call&)> answered;
};

class Workers {
 public:
  Workers(WorkersOptions options, Recorder& recorder, Activity& activity);
  ~Workers();

  // Runs one phase until every worker's generator is exhausted or a stop is asked, and every call
  // has ended or was abandoned: at most call_timeout + grace after the last was sent. `phase` names
  // the phase's streams of chance. Returns how many calls each worker's generator was asked for.
  // Process numbers go on from phase to phase.
  std::vector<std::uint64_t> run(const std::string& phase, const Stream& stream,
                                 std::stop_token stop);

 private:
  class Worker;
  WorkersOptions options_;
  Recorder& recorder_;
  Activity& activity_;
  std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace tribunal
