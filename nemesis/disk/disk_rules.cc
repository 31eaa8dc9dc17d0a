#include "nemesis/disk/disk_rules.h"

#include <fnmatch.h>

#include <algorithm>
#include <cerrno>

namespace tribunal {
namespace {

using std::chrono::microseconds;

constexpr std::uint64_t read_page = 4096;

bool meets_path(const DiskRule& rule, const DiskRequest& request) {
  if (request.probe || rule.paths.empty()) return true;
  const std::string path(request.path);
  return std::any_of(rule.paths.begin(), rule.paths.end(), [&](const std::string& pattern) {
    return ::fnmatch(pattern.c_str(), path.c_str(), 0) == 0;
  });
}

bool meets_call(const DiskRule& rule, const DiskRequest& request) {
  switch (rule.effect) {
    case DiskEffect::fail:
    case DiskEffect::slow:
      return rule.calls >> static_cast<unsigned>(request.call) & 1U;
    case DiskEffect::full:
      return request.space != DiskSpace::none && request.space >= rule.refused;
    case DiskEffect::read_only:
      return request.changes;
    case DiskEffect::flip:
      return request.call == DiskCall::read && request.bytes > 0;
  }
  return false;
}

std::vector<std::uint64_t> draw_flips(const DiskRule& rule, Random& chance, std::uint64_t bytes) {
  std::vector<std::uint64_t> bits;
  for (std::uint64_t page = 0; page < bytes; page += read_page)
    if (chance.unit() < rule.probability)
      bits.push_back(8 * page + chance.below(8 * std::min(read_page, bytes - page)));
  return bits;
}

}  // namespace

void DiskRules::apply(Entry& entry, const DiskRequest& request, microseconds now,
                      DiskAnswer& answer) {
  const DiskRule& rule = entry.rule;
  DiskRuleCounts& counts = entry.counts[request.probe ? 1 : 0];
  if (rule.effect == DiskEffect::flip) {
    auto flips = draw_flips(rule, entry.chance, request.bytes);
    if (flips.empty()) return;
    counts.bits += flips.size();
    answer.flips.insert(answer.flips.end(), flips.begin(), flips.end());
  } else if (rule.probability < 1 && entry.chance.unit() >= rule.probability) {
    return;
  } else if (rule.effect == DiskEffect::slow) {
    microseconds wait = rule.delay;
    if (rule.bytes_per_second > 0) {  // one after another, as by one arm
      entry.busy_until = std::max(entry.busy_until, now) +
                         microseconds(request.bytes * 1'000'000 / rule.bytes_per_second);
      wait += entry.busy_until - now;
    }
    counts.waited += wait;
    answer.wait += wait;
  } else {
    answer.error = rule.effect == DiskEffect::full        ? ENOSPC
                   : rule.effect == DiskEffect::read_only ? EROFS
                                                          : rule.error;
  }
  ++counts.calls[static_cast<std::size_t>(request.call)];
}

DiskAnswer DiskRules::decide(const DiskRequest& request, microseconds now) {
  DiskAnswer answer;
  if (!any()) return answer;
  const std::scoped_lock lock(mutex_);
  for (Entry& entry : entries_) {
    if (!entry.in_force || !meets_call(entry.rule, request) || !meets_path(entry.rule, request))
      continue;
    apply(entry, request, now, answer);
    if (answer.error != 0) break;
  }
  return answer;
}

bool DiskRules::full() const {
  if (!any()) return false;
  const std::scoped_lock lock(mutex_);
  return std::any_of(entries_.begin(), entries_.end(), [](const Entry& entry) {
    return entry.in_force && entry.rule.effect == DiskEffect::full;
  });
}

void DiskRules::add(DiskRule rule) {
  const std::scoped_lock lock(mutex_);
  std::erase_if(entries_, [&](const Entry& entry) { return entry.rule.name == rule.name; });
  const Random chance(rule.seed);
  entries_.push_back(Entry{std::move(rule), chance});
  any_ = true;
}

void DiskRules::remove(const std::string& name) {
  const std::scoped_lock lock(mutex_);
  bool any = false;
  for (Entry& entry : entries_) {
    if (entry.rule.name == name) entry.in_force = false;
    any |= entry.in_force;
  }
  any_ = any;
}

DiskRuleCounts DiskRules::counts(const std::string& name, Whose whose) const {
  const std::scoped_lock lock(mutex_);
  for (const Entry& entry : entries_)
    if (entry.rule.name == name) return entry.counts[whose == Whose::probe ? 1 : 0];
  return {};
}

}  // namespace tribunal
