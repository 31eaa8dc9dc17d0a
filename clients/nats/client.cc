#include "clients/nats/client.h"

#include <fmt/format.h>

#include <map>
#include <thread>

#include "clients/nats/dialogue.h"
#include "clients/nats/queue.h"
#include "clients/nats/walk.h"

namespace tribunal {
namespace {

std::string nats_subject(std::string_view kind, Key key) {
  return fmt::format("{}.{}.{}", nats_log, kind, key);
}

// The number that a subject ends with.
Int ending_of(const std::string& subject) {
  return nats_number(std::string_view(subject).substr(subject.rfind('.') + 1));
}

class NatsClient final : public Client {
 public:
  NatsClient(const std::string& address, const Deployment& deployment)
      : nats_(address, deployment),
        queue_(nats_, deployment),
        by_quorum_(nats_.option("reads") == "quorum"),
        source_(nats_.option("reads") == "direct" ? NatsSource::nearest : NatsSource::leader) {}

  Call invoke(const Call& call) override {
    nats_.begin();
    return std::visit([this](const auto& c) -> Call { return carry_out(c); }, call);
  }

 private:
  // What `store` returns: it stores a message that nobody reads, so it had no effect, however it
  // ended.
  template <class F>
  static auto marked(const F& store) -> decltype(store()) {
    try {
      return store();
    } catch (const Rejected&) {
      throw;
    } catch (const std::runtime_error& lost) {
      throw Rejected(lost.what());
    }
  }

  // The sequence of the last message of a subject, as the log of all replicas has it; 0: there was
  // none. It asks for an empty message to be stored where there is none: that is refused, or means
  // what was there before.
  Int last_of_the_log(const std::string& subject) {
    const NatsCreated mark = marked([&] { return nats_.create(subject, ""); });
    return mark.made ? 0 : mark.sequence;
  }

  // Whoever answers may not have it yet.
  NatsStored await(Int sequence, const std::string& subject) {
    while (true) {
      if (auto stored = nats_.at(sequence, subject)) return *stored;
      std::this_thread::sleep_for(Milliseconds(2));
    }
  }

  std::optional<NatsStored> last_of(const std::string& subject) {
    if (!by_quorum_) return nats_.last(subject, source_);
    const Int sequence = last_of_the_log(subject);
    if (sequence == 0) return {};
    return await(sequence, subject);
  }

  // How many messages there are of each subject that fits. What whoever leads says of its end tells
  // whether it has all that was stored before.
  std::map<std::string, Int> counts_of(const std::string& filter) {
    if (!by_quorum_) return nats_.look(filter).counts;
    const Int least = marked([&] { return nats_.publish(fmt::format("{}.mark", nats_log), ""); });
    while (true) {
      NatsStreamInfo info = nats_.look(filter);
      if (info.last_sequence >= least) return std::move(info.counts);
      std::this_thread::sleep_for(Milliseconds(2));
    }
  }

  static std::optional<Int> value_in(const std::optional<NatsStored>& stored) {
    if (!stored || stored->payload.empty()) return {};
    return nats_look([&] { return nats_number(stored->payload); });
  }

  Call carry_out(Read call) {
    const auto stored = last_of(nats_subject("register", call.key));
    call.value = value_in(stored);
    if (call.value) call.version = stored->sequence;
    return call;
  }
  Call carry_out(Write call) {
    call.version = nats_.publish(nats_subject("register", call.key), fmt::to_string(call.value));
    return call;
  }
  // As an update of NATS's key-value stores: the last revision, and a message in its place.
  Call carry_out(Cas call) {
    const std::string subject = nats_subject("register", call.key);
    const auto found = nats_.last(subject, source_);
    if (value_in(found) != call.from) throw Rejected("value did not match");
    call.version = nats_.replace(subject, fmt::to_string(call.to), found->sequence);
    return call;
  }
  Call carry_out(const Delete& call) {
    nats_.publish(nats_subject("register", call.key), "");
    return call;
  }

  Call carry_out(const Add& call) {
    nats_.publish(fmt::format("{}.{}", nats_subject("set", call.key), call.element), "");
    return call;
  }
  Call carry_out(ReadSet call) {
    const auto counts = counts_of(nats_subject("set", call.key) + ".*");
    nats_look([&] {
      for (const auto& [subject, count] : counts)
        call.elements.insert(call.elements.end(), static_cast<std::size_t>(count),
                             ending_of(subject));
      return true;
    });
    return call;
  }

  Call carry_out(const Append& call) {
    nats_.publish(nats_subject("list", call.key), fmt::to_string(call.element));
    return call;
  }
  Call carry_out(ReadList call) {
    const std::string subject = nats_subject("list", call.key);
    const Int until = by_quorum_ ? last_of_the_log(subject) : 0;
    if (by_quorum_ && until == 0) return call;
    // Where it ends is known, and messages never change: any replica will do.
    const NatsSource source = by_quorum_ ? NatsSource::nearest : source_;
    for (const NatsStored& stored : walk_.read(nats_, subject, source, until))
      if (const auto element = value_in(stored)) call.elements.push_back(*element);
    return call;
  }

  Call carry_out(const Increment& call) {
    nats_.publish(fmt::format("{}.{}", nats_subject("counter", call.key), call.by), "");
    return call;
  }
  Call carry_out(ReadCounter call) {
    const auto counts = counts_of(nats_subject("counter", call.key) + ".*");
    nats_look([&] {
      Int sum = 0, product = 0;
      for (const auto& [subject, count] : counts)
        if (__builtin_mul_overflow(ending_of(subject), count, &product) ||
            __builtin_add_overflow(sum, product, &sum))
          throw NatsNonsense("the counter is larger than a number can be");
      if (!counts.empty()) call.value = sum;
      return true;
    });
    return call;
  }

  Call carry_out(const Enqueue& call) {
    queue_.enqueue(call.key, call.element);
    return call;
  }
  Call carry_out(Dequeue call) {
    call.element = queue_.dequeue(call.key);
    return call;
  }

  Call carry_out(Acquire call) {
    const NatsCreated made = nats_.create(nats_subject("lock", call.key), "held");
    if (!made.made) throw Rejected("another holds it");
    call.fence = made.sequence;
    held_[call.key] = made.sequence;
    return call;
  }
  // Only what this client acquired: the message that it stored.
  Call carry_out(const Release& call) {
    const auto held = held_.find(call.key);
    if (held == held_.end()) throw Rejected("it does not hold it");
    const Int sequence = held->second;
    held_.erase(held);
    nats_.remove(sequence);
    return call;
  }

  Call carry_out(Generate call) {
    call.id = nats_.publish(nats_subject("ids", call.key), "");
    return call;
  }

  template <class Other>
  Call carry_out(const Other&) {
    throw Rejected("the client of NATS does not serve it");
  }

  NatsDialogue nats_;
  NatsQueue queue_;
  NatsWalk walk_;
  bool by_quorum_;
  NatsSource source_;
  std::map<Key, Int> held_;  // locks, by the sequence of their messages
};

}  // namespace

std::unique_ptr<Client> connect_nats(const std::string& address, const Deployment& deployment) {
  return std::make_unique<NatsClient>(address, deployment);
}

}  // namespace tribunal
