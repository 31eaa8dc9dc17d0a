#include "nemesis/database/member_state.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>

#include "nemesis/every_host.h"
#include "nemesis/targets.h"

namespace tribunal {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr const char* unresolved = "the nodes do not agree on who the members are";

// Those of its members whose nodes answer, whatever they see.
std::size_t answering_of(const MemberView& view, const MemberViews& views,
                         const std::string& but = {}) {
  return static_cast<std::size_t>(std::count_if(
      view.begin(), view.end(),
      [&](const Member& member) { return member.host != but && views.contains(member.host); }));
}

std::string pending_in(const MemberView& view) {
  for (const auto& member : view)
    if (!member.started)
      return fmt::format("{} has been added and has not served yet", member.host);
  return {};
}

}  // namespace

bool seen_by_all(const MemberView& view, const MemberViews& views) {
  return std::all_of(views.begin(), views.end(), [&](const auto& one) {
    return member_on(view, one.first) == nullptr || one.second == view;
  });
}

const Member* member_on(const MemberView& view, const std::string& host) {
  const auto found = std::find_if(view.begin(), view.end(),
                                  [&](const Member& member) { return member.host == host; });
  return found == view.end() ? nullptr : &*found;
}

std::optional<MemberView> agreed_view(const MemberViews& views) {
  for (const auto& [host, view] : views) {
    std::size_t agree = 0;
    for (const auto& [other, seen] : views)
      agree += member_on(view, other) != nullptr && seen == view;
    if (!view.empty() && agree >= majority_of(view.size())) return view;
  }
  return {};
}

std::string unsafe_to_remove(const MemberView& view, const MemberViews& views,
                             const std::string& host, std::size_t hosts) {
  if (auto pending = pending_in(view); !pending.empty()) return pending;
  const std::size_t left = view.size() - 1, answering = answering_of(view, views, host);
  if (left < majority_of(hosts))
    return fmt::format("{} members would be left of {} hosts", left, hosts);
  if (answering < majority_of(left))
    return fmt::format("only {} of the {} other members answer", answering, left);
  return {};
}

std::string unsafe_to_add(const MemberView& view, const MemberViews& views) {
  if (auto pending = pending_in(view); !pending.empty()) return pending;
  const std::size_t answering = answering_of(view, views);
  if (answering < majority_of(view.size() + 1))
    return fmt::format("only {} of {} members answer", answering, view.size());
  return {};
}

// A node refuses what another allows: etcd goes by how long it has been connected itself.
std::string MemberState::asked(const MemberView& view, const MemberViews& views,
                               const std::string& not_this) {
  std::vector<std::string> candidates;
  for (const auto& [host, seen] : views)
    if (host != not_this && seen == view && member_on(view, host) != nullptr)
      candidates.push_back(host);
  return candidates.empty() ? "" : candidates[turn_++ % candidates.size()];
}

MemberViews MemberState::look() const {
  std::mutex mutex;
  MemberViews views;
  on_every(ground_.cluster, ground_.cluster.names(), [&](Host& host) {
    auto view = ground_.cluster.members.view(host);
    if (!view) return;
    const std::scoped_lock lock(mutex);
    views[host.name()] = std::move(*view);
  });
  return views;
}

void MemberState::insist(const MemberPatience& patience, const std::function<std::string()>& step) {
  constexpr auto pause = 100ms;
  const auto latest = Clock::now() + patience.in_all;
  Milliseconds calm{0};
  while (true) {
    const auto began = Clock::now();
    const bool alone = !ground_.alone || ground_.alone();
    std::string missing;
    try {
      missing = step();
    } catch (const std::exception& refused) {  // it may be done all the same: the views tell
      missing = refused.what();
    }
    if (missing.empty()) return;
    std::this_thread::sleep_for(pause);
    const auto now = Clock::now();
    if (alone) calm += std::chrono::duration_cast<Milliseconds>(now - began);
    if (calm > patience.calm || now > latest) throw std::runtime_error(missing);
  }
}

std::string MemberState::try_to_remove(const std::string& host) {
  const MemberViews views = look();
  const auto view = agreed_view(views);
  if (!view) return unresolved;
  const Member* member = member_on(*view, host);
  if (member == nullptr) return seen_by_all(*view, views) ? "" : "not every node has seen it leave";
  if (auto unsafe = unsafe_to_remove(*view, views, host, ground_.cluster.size()); !unsafe.empty())
    return unsafe;
  const std::string other = asked(*view, views, host);
  if (other.empty()) return "nobody is there to ask";
  ground_.cluster.members.remove(ground_.cluster.host(other), *member);
  return "the removal has not been seen";
}

std::string MemberState::try_to_add(const std::string& host) {
  const MemberViews views = look();
  const auto view = agreed_view(views);
  if (!view) return unresolved;
  if (member_on(*view, host) != nullptr) return "";
  if (auto unsafe = unsafe_to_add(*view, views); !unsafe.empty()) return unsafe;
  ground_.cluster.members.add(ground_.cluster.host(asked(*view, views, host)),
                              ground_.cluster.host(host));
  return "the addition has not been seen";
}

MemberView MemberState::await_full(const std::string& host, const MemberPatience& patience) {
  MemberView full;
  insist(patience, [&]() -> std::string {
    const MemberViews views = look();
    const auto view = agreed_view(views);
    if (!view || !seen_by_all(*view, views)) return unresolved;
    full = *view;
    if (!views.contains(host)) return host + " does not say who the members are";
    const auto held = ground_.held ? ground_.held() : std::set<std::string>();
    for (const auto& name : ground_.cluster.names()) {
      const Member* member = member_on(full, name);
      if (held.contains(name)) continue;  // another fault of members will bring it back
      if (member == nullptr) return name + " is no member";
      if (!member->started) return name + " has not served as a member yet";
    }
    return full.size() <= ground_.cluster.size() ? "" : "there are members that are no hosts";
  });
  return full;
}

std::string show_members(const MemberView& view) {
  std::string text;
  for (const auto& member : view)
    text += fmt::format("{}{} ({})", text.empty() ? "" : ", ", member.host, member.id);
  return text;
}

}  // namespace tribunal
