#include "checkers/sessions/session_pass.h"

#include <algorithm>
#include <numeric>

namespace tribunal {
namespace {

constexpr std::size_t most_offences = 5;

}  // namespace

SessionPass::SessionPass(const Inputs& inputs, SessionFindings& findings)
    : in_(inputs), findings_(findings), lists_(inputs.history, inputs.versions) {
  on_key_.resize(in_.versions.keys.size());
  seen_.resize(in_.versions.sessions());
  seen_stamp_.assign(in_.versions.sessions(), none);
  count_.resize(in_.versions.sessions());
  count_stamp_.assign(in_.versions.sessions(), 0);
  index_first_reads();
}

void SessionPass::index_first_reads() {
  const std::size_t keys = in_.versions.keys.size();
  std::vector<std::uint32_t> last(keys, none);
  first_starts_.assign(keys + 1, 0);
  const auto reads = [](const Versions& versions, const Step& step) {
    return step.read != none && !versions.initial(step.read);
  };
  for (const Step& step : in_.versions.steps) {
    if (!reads(in_.versions, step) || last[step.key] == step.session) continue;
    ++first_starts_[step.key + 1];
    last[step.key] = step.session;
  }
  std::partial_sum(first_starts_.begin(), first_starts_.end(), first_starts_.begin());
  first_reads_.resize(first_starts_.back());
  std::vector<std::uint32_t> next(first_starts_.begin(), first_starts_.end() - 1);
  std::fill(last.begin(), last.end(), none);
  for (const Step& step : in_.versions.steps) {
    if (!reads(in_.versions, step) || last[step.key] == step.session) continue;
    first_reads_[next[step.key]++] = {step.session, step.place};
    last[step.key] = step.session;
  }
}

void SessionPass::index_readers() {
  const Versions& versions = in_.versions;
  reader_starts_.assign(versions.writes.size() + 1, 0);
  for (const std::uint32_t version : versions.seen) ++reader_starts_[version + 1];
  std::partial_sum(reader_starts_.begin(), reader_starts_.end(), reader_starts_.begin());
  readers_.resize(versions.seen.size());
  std::vector<std::uint32_t> next(reader_starts_.begin(), reader_starts_.end() - 1);
  for (std::uint32_t step = 0; step < versions.steps.size(); ++step) {
    const Step& at = versions.steps[step];
    for (const std::uint32_t version : versions.reads_from(step))
      readers_[next[version]++] = {at.session, at.place};
  }
}

SessionPass::OnKey& SessionPass::on_key(const Step& step) {
  OnKey& known = on_key_[step.key];
  if (known.session != step.session) known = OnKey{step.session};
  return known;
}

bool SessionPass::run(Watch& watch, std::span<const std::uint32_t> suspects) {
  if (!suspects.empty()) {
    index_readers();
    held_.assign(in_.versions.writes.size(), 0);
  }
  std::size_t next = 0;
  for (session_ = 0; session_ < in_.versions.sessions(); ++session_) {
    seen_list_.clear();
    for (const Step& step : in_.versions.session(session_)) {
      if (watch.spent()) return false;
      OnKey& known = on_key(step);
      if (step.read != none) {
        tell_judged(step, known);
        Flags flags{};
        if (next < suspects.size() && suspects[next] == step_of(step)) {
          flags = judge_suspect(step, watch);
          ++next;
        }
        for (std::size_t g = 0; g < guarantee_count; ++g) {
          findings_.of[g].reads += known.judged[g] || flags[g];
          findings_.of[g].bad_reads += flags[g];
        }
        judge_real_time(step, known, flags);
      }
      if (step.wrote != none) judge_write_order(step, known);
      take(step, known);
    }
  }
  return !watch.look();
}

// Once a guarantee says something about a session and a key, it does so ever after.
void SessionPass::tell_judged(const Step& step, OnKey& known) {
  if (!known.judged[monotonic_writes]) {
    for (const std::uint32_t other : seen_list_) {
      const std::uint32_t group = in_.writes.find(step.key, other);
      if (group == none) continue;
      const Step& first = in_.versions.steps[in_.versions.writers[in_.writes.group(group)[0]]];
      if (!seen_after(other, first.place)) continue;
      known.judged[monotonic_writes] = true;
      break;
    }
  }
  if (known.judged[writes_follow_reads]) return;
  const auto from = first_reads_.begin() + first_starts_[step.key];
  const auto to = first_reads_.begin() + first_starts_[step.key + 1];
  for (const std::uint32_t other : seen_list_) {
    const auto found = std::lower_bound(
        from, to, other,
        [](const FirstRead& one, std::uint32_t session) { return one.session < session; });
    if (found == to || found->session != other || !seen_after(other, found->place)) continue;
    known.judged[writes_follow_reads] = true;
    return;
  }
}

bool SessionPass::before(std::uint32_t version, std::uint32_t other) const {
  if (in_.versions.ranked[in_.versions.key_of[other]])
    return in_.lineup.position(version) < in_.lineup.position(other);
  return !in_.cyclic && in_.order.before(version, other);
}

SessionPass::Flags SessionPass::judge_suspect(const Step& step, Watch& watch) {
  Flags flags{};
  const bool by_contents = in_.versions.listed[step.key] && !in_.versions.ranked[step.key];
  if (by_contents) {
    const std::vector<std::uint32_t>& list = lists_.of(step);
    ++holding_;
    for (const std::uint32_t version : list) held_[version] = holding_;
    for (const std::uint32_t version : in_.writes.of_key(step.key)) {
      if (watch.spent()) return flags;
      if (held_[version] != holding_) judge_version(step, version, flags);
    }
    judge_list_order(step, list, flags);
    return flags;
  }
  for (const std::uint32_t version : in_.lineup.after(step.read)) {
    if (watch.spent()) return flags;
    if (version != step.wrote && before(step.read, version)) judge_version(step, version, flags);
    if (std::all_of(flags.begin(), flags.end(), [](bool flag) { return flag; })) break;
  }
  return flags;
}

// The read missed `version`: whose business was it to see it?
void SessionPass::judge_version(const Step& step, std::uint32_t version, Flags& flags) {
  const Step& writer = in_.versions.steps[in_.versions.writers[version]];
  const auto raise = [&](Guarantee guarantee) {
    if (!flags[guarantee]) offend(guarantee, step, version, none);
    flags[guarantee] = true;
  };
  if (writer.session == step.session && writer.place < step.place) raise(read_your_writes);
  if (seen_after(writer.session, writer.place)) raise(monotonic_writes);
  for (std::uint32_t i = reader_starts_[version]; i < reader_starts_[version + 1]; ++i) {
    const Reader& reader = readers_[i];
    if (reader.session == step.session && reader.place < step.place) raise(monotonic_reads);
    if (seen_after(reader.session, reader.place)) raise(writes_follow_reads);
  }
}

// What one list says by itself: who is in it, behind all that its session had written and read.
void SessionPass::judge_list_order(const Step& step, const std::vector<std::uint32_t>& list,
                                   Flags& flags) {
  ++holding_;
  for (const std::uint32_t version : list) {
    if (held_[version] == holding_) continue;  // a second time
    const Step& writer = in_.versions.steps[in_.versions.writers[version]];
    if (count_stamp_[writer.session] != holding_) count_[writer.session] = 0;
    count_stamp_[writer.session] = holding_;
    const auto group = in_.writes.group(in_.writes.find(step.key, writer.session));
    std::uint32_t& met = count_[writer.session];
    while (met < group.size() && held_[group[met]] == holding_) ++met;
    if (group[met] != version &&
        in_.versions.steps[in_.versions.writers[group[met]]].place < writer.place) {
      if (!flags[monotonic_writes]) offend(monotonic_writes, step, group[met], version);
      flags[monotonic_writes] = true;
    }
    for (const Step& earlier : in_.versions.session(writer.session).first(writer.place)) {
      if (earlier.key != step.key) continue;
      for (const std::uint32_t read : in_.versions.reads_from(step_of(earlier))) {
        if (held_[read] == holding_ || read == version) continue;
        if (!flags[writes_follow_reads]) offend(writes_follow_reads, step, read, version);
        flags[writes_follow_reads] = true;
      }
    }
    held_[version] = holding_;
  }
}

// Whether the read's version was written before what the session wrote or read began to be
// written, where no order of versions says so.
void SessionPass::judge_real_time(const Step& step, const OnKey& known, const Flags& flags) {
  if (in_.versions.ranked[step.key] || in_.versions.listed[step.key]) return;
  if (in_.versions.initial(step.read)) return;
  const std::uint32_t written = in_.history.operations[in_.versions.writes[step.read]].ended;
  findings_.of[read_your_writes].in_real_time +=
      !flags[read_your_writes] && written < known.wrote_until;
  findings_.of[monotonic_reads].in_real_time +=
      !flags[monotonic_reads] && written < known.read_until;
}

void SessionPass::judge_write_order(const Step& step, OnKey& known) {
  if (!in_.versions.ranked[step.key] || in_.versions.ranks[step.wrote] == none) return;
  const auto judge = [&](Guarantee guarantee, std::uint32_t highest) {
    if (highest == none) return;
    ++findings_.of[guarantee].pairs;
    if (in_.lineup.position(highest) <= in_.lineup.position(step.wrote)) return;
    ++findings_.of[guarantee].bad_pairs;
    Offence offence{none, highest, step.wrote, 0};
    auto& offences = findings_.of[guarantee].offences;
    if (offences.size() < most_offences) offences.push_back(offence);
  };
  judge(monotonic_writes, known.wrote_highest);
  judge(writes_follow_reads, known.read_highest);
}

void SessionPass::note_seen(std::uint32_t version) {
  const Step& writer = in_.versions.steps[in_.versions.writers[version]];
  if (seen_stamp_[writer.session] != session_) {
    seen_stamp_[writer.session] = session_;
    seen_[writer.session] = 0;
    seen_list_.push_back(writer.session);
  }
  seen_[writer.session] = std::max(seen_[writer.session], writer.place + 1);
}

void SessionPass::take(const Step& step, OnKey& known) {
  const bool ranked = in_.versions.ranked[step.key];
  const auto higher = [&](std::uint32_t& highest, std::uint32_t version) {
    if (!ranked || in_.versions.initial(version)) return;
    if (highest == none || in_.lineup.position(version) > in_.lineup.position(highest))
      highest = version;
  };
  for (const std::uint32_t version : in_.versions.reads_from(step_of(step))) {
    note_seen(version);
    known.read_until =
        std::max(known.read_until, in_.history.operations[in_.versions.writes[version]].began);
  }
  if (step.read != none && !in_.versions.initial(step.read)) {
    known.judged[monotonic_reads] = true;
    higher(known.read_highest, step.read);
  }
  if (step.wrote == none) return;
  known.judged[read_your_writes] = true;
  known.wrote_until = std::max(known.wrote_until, in_.history.operations[step.operation].began);
  higher(known.wrote_highest, step.wrote);
}

std::uint32_t SessionPass::cost_of(const Step& read, std::uint32_t version) const {
  if (in_.versions.initial(read.read) || in_.versions.listed[read.key]) return 0;
  if (in_.versions.ranked[read.key]) return 1;
  const auto& steps = in_.versions.steps;
  return steps[in_.versions.writers[read.read]].session ==
                 steps[in_.versions.writers[version]].session
             ? 1
             : 2;
}

void SessionPass::offend(Guarantee guarantee, const Step& read, std::uint32_t version,
                         std::uint32_t later) {
  Offence offence{step_of(read), version, later, later != none ? 0 : cost_of(read, version)};
  auto& offences = findings_.of[guarantee].offences;
  if (offences.size() < most_offences) {
    offences.push_back(offence);
    return;
  }
  auto worst = std::max_element(offences.begin(), offences.end(),
                                [](const Offence& a, const Offence& b) { return a.cost < b.cost; });
  if (worst->cost > offence.cost) *worst = offence;
}

}  // namespace tribunal
