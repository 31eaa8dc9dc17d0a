#include "checkers/sessions/session_pass.h"

#include <algorithm>

namespace tribunal {

SessionPass::SessionPass(const Inputs& inputs) : in_(inputs) {
  on_key_.resize(in_.versions.keys.size());
  seen_.resize(in_.versions.sessions());
  seen_stamp_.assign(in_.versions.sessions(), none);
  count_.resize(in_.versions.sessions());
  count_stamp_.assign(in_.versions.sessions(), 0);
}

SessionPass::OnKey& SessionPass::on_key(const SessionStep& step) {
  OnKey& known = on_key_[step.key];
  if (known.session != step.session) known = OnKey{step.session};
  return known;
}

bool SessionPass::run(Watch& watch, std::span<const std::uint32_t> suspects, std::uint32_t from,
                      std::uint32_t to) {
  const auto& starts = in_.versions.session_starts;
  auto next = std::lower_bound(suspects.begin(), suspects.end(), starts[from]);
  if (next != suspects.end()) held_.assign(in_.versions.writes.size(), 0);
  for (session_ = from; session_ < to; ++session_) {
    seen_list_.clear();
    for (const SessionStep& step : in_.versions.session(session_)) {
      if (watch.spent()) return false;
      OnKey& known = on_key(step);
      if (step.read != none) {
        tell_judged(step, known);
        Flags flags{};
        if (next != suspects.end() && *next == step_of(step)) {
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
void SessionPass::tell_judged(const SessionStep& step, OnKey& known) {
  if (!known.judged[monotonic_writes]) {
    for (const std::uint32_t other : seen_list_) {
      const std::uint32_t group = in_.writes.find(step.key, other);
      if (group == none) continue;
      const SessionStep& first =
          in_.versions.steps[in_.versions.writers[in_.writes.group(group)[0]]];
      if (!seen_after(other, first.place)) continue;
      known.judged[monotonic_writes] = true;
      break;
    }
  }
  if (known.judged[writes_follow_reads]) return;
  const auto readers = in_.index.first_reads(step.key);
  for (const std::uint32_t other : seen_list_) {
    const auto found = std::lower_bound(
        readers.begin(), readers.end(), other,
        [](const auto& one, std::uint32_t session) { return one.session < session; });
    if (found == readers.end() || found->session != other || !seen_after(other, found->place))
      continue;
    known.judged[writes_follow_reads] = true;
    return;
  }
}

bool SessionPass::before(std::uint32_t version, std::uint32_t other) const {
  if (in_.versions.ranked[in_.versions.key_of[other]])
    return in_.lineup.position(version) < in_.lineup.position(other);
  return !in_.cyclic && in_.order.before(version, other);
}

SessionPass::Flags SessionPass::judge_suspect(const SessionStep& step, Watch& watch) {
  Flags flags{};
  const bool by_contents = in_.versions.listed[step.key] && !in_.versions.ranked[step.key];
  if (by_contents) {
    if (!lists_) lists_.emplace(in_.history, in_.versions);
    const std::vector<std::uint32_t>& list = lists_->of(step);
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
void SessionPass::judge_version(const SessionStep& step, std::uint32_t version, Flags& flags) {
  const SessionStep& writer = in_.versions.steps[in_.versions.writers[version]];
  const auto raise = [&](Guarantee guarantee) {
    if (!flags[guarantee]) offend(guarantee, step, version, none);
    flags[guarantee] = true;
  };
  if (writer.session == step.session && writer.place < step.place) raise(read_your_writes);
  if (seen_after(writer.session, writer.place)) raise(monotonic_writes);
  for (const auto& reader : in_.index.readers_of(version)) {
    if (reader.session == step.session && reader.place < step.place) raise(monotonic_reads);
    if (seen_after(reader.session, reader.place)) raise(writes_follow_reads);
  }
}

// What one list says by itself: who is in it, behind all that its session had written and read.
void SessionPass::judge_list_order(const SessionStep& step, const std::vector<std::uint32_t>& list,
                                   Flags& flags) {
  ++holding_;
  for (const std::uint32_t version : list) {
    if (held_[version] == holding_) continue;  // a second time
    const SessionStep& writer = in_.versions.steps[in_.versions.writers[version]];
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
    for (const SessionStep& earlier : in_.versions.session(writer.session).first(writer.place)) {
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
void SessionPass::judge_real_time(const SessionStep& step, const OnKey& known, const Flags& flags) {
  if (in_.versions.ranked[step.key] || in_.versions.listed[step.key]) return;
  if (in_.versions.initial(step.read)) return;
  const std::uint32_t place = in_.versions.writes[step.read];
  // Operations lie in the order of their invocations.
  const auto written_before = [&](std::uint32_t until) {
    return until > place + 1 &&
           in_.history.operations[place].ended < in_.history.operations[until - 1].began;
  };
  findings_.of[read_your_writes].in_real_time +=
      !flags[read_your_writes] && written_before(known.wrote_until);
  findings_.of[monotonic_reads].in_real_time +=
      !flags[monotonic_reads] && written_before(known.read_until);
}

void SessionPass::judge_write_order(const SessionStep& step, OnKey& known) {
  if (!in_.versions.ranked[step.key] || in_.versions.ranks[step.wrote] == none) return;
  const auto judge = [&](Guarantee guarantee, std::uint32_t highest) {
    if (highest == none) return;
    ++findings_.of[guarantee].pairs;
    if (in_.lineup.position(highest) <= in_.lineup.position(step.wrote)) return;
    ++findings_.of[guarantee].bad_pairs;
    findings_.of[guarantee].keep({none, highest, step.wrote, 0});
  };
  judge(monotonic_writes, known.wrote_highest);
  judge(writes_follow_reads, known.read_highest);
}

void SessionPass::note_seen(std::uint32_t version) {
  const SessionStep& writer = in_.versions.steps[in_.versions.writers[version]];
  if (seen_stamp_[writer.session] != session_) {
    seen_stamp_[writer.session] = session_;
    seen_[writer.session] = 0;
    seen_list_.push_back(writer.session);
  }
  seen_[writer.session] = std::max(seen_[writer.session], writer.place + 1);
}

void SessionPass::take(const SessionStep& step, OnKey& known) {
  const bool ranked = in_.versions.ranked[step.key];
  const auto higher = [&](std::uint32_t& highest, std::uint32_t version) {
    if (!ranked || in_.versions.initial(version)) return;
    if (highest == none || in_.lineup.position(version) > in_.lineup.position(highest))
      highest = version;
  };
  for (const std::uint32_t version : in_.versions.reads_from(step_of(step))) {
    note_seen(version);
    known.read_until = std::max(known.read_until, in_.versions.writes[version] + 1);
  }
  if (step.read != none && !in_.versions.initial(step.read)) {
    known.judged[monotonic_reads] = true;
    higher(known.read_highest, step.read);
  }
  if (step.wrote == none) return;
  known.judged[read_your_writes] = true;
  known.wrote_until = step.operation + 1;
  higher(known.wrote_highest, step.wrote);
}

std::uint32_t SessionPass::cost_of(const SessionStep& read, std::uint32_t version) const {
  if (in_.versions.initial(read.read) || in_.versions.listed[read.key]) return 0;
  if (in_.versions.ranked[read.key]) return 1;
  const auto& steps = in_.versions.steps;
  return steps[in_.versions.writers[read.read]].session ==
                 steps[in_.versions.writers[version]].session
             ? 1
             : 2;
}

void SessionPass::offend(Guarantee guarantee, const SessionStep& read, std::uint32_t version,
                         std::uint32_t later) {
  findings_.of[guarantee].keep(
      {step_of(read), version, later, later != none ? 0 : cost_of(read, version)});
}

}  // namespace tribunal
