// A lease of etcd's, kept alive as long as this lives: asked for anew every third of its time,
// through one member, as etcd's own clients do it for a session.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

#include "clients/etcd/dialogue.h"

namespace tribunal {

// Where it cannot be kept alive it runs out, and nothing tells who has it but the next answer.
class EtcdLease {
 public:
  // `grant`: what was just got from the member at `endpoint`.
  EtcdLease(const std::string& endpoint, const Access& access, const Grant& grant);

  Int id() const { return grant_.id; }
  bool lost() const { return lost_; }  // etcd said that it is gone

 private:
  void keep_alive(const std::stop_token& stop);

  HttpConnection connection_;  // of the keeper
  const Grant grant_;
  std::atomic<bool> lost_{false};
  std::mutex mutex_;
  std::condition_variable_any beat_;
  std::jthread keeper_;  // last, so that it ends before what it uses
};

}  // namespace tribunal
