// The steps of one call to etcd, all within the call's time: each is sent once, and its outcome is
// that of outcome.h. A call that only reads, or has only read so far, had no effect; the step that
// writes decides.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "clients/etcd/answer.h"
#include "clients/etcd/outcome.h"
#include "clients/etcd/request.h"
#include "clients/http/connection.h"
#include "harness/parts/client.h"
#include "harness/parts/database.h"

namespace tribunal {

// Each throws as Client::invoke does. Used by one thread.
class Dialogue {
 public:
  Dialogue(const std::string& address, const Deployment& deployment, ReadFrom reads)
      : connection_(address, deployment.access),
        stream_(address, deployment.access),
        timeout_(deployment.call_timeout),
        reads_(reads) {}

  void begin();  // of a call: its time runs from here
  ReadFrom reads() const { return reads_; }

  Int put(std::string_view key, std::string_view value);  // returns the revision it made
  void erase(std::string_view key);
  std::vector<KeyValue> range(const KeyRange& range);
  std::optional<KeyValue> smallest(const KeyRange& range);  // nothing: the range is empty

  // Whether the comparisons held; the revision it made if so.
  std::optional<Int> change(const TxnBody& transaction);
  // Ranges only: what each found.
  std::vector<std::vector<KeyValue>> look(const TxnBody& transaction);

  // What a watch sends, message after message, until `take` says that it is over. `take` may ask
  // for other steps meanwhile. However it ends, it had no effect.
  void watch(const std::string& body, const std::function<Wants(const WatchAnswer&)>& take);
  // A lease of so many seconds, or what etcd makes of it; nothing is to be freed if it fails.
  Grant grant(Int seconds);

 private:
  Milliseconds left() const;
  template <class F>
  auto ask(std::string_view path, const std::string& body, Effect effect, const F& read);

  HttpConnection connection_;
  HttpConnection stream_;  // of watches, which end by closing it
  Milliseconds timeout_;
  ReadFrom reads_;
  std::chrono::steady_clock::time_point until_{};
  Answer answer_;
};

}  // namespace tribunal
