// Queues by JetStream: a subject of a work queue for each, with a consumer from which elements are
// pulled and then acknowledged. An element whose acknowledgement was lost may be given out again.
#pragma once

#include <optional>

#include "clients/nats/dialogue.h"

namespace tribunal {

// The stream that holds the queues: what is published below "queue.".
inline constexpr const char* nats_queue = "queue";

// Each throws as Client::invoke does.
class NatsQueue {
 public:
  NatsQueue(NatsDialogue& nats, const Deployment& deployment)
      : nats_(nats), notes_(deployment.notes) {}

  void enqueue(Key key, Int element);
  // Nothing: the consumer has nothing to give at the moment.
  std::optional<Int> dequeue(Key key);

 private:
  void make_consumer(Key key);

  NatsDialogue& nats_;
  std::shared_ptr<Notes> notes_;  // of the consumers that are there
};

}  // namespace tribunal
