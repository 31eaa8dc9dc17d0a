#include "clients/nats/queue.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace tribunal {
namespace {

std::string queue_subject(Key key) { return fmt::format("{}.{}", nats_queue, key); }
std::string consumer_name(Key key) { return fmt::format("key{}", key); }

}  // namespace

// A queue is what can be taken from, too: where there can be no consumer, nothing is put in.
void NatsQueue::enqueue(Key key, Int element) {
  make_consumer(key);
  nats_.publish(queue_subject(key), fmt::to_string(element));
}

// To make one that is there changes nothing, and one that was made has given nothing out yet.
void NatsQueue::make_consumer(Key key) {
  const std::string name = consumer_name(key), note = "consumer " + name;
  if (!notes_->get(note).empty()) return;
  const nlohmann::json wanted = {{"stream_name", nats_queue},
                                 {"config",
                                  {{"durable_name", name},
                                   {"filter_subject", queue_subject(key)},
                                   {"ack_policy", "explicit"},
                                   {"deliver_policy", "all"},
                                   {"ack_wait", std::stoll(nats_.option("ack-wait")) * 1'000'000},
                                   {"max_ack_pending", -1}}}};
  try {
    nats_.manage(fmt::format("CONSUMER.DURABLE.CREATE.{}.{}", nats_queue, name), wanted.dump());
  } catch (const std::runtime_error& refused) {
    throw Rejected(std::string("no consumer: ") + refused.what());
  }
  notes_->set(note, "there");
}

std::optional<Int> NatsQueue::dequeue(Key key) {
  make_consumer(key);
  const NatsFrame next =
      nats_.next(fmt::format("{}.{}", nats_queue, consumer_name(key)), queue_subject(key));
  if (next.status() == nats_nothing_there) return {};
  if (next.status() != 0 || next.reply.empty())
    throw std::runtime_error(fmt::format("the consumer says {}", next.status()));
  const Int element = nats_number(next.payload);
  nats_.acknowledge(next.reply);
  return element;
}

}  // namespace tribunal
