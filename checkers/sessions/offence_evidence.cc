// The two to four operations that show one broken session guarantee, and why the version read is
// the older one.
#include <fmt/core.h>

#include <algorithm>

#include "checkers/none.h"
#include "checkers/sessions/session_checkers.h"
#include "checkers/versions/witness.h"

namespace tribunal {
namespace {

class Story {
 public:
  Story(const History& history, const Versions& versions, const Offence& offence)
      : history_(history), versions_(versions), offence_(offence), witness_(history, versions) {}

  Evidence tell(Guarantee guarantee);

 private:
  const SessionStep& at(std::uint32_t step) const { return versions_.steps[step]; }
  std::uint32_t writer(std::uint32_t version) const { return versions_.writers[version]; }
  bool sees(std::uint32_t step, std::uint32_t version) const {
    const auto seen = versions_.reads_from(step);
    return std::find(seen.begin(), seen.end(), version) != seen.end();
  }
  // The first step of a session that saw the version; none: none did.
  std::uint32_t first_sight(std::uint32_t session, std::uint32_t version) const {
    for (std::uint32_t step = versions_.session_starts[session];
         step < versions_.session_starts[session + 1]; ++step) {
      if (sees(step, version)) return step;
    }
    return none;
  }
  void find_links(Guarantee guarantee);
  bool link_to_read(Guarantee guarantee, std::uint32_t seen, std::uint32_t read);
  std::string older();

  const History& history_;
  const Versions& versions_;
  const Offence offence_;
  Witness witness_;
  std::uint32_t first_ = none;   // wrote or read `version`
  std::uint32_t second_ = none;  // wrote the later version
  std::uint32_t sight_ = none;   // saw the later version
};

// Whether the session of `seen`'s writer wrote, or read, the version before.
bool Story::link_to_read(Guarantee guarantee, std::uint32_t seen, std::uint32_t read) {
  const std::uint32_t later = writer(seen);
  std::uint32_t first = writer(offence_.version);
  if (guarantee == writes_follow_reads) first = first_sight(at(later).session, offence_.version);
  if (first == none || at(first).session != at(later).session || first >= later) return false;
  first_ = first;
  second_ = later;
  sight_ = read;
  return true;
}

void Story::find_links(Guarantee guarantee) {
  if (offence_.later != none) {
    std::uint32_t sight = offence_.read;
    for (std::uint32_t step = 0; sight == none && step < versions_.steps.size(); ++step) {
      if (sees(step, offence_.later)) sight = step;
    }
    if (link_to_read(guarantee, offence_.later, sight)) return;
    return;
  }
  const std::uint32_t start = versions_.session_starts[at(offence_.read).session];
  for (std::uint32_t step = offence_.read; step-- > start;) {
    for (const std::uint32_t seen : versions_.reads_from(step)) {
      if (link_to_read(guarantee, seen, step)) return;
    }
  }
}

// Why the version read is before the one that was missed; shows what it speaks of.
std::string Story::older() {
  const SessionStep& read = at(offence_.read);
  if (versions_.listed[read.key])
    return fmt::format("returned a list without {}", witness_.value(offence_.version));
  if (versions_.initial(read.read)) return "got the initial value";
  const std::uint32_t from = writer(read.read), to = writer(offence_.version);
  if (versions_.ranked[read.key]) {
    witness_.reads_from(read.read, offence_.read);
    witness_.arrow(from, to, "the database's version",
                   fmt::format("{} before {}", history_.versions[read.operation],
                               history_.versions[at(to).operation]));
    return fmt::format("got {}, by the database's own versions an older one",
                       witness_.value(read.read));
  }
  witness_.reads_from(read.read, offence_.read);
  witness_.causal(from, to);
  return fmt::format("got {}, which was written before it in the causal order",
                     witness_.value(read.read));
}

Evidence Story::tell(Guarantee guarantee) {
  const std::string value = witness_.value(offence_.version);
  const std::string key = of_key(history_, versions_.keys[versions_.key_of[offence_.version]]);
  const std::uint32_t key_number = versions_.key_of[offence_.version];
  if (guarantee <= monotonic_reads) {
    const std::uint32_t session = at(offence_.read).session;
    first_ = guarantee == read_your_writes ? writer(offence_.version)
                                           : first_sight(session, offence_.version);
    witness_.arrow(first_, offence_.read, "session order");
    const std::string how = older();
    if (guarantee == monotonic_reads && !versions_.listed[key_number] &&
        !versions_.initial(at(offence_.read).read))
      witness_.reads_from(offence_.version, first_);
    return witness_.make(
        guarantee == read_your_writes ? "own write missed" : "read went backwards", key_number,
        fmt::format("{} {} {}{}, and its later read {}", witness_.who(first_),
                    guarantee == read_your_writes ? "wrote" : "read", value, key, how),
        offence_.read);
  }
  find_links(guarantee);
  witness_.arrow(first_, second_, "session order");
  const std::string verb = guarantee == monotonic_writes ? "wrote" : "read";
  const std::string later = witness_.call(second_);
  const std::string anomaly =
      guarantee == monotonic_writes ? "earlier write missed" : "cause missed";
  if (offence_.read == none || offence_.read == sight_) {
    if (sight_ != none) witness_.arrow(second_, sight_, "reads from");
    const bool list = versions_.listed[key_number];
    witness_.arrow(second_, writer(offence_.version),
                   list ? "list order" : "the database's version");
    return witness_.make(
        anomaly, key_number,
        fmt::format("{} {} {}{} before {}, yet {} it stands before it or without it",
                    witness_.who(first_), verb, value, key, later,
                    list ? "in the list" : "by the database's own versions"),
        sight_ != none ? sight_ : second_);
  }
  witness_.arrow(second_, sight_, "reads from");
  witness_.arrow(sight_, offence_.read, "session order");
  const std::string how = older();
  return witness_.make(
      anomaly, key_number,
      fmt::format("{} {} {}{} before {}; {} saw the latter, and its later read {}",
                  witness_.who(first_), verb, value, key, later, witness_.who(sight_), how),
      offence_.read);
}

}  // namespace

Evidence offence_evidence(const History& history, const Versions& versions, Guarantee guarantee,
                          const Offence& offence) {
  return Story(history, versions, offence).tell(guarantee);
}

}  // namespace tribunal
