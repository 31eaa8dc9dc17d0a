#include "nemesis/database/member_fault.h"

#include <fmt/format.h>
#include <signal.h>

#include <stdexcept>

#include "nemesis/process/live_processes.h"

namespace tribunal {
namespace {

using namespace std::chrono_literals;

// etcd wants its members connected for 5 s first. A heal has to wait for what other faults do.
constexpr MemberPatience change_patience{18s, 30s}, heal_patience{18s, 300s};

std::vector<std::string> all_but(Cluster& cluster, const std::string& host) {
  auto names = cluster.names();
  std::erase(names, host);
  return names;
}

}  // namespace

std::string MemberFault::take_out(Ground& ground, Host& host) {
  MemberState state(ground);
  state.insist(change_patience, [&]() -> std::string {
    const auto view = state.agreed();
    if (!view) return "it is not known who the members are";
    const Member* member = member_on(*view, host.name());
    if (member == nullptr) return host.name() + " is no member";
    was_[host.name()] = member->id;
    return "";
  });
  state.insist(change_patience, [&] { return state.try_to_remove(host.name()); });
  const std::scoped_lock lock(mutex_);
  others_[host.name()].begin(ground, all_but(ground.cluster, host.name()));
  return was_[host.name()];
}

void MemberFault::end(Host& host) {
  try {
    if (!live_processes(host).empty()) end_database(host, SIGKILL);
  } catch (const std::runtime_error&) {  // it may end by itself, since it has been put out
    if (!live_processes(host).empty()) throw;
  }
}

void MemberFault::wipe(Ground& ground, Host& host) {
  ground.cluster.members.wipe(host);
  fresh_.insert(host.name());
}

Member MemberFault::take_in(Ground& ground, Host& host) {
  MemberState state(ground);
  Member taken;
  state.insist(change_patience, [&]() -> std::string {
    auto missing = state.try_to_add(host.name());
    if (!missing.empty()) return missing;
    const auto view = state.agreed();
    const Member* member = view ? member_on(*view, host.name()) : nullptr;
    if (member == nullptr) return "the addition has not been seen";
    taken = *member;
    return "";
  });
  return taken;
}

std::string MemberFault::strike(Ground& ground, Host& host) {
  const std::scoped_lock lock(one_at_a_time_);
  return change(ground, host);
}

// What is missing to a member that serves is done, one thing at a time, since other faults may undo
// any of it; returns what was missing.
std::string MemberFault::one_step_back(Ground& ground, Host& host) {
  MemberState state(ground);
  const auto views = state.look();
  const auto view = agreed_view(views);
  if (!view) return "it is not known who the members are";
  const Member* member = member_on(*view, host.name());
  const bool never_left = member != nullptr && was_[host.name()] == member->id;
  if (member != nullptr && (member->started || never_left)) {
    if (!live_processes(host).empty()) return "";
    ground.cluster.start_database(host);
    return "it does not run";
  }
  if (!fresh_.contains(host.name())) {
    if (member == nullptr && !seen_by_all(*view, views)) return "not every node has seen it leave";
    end(host);
    wipe(ground, host);
  }
  if (auto missing = state.try_to_add(host.name()); !missing.empty()) return missing;
  if (live_processes(host).empty()) ground.cluster.start_database(host);
  return "it has not served as a member yet";
}

void MemberFault::undo(Ground& ground, Host& host) {
  const std::scoped_lock lock(one_at_a_time_);
  if (was_.find(host.name()) == was_.end()) return;  // it was never touched
  MemberState(ground).insist(heal_patience, [&] { return one_step_back(ground, host); });
}

std::string MemberFault::confirm(Ground& ground, Host& host) {
  return "members " + show_members(MemberState(ground).await_full(host.name(), heal_patience));
}

// The change was met when the members that were left have answered calls since the removal was
// seen: they have decided without the one that went, or with the one that came.
std::optional<std::string> MemberFault::met(Ground& ground, Host& host, const Meeting& meeting,
                                            Counters& counters) {
  std::uint64_t answered = 0;
  {
    const std::scoped_lock lock(mutex_);
    const auto others = others_.find(host.name());
    if (others == others_.end()) return {};
    for (const auto& since : others->second.since(ground)) answered += since.answered;
  }
  counters.emplace_back("calls answered by others than " + host.name(), answered);
  counters.emplace_back(host.name() + " calls failed or unknown",
                        meeting.ended.failed + meeting.began.unknown);
  if (answered == 0) return {};
  return fmt::format("{} calls answered by others than {} since", answered, host.name());
}

FaultKind blank_member_kind(std::string name, std::string summary) {
  FaultKind kind;
  kind.name = std::move(name);
  kind.summary = std::move(summary);
  kind.targets = {"one", "leader", "minority"};
  kind.least_hosts = 3;
  kind.resource = "members";
  kind.overtime = 8'000'000'000;  // the 5 s of etcd's, and what it takes to start and to catch up
  kind.harm = Harm::stops;
  kind.unfit = [](const Database& database) {
    return database.members.view ? std::string()
                                 : database.name + " has no members that could come and go";
  };
  return kind;
}

}  // namespace tribunal
