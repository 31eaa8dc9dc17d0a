#include "tests/nemesis/database_ground.h"

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <stdexcept>
#include <thread>

#include "nemesis/database/member_state.h"
#include "nemesis/process/live_processes.h"

namespace tribunal {

using namespace std::chrono_literals;

DatabaseGround::DatabaseGround(Cluster& cluster)
    : cluster_(cluster), activity_(cluster.size()), ground_{cluster,
                                                            activity_,
                                                            [this] { return (std::chrono::steady_clock::now() - began_).count(); },
                                                            {},
                                                            {},
                                                            {}} {
  for (const auto& host : cluster.names()) {
    members_.push_back({fmt::format("a{}", ++last_), host, true});
    data_[host] = members_.back().id;
  }
  cluster.start_database = [this](Host& host) { start(host); };
  cluster.database_ready = [this](Host& host, Milliseconds) { return is_member(host.name()); };
  cluster.database_role = [](Host&) { return ""; };
  cluster.members.view = [this](Host& asked) -> std::optional<MemberView> {
    if (live_processes(asked).empty()) return {};
    const std::scoped_lock lock(mutex_);
    return members_;
  };
  cluster.members.remove = [this](Host&, const Member& member) {
    before_removal();
    if (forget_removal()) return;
    const std::scoped_lock lock(mutex_);
    std::erase_if(members_, [&](const Member& one) { return one.id == member.id; });
  };
  cluster.members.add = [this](Host&, Host& joining) {
    const std::scoped_lock lock(mutex_);
    members_.push_back({fmt::format("b{}", ++last_), joining.name(), false});
  };
  cluster.members.wipe = [this](Host& host) {
    const std::scoped_lock lock(mutex_);
    const Member* member = member_on(members_, host.name());
    EXPECT_TRUE(member == nullptr || data_[host.name()] != member->id)
        << "data of a member were deleted";
    data_.erase(host.name());
    wiped_.insert(host.name());
  };
  for (std::size_t i = 0; i < cluster.size(); ++i) start(cluster.host(i));
}

// One whose data are of a member that is no more refuses: nothing is left running.
void DatabaseGround::start(Host& host) {
  {
    const std::scoped_lock lock(mutex_);
    const auto member = std::find_if(members_.begin(), members_.end(),
                                     [&](const Member& one) { return one.host == host.name(); });
    const auto data = data_.find(host.name());
    if (data != data_.end() && refuses_old_data &&
        (member == members_.end() || member->id != data->second))
      return;
    if (data == data_.end() && member != members_.end()) data_[host.name()] = member->id;
    if (member != members_.end()) member->started = true;
  }
  host.start({{"/bin/sleep", "1000"}, {}, false});
}

bool DatabaseGround::is_member(const std::string& host) {
  if (live_processes(cluster_.host(host)).empty()) return false;
  const std::scoped_lock lock(mutex_);
  const Member* member = member_on(members_, host);
  return member != nullptr && data_[host] == member->id;
}

HostActivity& DatabaseGround::activity(const std::string& host) {
  return activity_.host(cluster_.host(host).index());
}

void DatabaseGround::kill(const std::string& host) { end_database(cluster_.host(host), SIGKILL); }

bool DatabaseGround::runs(const std::string& host) {
  return !live_processes(cluster_.host(host)).empty();
}

MemberView DatabaseGround::members() {
  const std::scoped_lock lock(mutex_);
  return members_;
}

std::set<std::string> DatabaseGround::wiped() {
  const std::scoped_lock lock(mutex_);
  return wiped_;
}

}  // namespace tribunal
