#include "harness/run/hand_over.h"

namespace tribunal {

void hand_over(const Database& database, const Deployment& deployment, Cluster& cluster) {
  cluster.start_database = [&](Host& host) { database.start(host, deployment); };
  cluster.database_ready = [&](Host& host, Milliseconds deadline) {
    return database.ready(host, deployment, deadline);
  };
  cluster.database_role = [&](Host& host) { return database.role(host, deployment); };
  cluster.stop_signal = database.stop_signal;
  for (const auto& chore : database.chores)
    cluster.chores[chore.name] = [&](Host& host) { return chore.act(host, deployment); };
  const MemberFunctions& members = database.members;
  if (!members.view) return;
  cluster.members.view = [&](Host& asked) { return members.view(asked, deployment); };
  cluster.members.remove = [&](Host& asked, const Member& member) {
    members.remove(asked, member, deployment);
  };
  cluster.members.add = [&](Host& asked, Host& joining) {
    members.add(asked, joining, deployment);
  };
  cluster.members.wipe = [&](Host& host) { members.wipe(host, deployment); };
}

}  // namespace tribunal
