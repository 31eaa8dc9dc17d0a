// The locks of one client of etcd: a key that is there while the lock is held, its fence the
// revision that created it. Plain, it stays until it is released. On a lease it goes with the lease
// of its holder's session, as in etcd's own concurrency package: the holder crashed, or could not
// keep it alive in time.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "clients/etcd/lease.h"
#include "harness/record/call.h"

namespace tribunal {

class EtcdLocks {
 public:
  // `lease_seconds` 0: plain.
  EtcdLocks(std::string endpoint, const Access& access, Int lease_seconds)
      : endpoint_(std::move(endpoint)), access_(access), lease_seconds_(lease_seconds) {}

  // Both throw as Client::invoke does.
  Call acquire(Dialogue& etcd, Acquire call);
  // Only what this client acquired, by the revision that did it.
  Call release(Dialogue& etcd, const Release& call);

 private:
  Int lease(Dialogue& etcd);

  const std::string endpoint_;
  const Access access_;
  const Int lease_seconds_;
  std::unique_ptr<EtcdLease> lease_;
  std::map<Key, Int> held_;  // by the revision that acquired them
};

}  // namespace tribunal
