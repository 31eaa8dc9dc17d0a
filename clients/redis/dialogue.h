// The commands of one call to Redis, all within the call's time: each is carried out once at most,
// and its outcome is that of outcome.h.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "clients/redis/outcome.h"
#include "clients/redis/way.h"
#include "harness/parts/client.h"

namespace tribunal {

// Each throws as Client::invoke does. Used by one thread.
class RedisDialogue {
 public:
  RedisDialogue(const std::string& address, const Deployment& deployment);

  void begin();  // of a call: its time runs from here

  // A command about `key` that writes, if it does: {"SET", key, "17"}. Its answer is no error.
  RedisReply change(const std::string& key, const RedisCommand& command);
  // As many replicas as the option `wait` says acknowledge what change() wrote.
  void await_replicas();

  // A command that reads, and what `read` makes of its answer. A read had no effect, whatever the
  // answer was.
  template <class F>
  auto look(const std::string& key, const RedisCommand& command, const F& read) {
    try {
      return read(ask(Effect::reads, key, command));
    } catch (const RedisNonsense& nonsense) {
      throw Rejected(nonsense.what());
    }
  }

 private:
  RedisReply ask(Effect effect, const std::string& key, const RedisCommand& command);

  Milliseconds timeout_;
  Int wait_;
  std::unique_ptr<RedisWay> way_;
  RedisDeadline until_{};
  RedisConnection* last_ = nullptr;  // which took the last command
};

}  // namespace tribunal
