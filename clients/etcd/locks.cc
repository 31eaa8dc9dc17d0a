#include "clients/etcd/locks.h"

#include <fmt/format.h>

namespace tribunal {
namespace {

std::string lock_key(Key key) { return fmt::format("lock/{}", key); }

}  // namespace

// That of the session, or of a new one where etcd said that it is gone; 0 for plain locks.
Int EtcdLocks::lease(Dialogue& etcd) {
  if (lease_seconds_ == 0) return 0;
  if (!lease_ || lease_->lost()) {
    lease_.reset();
    lease_ = std::make_unique<EtcdLease>(endpoint_, access_, etcd.grant(lease_seconds_));
  }
  return lease_->id();
}

// With a lease, who holds a lock must not get it again: its first hold would be no hold any more.
Call EtcdLocks::acquire(Dialogue& etcd, Acquire call) {
  if (lease_seconds_ != 0 && held_.contains(call.key)) throw Rejected("it holds it already");
  const std::string key = lock_key(call.key);
  TxnBody create;
  create.if_created_at(key, 0).put(key, "", lease(etcd));
  call.fence = etcd.change(create);
  if (!call.fence) throw Rejected("another holds it");
  held_[call.key] = *call.fence;
  return call;
}

// A lock on a lease is released also where the lease had taken it away: its holder has it no
// longer, which is what was asked for.
Call EtcdLocks::release(Dialogue& etcd, const Release& call) {
  const auto held = held_.find(call.key);
  if (held == held_.end()) throw Rejected("it does not hold it");
  const std::string key = lock_key(call.key);
  TxnBody free;
  free.if_created_at(key, held->second).erase(key);
  const auto freed = etcd.change(free);
  held_.erase(held);
  if (!freed && lease_seconds_ == 0) throw Rejected("it no longer holds it");
  return call;
}

}  // namespace tribunal
