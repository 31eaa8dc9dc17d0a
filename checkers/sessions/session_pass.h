// One session after the other: which guarantees each suspect read breaks, and how many reads there
// were to break them.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "checkers/sessions/guarantees.h"
#include "checkers/sessions/list_contents.h"
#include "checkers/sessions/session_index.h"

namespace tribunal {

class SessionPass {
 public:
  struct Inputs {
    const History& history;
    const Versions& versions;
    const KeyWrites& writes;
    const Lineup& lineup;
    const CausalOrder& order;
    const SessionIndex& index;  // with versions, if there are suspects
    bool cyclic;                // so that co orders no register
  };

  explicit SessionPass(const Inputs& inputs);

  // Sessions from `from`, up to `to`. `suspects`: steps of any session, ascending. Returns whether
  // the watch let it come to its end.
  bool run(Watch& watch, std::span<const std::uint32_t> suspects, std::uint32_t from,
           std::uint32_t to);
  const SessionFindings& findings() const { return findings_; }

 private:
  static constexpr std::uint32_t none = Versions::none;
  using Flags = std::array<bool, guarantee_count>;

  // What the session did with a key so far.
  struct OnKey {
    std::uint32_t session = none;  // whose this is
    std::array<bool, guarantee_count> judged{};
    // One more than the place in the history of the last write among those it wrote, read.
    std::uint32_t wrote_until = 0, read_until = 0;
    std::uint32_t wrote_highest = none, read_highest = none;  // versions, of ranked keys
  };

  OnKey& on_key(const SessionStep& step);
  bool seen_after(std::uint32_t session, std::uint32_t place) const {
    return seen_stamp_[session] == session_ && seen_[session] > place + 1;
  }
  void note_seen(std::uint32_t version);
  void tell_judged(const SessionStep& step, OnKey& known);
  Flags judge_suspect(const SessionStep& step, Watch& watch);
  void judge_version(const SessionStep& step, std::uint32_t version, Flags& flags);
  void judge_list_order(const SessionStep& step, const std::vector<std::uint32_t>& list,
                        Flags& flags);
  void judge_real_time(const SessionStep& step, const OnKey& known, const Flags& flags);
  void judge_write_order(const SessionStep& step, OnKey& known);
  void take(const SessionStep& step, OnKey& known);
  void offend(Guarantee guarantee, const SessionStep& read, std::uint32_t version,
              std::uint32_t later);
  bool before(std::uint32_t version, std::uint32_t other) const;
  std::uint32_t cost_of(const SessionStep& read, std::uint32_t version) const;
  std::uint32_t step_of(const SessionStep& step) const {
    return static_cast<std::uint32_t>(&step - in_.versions.steps.data());
  }

  const Inputs in_;
  SessionFindings findings_;
  std::optional<ListContents> lists_;  // once a key needs it
  std::uint32_t session_ = 0;
  std::vector<OnKey> on_key_;                     // by key
  std::vector<std::uint32_t> seen_, seen_stamp_;  // by session: steps up to the last one whose
                                                  // write this session read
  std::vector<std::uint32_t> seen_list_;          // sessions
  std::vector<std::uint32_t> held_, count_, count_stamp_;  // scratch: by version; by session
  std::uint32_t holding_ = 0;
};

}  // namespace tribunal
