// Calls that etcd has no single request for: a look, and then a change that is made only if nobody
// changed the same meanwhile. Who loses that race is Rejected; whose second answer is lost is
// unknown.
#pragma once

#include "clients/etcd/dialogue.h"
#include "harness/record/call.h"

namespace tribunal {

Call increment(Dialogue& etcd, const Increment& call);
Call read_counter(Dialogue& etcd, ReadCounter call);
Call append(Dialogue& etcd, const Append& call);
Call read_list(Dialogue& etcd, ReadList call);
Call enqueue(Dialogue& etcd, const Enqueue& call);
Call dequeue(Dialogue& etcd, Dequeue call);
Call transfer(Dialogue& etcd, const Transfer& call);
Call read_accounts(Dialogue& etcd, ReadAccounts call);

}  // namespace tribunal
